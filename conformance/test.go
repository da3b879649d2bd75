package conformance

import (
	"context"
	"slices"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// Test plays the embedded suite against an agent, in that agent's own tests: a subtest for each case, and below it one for each clause. With
// names of scenarios (patterns as in Filter) it plays only those. Cases of the real lane run in parallel.
func Test(t *testing.T, adapter sut.Adapter, scenarios ...string) {
	t.Helper()
	suite, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	suite.Test(t, adapter, Filter{Scenarios: scenarios})
}

// Test plays what the filter selects of the suite: see the function of this name.
func (s *Suite) Test(t *testing.T, adapter sut.Adapter, filter Filter) {
	t.Helper()
	agents, err := Probe(context.Background(), []sut.Adapter{adapter})
	if err != nil {
		t.Fatal(err)
	}
	units, err := s.plan(agents, filter)
	if err != nil {
		t.Fatal(err)
	}
	known, err := s.known(nil, []string{adapter.Name()})
	if err != nil {
		t.Fatal(err)
	}
	late := watchLateness()
	t.Cleanup(late.close)
	for _, u := range units {
		t.Run(string(u.Lane)+"/"+u.ID, func(t *testing.T) { s.testUnit(t, u, known, late) })
	}
}

// testUnit plays one case as a test.
func (s *Suite) testUnit(t *testing.T, u unit, known map[string]report.Known, late *lateness) {
	if u.skip != "" {
		t.Skip(u.skip)
	}
	var got outcome
	if u.Lane == scenario.Virtual {
		got = inBubble(t, u.Case, u.agent, "", t.TempDir())
	} else {
		t.Parallel()
		got = perform(t.Context(), u.Case, u.agent, "", t.TempDir(), late)
	}
	switch {
	case got.unsupported != "":
		t.Skip(got.unsupported)
	case got.err != nil:
		t.Fatal(got.err)
	}
	c := report.Judged(u.blank(), check.Judge(u.Case, got.seen), u.agent.Info.Unasked)
	built := report.Build(report.Run{Filtered: true, Agents: []report.Agent{u.agent.reported()}, Clauses: s.Clauses, Known: known}, []report.Case{c})
	testChecks(t, built.Cases[0])
}

// testChecks has a subtest for each clause, and says there what its checks found.
func testChecks(t *testing.T, c report.Case) {
	var names []string
	byName := map[string][]report.Check{}
	for _, chk := range c.Checks {
		for _, name := range orOne(chk.Clauses, "no clause") {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			byName[name] = append(byName[name], chk)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			for _, chk := range byName[name] {
				if chk.Verdict == report.Skip {
					t.Skip(chk.Reason)
				}
				if chk.Verdict != report.Pass && chk.Verdict != report.KnownDeviation {
					t.Errorf("line %d: %s: %s: %s", chk.Line, chk.Text, chk.Verdict, chk.Detail)
				}
			}
		})
	}
}

// orOne is the list, or one name when it is empty.
func orOne(list []string, otherwise string) []string {
	if len(list) == 0 {
		return []string{otherwise}
	}
	return list
}
