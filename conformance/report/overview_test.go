package report

import (
	"slices"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
)

func TestOverview(t *testing.T) {
	r := build(t, Known{}, played("a", finding(check.Pass, "A-DEFAULT"), finding(check.Pass, "A-MUST")), played("b", finding(check.Fail, "A-SHOULD")))
	p := r.page(nil)
	if len(p.Overview) != 1 || p.Overview[0].Name != "phlare.write@v0.31" || p.Overview[0].Anchor != "page-1" {
		t.Fatalf("got %+v", p.Overview)
	}
	if want := []pageTally{{"1 fail, 2 pass", "fail"}}; !slices.Equal(p.Overview[0].Cells, want) {
		t.Errorf("got %+v, want %+v", p.Overview[0].Cells, want)
	}
}

func TestKnownAreTogetherByReason(t *testing.T) {
	known := Known{Deviations: []Deviation{{Scenario: "old*", Reason: "it is old"}, {Scenario: "odd", Reason: "it is odd"}}}
	r := build(t, known, played("old1", finding(check.Fail, "A-MUST")), played("odd", finding(check.Fail, "A-OTHER")),
		played("old2", finding(check.Fail, "A-MUST")))
	got := r.known()
	if len(got) != 2 || got[0].Reason != "it is old" || len(got[0].Cases) != 2 || got[1].Reason != "it is odd" {
		t.Errorf("got %+v", got)
	}
}

func TestLegendTellsEachVerdictThatOccurs(t *testing.T) {
	for _, v := range Verdicts() {
		if v.Meaning() == "" {
			t.Errorf("%s means nothing", v)
		}
	}
	if got, want := mixed(t).legend(), []Verdict{Error, Fail, KnownDeviation, Pass, Skip}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
