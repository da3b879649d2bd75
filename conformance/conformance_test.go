package conformance

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/adapter"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// childName in the environment makes the test binary the child of the virtual lane.
const childName = "TOUCHSTONE_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childName) != "" {
		ServeVirtual()
	}
	os.Exit(m.Run())
}

// child is the command that plays the virtual lane in these tests.
func child(t *testing.T) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"/usr/bin/env", childName + "=1", self}
}

const quickClauses = `- {id: X-PUSH, component: pyroscope.write, source: pyroscope.write@v0.38, statement: s, level: must, how: h, kind: request}
- {id: X-COUNT, component: pyroscope.write, source: pyroscope.write@v0.38, statement: s, level: should, how: h, kind: request}
`

const quickScenario = `# Profiles are pushed.
clause X-PUSH X-COUNT
needs pyroscope.scrape pyroscope.write
lane virtual because it is quick
killed by sends-nothing, wrong-method
each interval = 15s, 30s

fake pprof app
fake pyroscope s
start agent config.river
wait s profiles * >= 2 within 5m
check s method = POST X-PUSH
check s requests >= 2 X-COUNT

-- config.river --
pyroscope.scrape "app" {
  targets         = [{"__address__" = "{{app.addr}}"}]
  forward_to      = [pyroscope.write.p.receiver]
  scrape_interval = "{{interval}}"
  profiling_config {
    profile.process_cpu {
      enabled = false
    }
  }
}

pyroscope.write "p" {
  endpoint {
    url = "{{s.url}}"
  }
}
`

// suiteOf loads a suite of clauses and scenarios by name.
func suiteOf(t *testing.T, scenarios map[string]string) *Suite {
	t.Helper()
	files := fstest.MapFS{"clauses.yaml": {Data: []byte(quickClauses)}, "known/README": {}}
	for name, text := range scenarios {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func options(t *testing.T, s *Suite) Options {
	return Options{Suite: s, Adapters: []sut.Adapter{adapter.Reference()}, Virtual: child(t), Folder: t.TempDir(), Jobs: 2}
}

func TestRunPlaysAndReports(t *testing.T) {
	o := options(t, suiteOf(t, map[string]string{"area/push.txtar": quickScenario}))
	var planned, told int
	o.Planned = func(n int) { planned = n }
	o.Progress = func(report.Case) { told++ }
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Exit() != report.ExitOK || len(r.Cases) != 2 || planned != 2 || told != 2 || r.Filtered {
		t.Errorf("exit %d, %d cases, planned %d, told %d", r.Exit(), len(r.Cases), planned, told)
	}
	if c := r.Cases[1]; c.ID != "area/push#interval=30s" || c.Passed < time.Second || c.Evidence != "" || !strings.Contains(c.Again, "--lane virtual") {
		t.Errorf("got %+v", c)
	}
	if left, _ := os.ReadDir(o.Folder); len(left) != 0 {
		t.Errorf("evidence of passes was kept: %v", left)
	}
}

func TestProgressKnowsWhatIsKnown(t *testing.T) {
	wrong := strings.Replace(quickScenario, "method = POST", "method = PUT", 1)
	o := options(t, suiteOf(t, map[string]string{"area/push.txtar": wrong}))
	o.Known = fstest.MapFS{"reference.yaml": {Data: []byte("deviations:\n- scenario: area/push\n  reason: it posts\n")}}
	var told []report.Verdict
	o.Progress = func(c report.Case) { told = append(told, c.Verdict) }
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if want := []report.Verdict{report.KnownDeviation, report.KnownDeviation}; !slices.Equal(told, want) {
		t.Errorf("told %v while it ran, want %v", told, want)
	}
	o.Known = fstest.MapFS{"reference.yaml": {Data: []byte("deviations:\n- scenario: area/push\n")}}
	o.Planned = func(int) { t.Error("something was played although the list cannot be read") }
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "the reason is missing") {
		t.Errorf("got %v, want the mistake in the list", err)
	}
}

func TestEvidenceCanBeJudgedAgain(t *testing.T) {
	suite := suiteOf(t, map[string]string{"area/push.txtar": quickScenario})
	o := options(t, suite)
	o.Keep, o.Filter.Scenarios = true, []string{"area/push#interval=15s"}
	first, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Cases) != 1 || first.Cases[0].Evidence == "" || !first.Filtered {
		t.Fatalf("got %+v", first.Cases)
	}
	again, err := Rejudge(suite, "test", []string{o.Folder})
	if err != nil {
		t.Fatal(err)
	}
	if again.Cases[0].Verdict != report.Pass || again.Cases[0].ID != first.Cases[0].ID {
		t.Errorf("got %+v", again.Cases[0])
	}
	stricter := suiteOf(t, map[string]string{"area/push.txtar": strings.Replace(quickScenario, "method = POST", "method = PUT", 1)})
	again, err = Rejudge(stricter, "test", []string{first.Cases[0].Evidence})
	if err != nil {
		t.Fatal(err)
	}
	if again.Exit() != report.ExitFailed {
		t.Errorf("got %+v", again.Cases[0])
	}
	var usage *UsageError
	if _, err := Rejudge(suite, "test", []string{t.TempDir()}); !errors.As(err, &usage) {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestFiltersThatSelectNothingAreRefused(t *testing.T) {
	suite := suiteOf(t, map[string]string{"area/push.txtar": quickScenario})
	for _, c := range []struct {
		filter Filter
		want   string
	}{
		{Filter{Scenarios: []string{"area/pish"}}, "did you mean area/push?"},
		{Filter{Clauses: []string{"X-PUHS"}}, "did you mean X-PUSH?"},
		{Filter{Components: []string{"nonsense"}}, "known are pyroscope.write"},
		{Filter{Lanes: []string{"reel"}}, "did you mean real?"},
		{Filter{Lanes: []string{"real"}}, "nothing is selected"},
	} {
		o := options(t, suite)
		o.Filter = c.filter
		var usage *UsageError
		if _, err := Run(t.Context(), o); !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v", c.filter, err)
		}
	}
	if _, err := Run(t.Context(), Options{Suite: suite}); !errors.As(err, new(*UsageError)) {
		t.Errorf("no agent: %v", err)
	}
	listed, err := List(suite, Filter{Clauses: []string{"*-PUSH"}, Scenarios: []string{"area/*interval=30s", "*15s"}})
	if err != nil || len(listed) != 2 || !listed[0].First || listed[1].First {
		t.Errorf("got %+v, %v", listed, err)
	}
}

func TestWild(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"a/b", "a/b", true}, {"a/b", "a/bc", false}, {"a/*", "a/b#c=d", true}, {"*", "", true}, {"*b", "a/b", true},
		{"a*c*e", "abcde", true}, {"a*c*e", "abde", false}, {"a*a", "a", false}, {"a**b", "ab", true}, {"", "x", false},
	} {
		if got := wild(c.pattern, c.text); got != c.want {
			t.Errorf("wild(%q, %q) = %v", c.pattern, c.text, got)
		}
	}
}

