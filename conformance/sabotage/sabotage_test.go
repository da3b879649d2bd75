package sabotage

import (
	"strings"
	"testing"
)

// examples are arguments for the rows that need one.
var examples = map[string]string{
	"PATH": "endpoint.url", "PATH=VALUE": `endpoint.url="x"`, "PATH=NAME": "endpoint.url=uri", "NAME": "X-Scope-OrgID",
	"NAME=VALUE": "a=b", "KEY=VALUE": "a=b", "DURATION": "100ms",
}

func TestTableIsConsistent(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range Table() {
		hooks := 0
		for _, set := range []bool{row.config != nil, row.push != nil, row.scrape != nil, row.token != nil, row.page != nil,
			row.state != nil, row.target != nil, row.process != nil} {
			if set {
				hooks++
			}
		}
		if hooks != 1 {
			t.Errorf("%s: %d ways to work, want 1", row.Name, hooks)
		}
		if seen[row.Name] || !strings.HasSuffix(row.Sentence, ".") {
			t.Errorf("%s: the name is taken or the sentence is none: %q", row.Name, row.Sentence)
		}
		seen[row.Name] = true
		text := row.Name
		if row.Argument != "" {
			text += ":" + examples[row.Argument]
		}
		act, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if act.Name() != text || act.Sentence() != row.Sentence || act.Touched() != 0 {
			t.Errorf("%s: got %q, %q, touched %d", text, act.Name(), act.Sentence(), act.Touched())
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"never-retires":       "known are forgets, ",
		"never-retries:x":     "takes no argument",
		"forgets":             "forgets:PATH",
		"forgets:":            "forgets:PATH",
		"forgets:a..b":        "names joined by dots",
		"sets:a":              "want PATH=VALUE",
		"sets:a.b=[":          `value "["`,
		"renames:a.b=":        "want PATH=NAME",
		"late:soon":           "invalid duration",
		"late:0s":             "want more than 0",
		"sets-header:X":       "want a name, =, and a value",
		"sets-label:=x":       "want a name, =, and a value",
		"scrape-sets-query:a": "want a name, =, and a value",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): got %v, want %q in it", text, err, want)
		}
	}
}
