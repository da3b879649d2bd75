package clause

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const good = `
- id: RW-RETRY-5XX
  component: prometheus.remote_write
  source: prometheus.remote_write@v0.32
  statement: "A 5xx is retried."
  level: must
  how: "503, then 200"
  kind: request
`

func load(text string) (*Set, error) {
	return Load(fstest.MapFS{"clauses.yaml": {Data: []byte(text)}}, "clauses.yaml")
}

func TestLoad(t *testing.T) {
	s, err := load(good)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := s.Get("RW-RETRY-5XX")
	if !ok || c.Level != Must || c.Kind != Request || c.Statement != "A 5xx is retried." {
		t.Errorf("got %+v, %v", c, ok)
	}
	if _, ok := s.Get("RW-RETRY-4XX"); ok {
		t.Error("an unknown clause was found")
	}
	if got := s.Pages(); !slices.Equal(got, []string{"prometheus.remote_write@v0.32"}) {
		t.Errorf("pages are %q", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	tests := []struct{ name, text, want string }{
		{"unknown key", good + "  colour: red\n", `unknown field "colour"`},
		{"repeated key", good + "  level: must\n", "already defined"},
		{"repeated clause", good + good, `clause "RW-RETRY-5XX": is there twice`},
		{"anchor", change("level: must", "level: &l must"), "line 6, column 10: anchors and aliases are not allowed"},
		{"alias", change("level: must", "level: *l"), "anchors and aliases are not allowed"},
		{"two documents", good + "---\n" + good, "want one YAML document, found 2"},
		{"level", change("must", "maybe"), `level "maybe" is not one of`},
		{"kind", change("kind: request", "kind: config-error"), `kind "config-error" is not one of`},
		{"source", change("@v0.32", "@v9"), `source "prometheus.remote_write@v9" is not one of`},
		{"id", change("RW-RETRY-5XX", "rw-retry"), `clause "rw-retry": id: want capitals`},
		{"missing", change(`  how: "503, then 200"`+"\n", ""), "how is missing"},
		{"test without a folder", good + "  shown_by: [TestX]\n", `shown_by "TestX": want FOLDER#TestName`},
		{"test that is none", good + "  shown_by: [reference#Helper]\n", "want FOLDER#TestName"},
		{"test twice", good + "  shown_by: [reference#TestX, reference#TestX]\n", "is there twice"},
		{"test and a reason", good + "  shown_by: [reference#TestX]\n  untestable: it is not\n", "leave one out"},
		{"not YAML", "- id: [", "parse YAML"},
		{"too long", good + strings.Repeat("#\n", MaxSize/2), "more than 4194304"},
	}
	for _, test := range tests {
		_, err := load(test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "clauses.yaml: ") {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

func TestExpand(t *testing.T) {
	tests := []struct {
		name string
		want []string
	}{
		{"PW-URL", []string{"PW-URL"}},
		{"{PW,PWA}-URL", []string{"PW-URL", "PWA-URL"}},
		{"{A,B}-{X,Y}", []string{"A-X", "A-Y", "B-X", "B-Y"}},
	}
	for _, test := range tests {
		got, err := Expand(test.name)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, err, test.want)
		}
	}
	for _, bad := range []string{"{PW-URL", "PW}-URL", "{A,{B}}-C", "A{B}}"} {
		if got, err := Expand(bad); err == nil {
			t.Errorf("%s: got %q, want an error", bad, got)
		}
	}
}

func TestIsID(t *testing.T) {
	for text, want := range map[string]bool{
		"RW-RETRY-5XX": true, "{PW,PWA}-URL": true, "RW-A1": true,
		"RW": false, "X-Scope-OrgID": false, "POST": false, "503": false, "TLS-1.2": false, "{PW-URL": false, "PW-{A,}": false,
	} {
		if got := IsID(text); got != want {
			t.Errorf("IsID(%q) is %v", text, got)
		}
	}
}