// broken pretends to be the child of the virtual lane: it takes one order and dies of it.
var broken = []string{"/bin/sh", "-c", "read order; echo 'panic: deadlock' >&2; exit 2"}

func TestBrokenBubbleIsAnErrorOfItsCaseOnly(t *testing.T) {
	b := &bubbles{argv: broken}
	defer b.close()
	for range 2 {
		got := b.play(t.Context(), order{Path: "a/b"})
		if got.err == nil || !strings.Contains(got.err.Error(), "panic: deadlock") {
			t.Errorf("got %v", got.err)
		}
	}
	stuck := &bubbles{argv: []string{"/bin/sh", "-c", "exec sleep 60"}}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if got := stuck.play(ctx, order{}); !errors.Is(got.err, context.DeadlineExceeded) || stuck.cmd != nil {
		t.Errorf("got %v, child %v", got.err, stuck.cmd)
	}
	missing := &bubbles{argv: []string{"/does/not/exist"}}
	if got := missing.play(t.Context(), order{}); got.err == nil {
		t.Error("a child that cannot be started is no error")
	}
}

func TestOrdersThatCannotBePlayed(t *testing.T) {
	b := &bubbles{argv: child(t)}
	defer b.close()
	good := order{Path: "area/push", Source: []byte(quickScenario), Case: "area/push#interval=15s", Agent: "reference", Folder: t.TempDir()}
	for want, spoil := range map[string]func(*order){
		"has no case":     func(o *order) { o.Case = "area/push#interval=1s" },
		"does not run on": func(o *order) { o.Agent = "prometheus" },
		"unknown verb":    func(o *order) { o.Source = []byte("# s\nfrobnicate x\n") },
		"known are":       func(o *order) { o.Act = "nonsense" },
	} {
		o := good
		spoil(&o)
		if got := b.play(t.Context(), o); got.err == nil || !strings.Contains(got.err.Error(), want) {
			t.Errorf("want %q, got %v", want, got.err)
		}
	}
	if got := b.play(t.Context(), good); got.err != nil || got.seen == nil {
		t.Errorf("the good one after the bad ones: %v", got.err)
	}
}

