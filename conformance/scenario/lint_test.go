package scenario

import (
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

func vocabulary(t *testing.T, ids ...string) Vocabulary {
	t.Helper()
	var all []clause.Clause
	for _, id := range ids {
		all = append(all, clause.Clause{ID: id, Component: "c", Source: "phlare.write@v0.31", Statement: "s", Level: clause.Must, How: "h", Kind: clause.Request})
	}
	set, err := clause.New(all)
	if err != nil {
		t.Fatal(err)
	}
	return Vocabulary{Clauses: set, Sabotages: []string{"never-retries", "sets"}, Capabilities: []string{"remote_write"}, Agents: []string{"reference"}}
}

func TestLintOfACleanScenario(t *testing.T) {
	for _, problem := range Lint([]*Scenario{parse(t, story)}, vocabulary(t, "RW-RETRY-5XX", "PW-URL-PATH", "PWA-URL-PATH")) {
		t.Error(problem)
	}
}

// TestLint changes the story in one place and wants one clear line for it.
func TestLint(t *testing.T) {
	tests := []struct{ name, from, to, want string }{
		{"capability", "needs      remote_write", "needs      remote_wirte", `area/story.txtar:4:12: unknown capability "remote_wirte" (did you mean remote_write?)`},
		{"sabotage", "never-retries", "never-retires", `area/story.txtar:5:12: unknown sabotage "never-retires" (did you mean never-retries?)`},
		{"nothing kills it", `killed by  never-retries, sets:endpoint.url="a, b"`, "", `area/story.txtar:1:1: no sabotage is named under which the scenario fails (add a line killed by NAME)`},
		{"agent", "needs ", "agent refrence because it panics\nneeds ", `area/story.txtar:4:1: unknown agent "refrence" (did you mean reference?)`},
		{"clause", "RW-RETRY-5XX {PW", "RW-RETRY-5XX RW-RETRY-6XX {PW", `area/story.txtar:3:25: unknown clause "RW-RETRY-6XX" (did you mean RW-RETRY-5XX?)`},
		{"clause by braces", "{PW,PWA}-URL-PATH\nneeds", "{PW,PWB}-URL-PATH\nneeds", `area/story.txtar:3:1: unknown clause "PWB-URL-PATH" (did you mean PW-URL-PATH?)`},
		{"clause not checked", " >= 1 RW-RETRY-5XX", " >= 1", `area/story.txtar:3:12: the clause "RW-RETRY-5XX" is named and no check proves it (put it behind a check)`},
		{"clause not named", "clause     RW-RETRY-5XX ", "clause     ", `area/story.txtar:23:1: the clause "RW-RETRY-5XX" is proven and not named in the head (add it to the clause line)`},
		{"let", "let script", "let other = 1\nlet script", `area/story.txtar:8:5: the let "other" is not used`},
		{"axis", "each mode", "each more = 1, 2\neach mode", `area/story.txtar:6:6: the axis "more" is not used`},
		{"file", "-- config.river --", "-- other.river --\n-- config.river --", `area/story.txtar:33:1: the file "other.river" is not used`},
	}
	for _, test := range tests {
		text := strings.Replace(story, test.from, test.to, 1)
		problems := Lint([]*Scenario{parse(t, text)}, vocabulary(t, "RW-RETRY-5XX", "PW-URL-PATH", "PWA-URL-PATH"))
		if !slices.ContainsFunc(problems, func(e *Error) bool { return e.Error() == test.want }) {
			t.Errorf("%s: got %v, want %s", test.name, problems, test.want)
		}
	}
	if got := Lint([]*Scenario{parse(t, story), parse(t, story)}, vocabulary(t, "RW-RETRY-5XX", "PW-URL-PATH", "PWA-URL-PATH")); len(got) != 1 {
		t.Errorf("two scenarios with one path: got %v", got)
	}
}

func TestHopelessClauses(t *testing.T) {
	all := vocabulary(t, "RW-RETRY-5XX", "PW-URL-PATH", "PWA-URL-PATH").Clauses.All()
	all[0].Untestable = "nobody can see it"
	v := vocabulary(t)
	v.Clauses, _ = clause.New(all)
	problems := Lint([]*Scenario{parse(t, story)}, v)
	want := `area/story.txtar:3:12: the clause "RW-RETRY-5XX" is said to be untestable (take untestable out of its entry)`
	if len(problems) != 1 || problems[0].Error() != want {
		t.Errorf("got %v, want %s", problems, want)
	}
}
