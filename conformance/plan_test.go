package conformance

import (
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

func TestCasesOfWhichNothingIsAskedAreNotPlayed(t *testing.T) {
	agent := Agent{Info: sut.Info{Name: "some", Unasked: map[string]string{"A-ONE": "it is spelt otherwise"}}}
	for _, c := range []struct {
		clauses []string
		want    string
	}{
		{[]string{"A-ONE"}, "it is spelt otherwise"},
		{[]string{"A-ONE", "A-TWO"}, ""},
		{nil, ""},
	} {
		if got := agent.cannot(scenario.Case{Scenario: &scenario.Scenario{}, Clauses: c.clauses}); got != c.want {
			t.Errorf("%q: got %q, want %q", c.clauses, got, c.want)
		}
	}
}