func TestSelfTest(t *testing.T) {
	o := options(t, suiteOf(t, map[string]string{"area/push.txtar": quickScenario}))
	table, err := SelfTest(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if bad := table.Survivors(); len(bad) > 0 {
		t.Errorf("survivors: %v", bad)
	}
	var killers []string
	for _, row := range table.Rows {
		killers = append(killers, row.Killer)
	}
	want := []string{"none", "reversed", "sends-nothing", "wrong-method", "agent idle", "agent never-ready", "agent exits-0", "agent exits-1", "agent garbage"}
	if !slices.Equal(killers, want) {
		t.Errorf("got %q, want %q", killers, want)
	}
}

func TestSelfTestTellsWhatSurvives(t *testing.T) {
	weak := strings.Replace(quickScenario, "sends-nothing, wrong-method", "drops-query, late:1ms", 1)
	weak = strings.Replace(weak, "check s method = POST X-PUSH", "check agent ready X-PUSH", 1)
	table, err := SelfTest(t.Context(), options(t, suiteOf(t, map[string]string{"area/push.txtar": weak})))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, row := range table.Survivors() {
		got[row.Killer] = row.Survived
	}
	if got["drops-query"] != "the sabotage found nothing to make wrong" || got["late:1ms"] != "nobody noticed" ||
		!strings.Contains(got["none"], "no sabotage kills this case") {
		t.Errorf("got %q", got)
	}
}

func TestReversedChecksDoNotHold(t *testing.T) {
	for _, c := range []struct {
		e    scenario.Expect
		op   string
		last string
	}{
		{scenario.Expect{Subject: "requests", Op: ">=", Values: []string{"2"}}, "<", "2"},
		{scenario.Expect{Subject: "requests", Op: "=", Values: []string{"2"}}, "!=", "2"},
		{scenario.Expect{Subject: "statuses", Op: "=", Values: []string{"503", "200"}}, "=", "599"},
		{scenario.Expect{Subject: "statuses", Op: "has", Values: []string{"503"}}, "lacks", "503"},
		{scenario.Expect{Subject: "gaps", Op: "=", Values: []string{"1s"}}, "=", "1h0m1s"},
		{scenario.Expect{Subject: "first", Op: "<=", Values: []string{"1s"}}, ">=", "2s"},
		{scenario.Expect{Subject: "first", Op: ">=", Values: []string{"1s"}}, "<=", "999ms"},
		{scenario.Expect{Subject: "header", Op: "matches", Values: []string{"a|b"}}, "matches", "^reversed$"},
		{scenario.Expect{Subject: "header", Op: "present"}, "absent", ""},
		{scenario.Expect{Subject: "labels", Op: "has", Values: []string{"a=b"}}, "has", "a=b-reversed"},
		{scenario.Expect{Subject: "labels", Op: "lacks", Values: []string{"a"}}, "", ""},
		{scenario.Expect{Subject: "attempts", Op: "same-body"}, "", ""},
		{scenario.Expect{Subject: "no-such-subject", Op: "="}, "", ""},
	} {
		before := slices.Clone(c.e.Values)
		got, ok := reversed(c.e)
		last := ""
		if ok && len(got.Values) > 0 {
			last = got.Values[len(got.Values)-1]
		}
		if ok != (c.op != "") || ok && (got.Op != c.op || last != c.last) {
			t.Errorf("%s %s %v: got %s %v, %v", c.e.Subject, c.e.Op, c.e.Values, got.Op, got.Values, ok)
		}
		if !slices.Equal(before, c.e.Values) {
			t.Errorf("%s: the original was changed", c.e.Subject)
		}
	}
}

func TestKnownListsAreBroughtUpToDate(t *testing.T) {
	files := fstest.MapFS{"x.yaml": {Data: []byte("deviations:\n  - scenario: area/gone\n    reason: old\n  - scenario: area/push\n    reason: still so\n")}}
	r := &report.Report{
		Stale: []report.Stale{{Agent: "x", Entry: "area/gone"}},
		Cases: []report.Case{{ID: "area/new#a=b", Agent: "x", Lane: "real", Verdict: report.Fail,
			Checks: []report.Check{{Verdict: report.Fail}, {Verdict: report.Pass}}}},
	}
	r.Cases[0].Checks[0].Clauses, r.Cases[0].Checks[1].Clauses = []string{"X-PUSH"}, []string{"X-COUNT"}
	text, err := UpdateKnown(files, r, "x")
	if err != nil {
		t.Fatal(err)
	}
	files["x.yaml"] = &fstest.MapFile{Data: text}
	list, err := report.LoadKnown(files, "x.yaml")
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if d := list.Deviations; len(d) != 2 || d[0].Reason != "still so" || d[1].Scenario != "area/new" || !slices.Equal(d[1].Clauses, []string{"X-PUSH"}) {
		t.Errorf("got %+v", d)
	}
}

func TestLoadTellsEverythingThatIsWrong(t *testing.T) {
	files := fstest.MapFS{
		"clauses.yaml": {Data: []byte(quickClauses)},
		"a/one.txtar":  {Data: []byte("# s\nfrobnicate\n")},
		"a/two.txtar":  {Data: []byte("# s\nfake mimmir m\n")},
		"a/ok.txtar":   {Data: []byte(quickScenario)},
	}
	s, err := Load(files)
	if err == nil || !strings.Contains(err.Error(), "a/one.txtar:2:1") || !strings.Contains(err.Error(), "a/two.txtar:2:6") || len(s.Scenarios) != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := Load(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without clauses: %v", err)
	}
}

func TestLintChecksArgumentsOfSabotages(t *testing.T) {
	for killer, want := range map[string]string{
		"late:soon":           `area/push.txtar:5:11: sabotage "late:soon"`,
		"drops-header":        `area/push.txtar:5:11: sabotage "drops-header" needs an argument: drops-header:NAME`,
		"never-retries:x":     `area/push.txtar:5:11: sabotage "never-retries" takes no argument`,
		"late:{{interval}}":   "",
		"late:{{intervall}}":  "area/push.txtar:5:16: unknown template {{intervall}} in killed by (did you mean interval?)",
		"late:x{{interval}}s": `area/push.txtar:5:11: sabotage "late:x15ss"`,
	} {
		s := suiteOf(t, map[string]string{"area/push.txtar": strings.Replace(quickScenario, "sends-nothing", killer, 1)})
		problems := s.Lint()
		if want == "" && len(problems) > 0 || want != "" && (len(problems) == 0 || !strings.Contains(problems[0].Error(), want)) {
			t.Errorf("%s: got %v, want %s", killer, problems, want)
		}
	}
}

func TestEmbeddedSuiteIsClean(t *testing.T) {
	s, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.Lint() {
		t.Error(p)
	}
	if _, err := s.Find("remote_write/rety"); err == nil || !strings.Contains(err.Error(), "did you mean remote_write/retry?") {
		t.Errorf("got %v", err)
	}
}

// TestTest plays one case of the embedded suite on both lanes as an agent's own repository would.
func TestTest(t *testing.T) {
	Test(t, adapter.Reference(), "remote_write/retry#status=503")
}

func TestCaseFoldersAreDistinct(t *testing.T) {
	r := &runner{folder: t.TempDir()}
	u := unit{Case: scenario.Case{ID: "a/b#c=d e", Lane: scenario.Real}, agent: Agent{Info: sut.Info{Name: "x"}}}
	first, err := r.caseFolder(u)
	second, err2 := r.caseFolder(u)
	if err != nil || err2 != nil || first == second || filepath.Base(first) != "x_real_a_b#c_d_e" {
		t.Errorf("got %s, %s, %v, %v", first, second, err, err2)
	}
}

func TestInterruptedRunSaysWhatIsLeft(t *testing.T) {
	o := options(t, suiteOf(t, map[string]string{"area/push.txtar": quickScenario}))
	ctx, cancel := context.WithCancel(t.Context())
	o.Jobs = 1
	o.Progress = func(report.Case) { cancel() }
	r, err := Run(ctx, o)
	if r != nil || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "of 2 cases") || !strings.Contains(err.Error(), o.Folder) {
		t.Errorf("got %v, %v", r, err)
	}
	if left, _ := os.ReadDir(o.Folder); len(left) != 0 {
		t.Errorf("evidence of what was broken off was kept: %v", left)
	}
}
