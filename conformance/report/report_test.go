package report

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

func clauseSet(t *testing.T) *clause.Set {
	t.Helper()
	var all []clause.Clause
	for _, c := range []struct {
		id    string
		level clause.Level
	}{{"A-MUST", clause.Must}, {"A-DEFAULT", clause.Default}, {"A-SHOULD", clause.Should}, {"A-OTHER", clause.Must}} {
		all = append(all, clause.Clause{ID: c.id, Component: "c", Source: "phlare.write@v0.31", Statement: "Statement of " + c.id + ".",
			Level: c.level, How: "h", Kind: clause.Request})
	}
	set, err := clause.New(all)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func finding(v check.Verdict, clauses ...string) check.Finding {
	return check.Finding{Line: 7, Text: "m requests = 1", Verdict: v, Detail: "got 2", Clauses: clauses}
}

func played(id string, findings ...check.Finding) Case {
	return Judged(Case{ID: id, Sentence: "It works.", Agent: "some", Lane: "real", Clauses: []string{"A-MUST"}, Took: time.Second,
		Again: "touchstone test"}, findings, nil)
}

func build(t *testing.T, known Known, cases ...Case) *Report {
	t.Helper()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return Build(Run{Tool: "test", Began: began, Ended: began.Add(2 * time.Second), Agents: []Agent{{Name: "some", Version: "2.42.0"}},
		Clauses: clauseSet(t), Known: map[string]Known{"some": known}}, cases)
}

func TestVerdictAndExit(t *testing.T) {
	given := finding(check.Fail)
	given.Given = true
	tests := []struct {
		name string
		c    Case
		want Verdict
		exit int
	}{
		{"all pass", played("a", finding(check.Pass, "A-MUST"), finding(check.Pass)), Pass, ExitOK},
		{"one fails", played("a", finding(check.Pass, "A-MUST"), finding(check.Fail, "A-DEFAULT")), Fail, ExitFailed},
		{"inconclusive", played("a", finding(check.Pass), finding(check.Inconclusive, "A-MUST")), Inconclusive, ExitFailed},
		{"fail beats inconclusive", played("a", finding(check.Inconclusive), finding(check.Fail)), Fail, ExitFailed},
		{"should does not bind", played("a", finding(check.Fail, "A-SHOULD")), Fail, ExitOK},
		{"a must among them does", played("a", finding(check.Fail, "A-SHOULD", "A-MUST")), Fail, ExitFailed},
		{"without a clause it binds", played("a", finding(check.Fail)), Fail, ExitFailed},
		{"nothing judged", played("a"), Inconclusive, ExitOK},
		{"a given alone", played("a", given, finding(check.Pass)), Pass, ExitOK},
		{"skipped", Skipped(played("a"), "no"), Skip, ExitOK},
		{"broken", Broken(played("a"), errors.New("no disk")), Error, ExitBroken},
	}
	for _, test := range tests {
		r := build(t, Known{}, test.c)
		if got := r.Cases[0].Verdict; got != test.want || r.Exit() != test.exit {
			t.Errorf("%s: got %s, exit %d; want %s, exit %d", test.name, got, r.Exit(), test.want, test.exit)
		}
	}
	if got := build(t, Known{}).Exit(); got != ExitUsage {
		t.Errorf("an empty report exits with %d", got)
	}
}

func TestClauses(t *testing.T) {
	r := build(t, Known{}, played("a", finding(check.Pass, "A-MUST", "A-SHOULD")), played("b", finding(check.Fail, "A-MUST")),
		played("c", finding(check.Fail, "A-MUST"), finding(check.Inconclusive, "A-MUST")), Skipped(played("d"), "no"))
	if len(r.Clauses) != 2 || r.Clauses[0].ID != "A-MUST" || r.Clauses[0].Verdict != Fail || !slices.Equal(r.Clauses[0].Cases, []string{"b", "c"}) {
		t.Errorf("got %+v", r.Clauses)
	}
	if r.Clauses[1].Verdict != Pass || r.Clauses[1].Level != clause.Should {
		t.Errorf("got %+v", r.Clauses[1])
	}
	if want := (Coverage{All: 4, Judged: 2}); r.Coverage != want {
		t.Errorf("got %+v", r.Coverage)
	}
	only := build(t, Known{}, Skipped(played("d"), "no"))
	if only.Clauses[0].Verdict != Skip || only.Coverage.Judged != 0 {
		t.Errorf("a skipped clause counts: %+v", only)
	}
}

func TestKnownDeviations(t *testing.T) {
	bad := played("area/x#a=b", finding(check.Fail, "A-MUST"), finding(check.Pass, "A-DEFAULT"))
	good := played("area/x#a=c", finding(check.Pass, "A-MUST"))
	tests := []struct {
		name  string
		entry Deviation
		cases []Case
		want  Verdict
		exit  int
		stale string
	}{
		{"listed", Deviation{Scenario: "area/x"}, []Case{bad, good}, KnownDeviation, ExitOK, ""},
		{"listed by clause", Deviation{Scenario: "*", Clauses: []string{"A-MUST"}}, []Case{bad}, KnownDeviation, ExitOK, ""},
		{"another clause", Deviation{Scenario: "area/*", Clauses: []string{"A-DEFAULT"}}, []Case{bad}, Fail, ExitFailed, "it holds"},
		{"this case", Deviation{Scenario: "area/x#a=b"}, []Case{bad}, KnownDeviation, ExitOK, ""},
		{"another case", Deviation{Scenario: "area/x#a=c"}, []Case{bad, good}, Fail, ExitFailed, "it holds"},
		{"holds", Deviation{Scenario: "area/x"}, []Case{good}, UnexpectedPass, ExitFailed, "it holds: take it off the list"},
		{"shows sometimes", Deviation{Scenario: "area/x", Sometimes: true}, []Case{good}, Pass, ExitOK, ""},
		{"sometimes and nothing", Deviation{Scenario: "area/y", Sometimes: true}, []Case{good}, Pass, ExitFailed, "no case that was played fits it"},
		{"fits nothing", Deviation{Scenario: "area/y"}, []Case{good}, Pass, ExitFailed, "no case that was played fits it"},
		{"another lane", Deviation{Scenario: "area/x", Lane: "virtual"}, []Case{bad}, Fail, ExitFailed, "no case"},
		{"another version", Deviation{Scenario: "area/x", Versions: ">=3"}, []Case{bad}, Fail, ExitFailed, ""},
		{"this version", Deviation{Scenario: "area/x", Versions: ">=2.40 <3"}, []Case{bad}, KnownDeviation, ExitOK, ""},
	}
	for _, test := range tests {
		r := build(t, Known{Deviations: []Deviation{test.entry}}, test.cases...)
		if got := r.Cases[0].Verdict; got != test.want || r.Exit() != test.exit {
			t.Errorf("%s: got %s, exit %d; want %s, exit %d", test.name, got, r.Exit(), test.want, test.exit)
		}
		if test.stale == "" && len(r.Stale) > 0 || test.stale != "" && (len(r.Stale) != 1 || !strings.Contains(r.Stale[0].Why, test.stale)) {
			t.Errorf("%s: stale is %+v, want %q", test.name, r.Stale, test.stale)
		}
	}
	known := Known{Deviations: []Deviation{{Scenario: "area/x#a=b", Reason: "because"}, {Scenario: "*", Versions: ">=3"}}}
	for _, test := range []struct {
		c    Case
		want Verdict
	}{{bad, KnownDeviation}, {good, Pass}, {played("area/y", finding(check.Fail, "A-MUST")), Fail}} {
		if got := known.Preview(Agent{Name: "some", Version: "2.42.0"}, test.c); got.Verdict != test.want {
			t.Errorf("%s alone is shown as %s, want %s", test.c.ID, got.Verdict, test.want)
		}
	}
	if bad.Checks[0].Verdict != Fail {
		t.Error("building a report changes the caller's cases")
	}
}

func TestLoadKnown(t *testing.T) {
	load := func(text string) (Known, error) {
		return LoadKnown(fstest.MapFS{"known/x.yaml": {Data: []byte(text)}}, "known/x.yaml")
	}
	k, err := load("deviations:\n- scenario: area/x\n  clauses: [\"{A,B}-MUST\"]\n  reason: it does\n")
	if err != nil || !slices.Equal(k.Deviations[0].Clauses, []string{"A-MUST", "B-MUST"}) {
		t.Errorf("got %+v, %v", k, err)
	}
	if k, err := LoadKnown(fstest.MapFS{}, "known/x.yaml"); err != nil || len(k.Deviations) > 0 {
		t.Errorf("a missing list: got %+v, %v", k, err)
	}
	for text, want := range map[string]string{
		"deviations:\n- scenario: a\n":                                         "entry 1: scenario \"a\": the reason is missing",
		"deviations:\n- reason: a\n":                                           "entry 1: scenario is missing",
		"deviations:\n- scenario: a\n  reason: b\n  clauses: [x]\n":            `"x" is not the name of a clause`,
		"deviations:\n- scenario: a\n  reason: b\n  lane: moon\n":              `lane "moon" is neither virtual nor real`,
		"deviations:\n- scenario: a\n  reason: b\n  versions: about 3\n":       `version "about": want numbers with dots`,
		"deviations:\n- scenario: a\n  reason: b\n  versions: \"3\"\n":         `version constraint "3": want one of`,
		"deviations:\n- scenario: a\n  reason: b\n  because: c\n":              `unknown field "because"`,
		"deviations:\n- &x\n  scenario: a\n  reason: b\n- *x\n":                "anchors and aliases are not allowed",
		"deviations:\n- scenario: a\n  reason: b\n  reason: c\n  lane: real\n": "already defined",
	} {
		if _, err := load(text); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "known/x.yaml: ") {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, id string
		want        bool
	}{
		{"a/b", "a/b#x=y", true}, {"a/b#x=y", "a/b#x=y", true}, {"a/b#x=z", "a/b#x=y", false}, {"*", "a/b#x=y", true}, {"a/*", "a/b", true},
		{"*/b", "a/b#x=y", true}, {"*/x#*=y", "a/x#b=y", true}, {"a*b*c", "abc", true}, {"a*bc*c", "abc", false}, {"ab*b", "ab", false}, {"b/*", "a/b", false},
	} {
		if got := matches(test.pattern, test.id); got != test.want {
			t.Errorf("matches(%q, %q) is %v", test.pattern, test.id, got)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, test := range []struct {
		version, constraints string
		want                 bool
	}{
		{"2.42.0+ds", ">=2.42", true}, {"v1.18.1", "<1.18.1", false}, {"1.18", "=1.18.0", true}, {"3.1", ">2 <=3", false}, {"unknown", "", true},
	} {
		got, err := within(test.version, test.constraints)
		if err != nil || got != test.want {
			t.Errorf("within(%q, %q) is %v, %v", test.version, test.constraints, got, err)
		}
	}
	if _, err := within("unknown", ">=1"); err == nil {
		t.Error("an unknown version meets a constraint")
	}
}

func TestJSONFitsTheSchema(t *testing.T) {
	known := Known{Deviations: []Deviation{{Scenario: "area/k", Reason: "it does"}, {Scenario: "area/gone", Reason: "it does"}}}
	kept := played("area/f", finding(check.Fail, "A-MUST"))
	kept.Evidence = "out/f"
	r := build(t, known, played("area/p", finding(check.Pass, "A-MUST")), kept, played("area/k", finding(check.Fail, "A-OTHER")),
		Skipped(played("area/s"), "no reload"), Broken(played("area/b"), errors.New("no disk")))
	var b strings.Builder
	if err := WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	validate(t, b.String())
	back, err := ReadJSON(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	var again strings.Builder
	if err := WriteJSON(&again, back); err != nil || again.String() != b.String() {
		t.Errorf("the document changes when it is read and written: %v", err)
	}
}

func validate(t *testing.T, document string) {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(document), &v); err != nil {
		t.Fatal(err)
	}
	if err := resolved.Validate(v); err != nil {
		t.Error(err)
	}
	v.(map[string]any)["surprise"] = true
	if err := resolved.Validate(v); err == nil {
		t.Error("the schema allows anything")
	}
}

func TestReadJSONRefuses(t *testing.T) {
	var b strings.Builder
	if err := WriteJSON(&b, build(t, Known{}, played("a", finding(check.Pass)))); err != nil {
		t.Fatal(err)
	}
	whole := b.String()
	for name, test := range map[string]struct{ text, want string }{
		"empty":          {"", "the file is empty"},
		"cut short":      {whole[:len(whole)/2], "the file was cut short"},
		"another format": {strings.Replace(whole, Format, "other/1", 1), `format "other/1" is not`},
		"unknown field":  {strings.Replace(whole, `"tool"`, `"tolo"`, 1), "unknown field"},
		"missing cases":  {strings.Replace(whole, `"cases": 1,`, `"cases": 2,`, 1), "the footer speaks of 2 cases, there are 1"},
	} {
		if _, err := ReadJSON(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

func TestSummary(t *testing.T) {
	known := Known{Deviations: []Deviation{{Scenario: "area/gone", Reason: "it does"}}}
	kept := played("area/f#x=y", finding(check.Pass, "A-SHOULD"), finding(check.Fail, "A-MUST"), finding(check.Fail, "A-MUST"))
	kept.Evidence, kept.Replayed = "out/f", "this machine was late"
	r := build(t, known, kept, Skipped(played("area/s"), "needs reload"), Skipped(played("area/t"), "needs reload"))
	var b strings.Builder
	if err := WriteSummary(&b, r); err != nil {
		t.Fatal(err)
	}
	const want = `fail  area/f#x=y (some, real)
    line 7: m requests = 1  [A-MUST]
    line 7: m requests = 1  [A-MUST]
      fail: got 2
    played twice: this machine was late
    evidence: out/f
    again: touchstone test

stale  known deviation of some: area/gone: no case that was played fits it

skipped
     2  some: needs reload

phlare.write@v0.31             some, real: 1 fail, 1 pass
  fail            A-MUST: Statement of A-MUST.

3 cases in 2s: 1 fail, 2 skip
2 of 4 clauses judged
1 cases played a second time, alone, because they did not hold while this machine itself was late
`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}

func TestProgress(t *testing.T) {
	var plain, terminal strings.Builder
	for _, p := range []*Progress{{Out: &plain, Total: 10}, {Out: &terminal, Total: 10, Terminal: true}} {
		p.Done(played("a", finding(check.Pass)))
		p.Done(played("b", finding(check.Fail)))
		p.Close()
	}
	if want := " 1/10  pass            a (some, real, 1s)\n 2/10  fail            b (some, real, 1s)\n"; plain.String() != want {
		t.Errorf("got %q, want %q", plain.String(), want)
	}
	if got := terminal.String(); strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("got %q", got)
	}
}
