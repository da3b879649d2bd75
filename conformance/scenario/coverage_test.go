package scenario

import (
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

func TestCover(t *testing.T) {
	all := vocabulary(t, "RW-RETRY-5XX", "PW-URL-PATH", "RW-TEST", "RW-REASON", "RW-OTHER").Clauses.All()
	all[2].ShownBy = []string{"reference/wal#TestRepair"}
	all[3].Untestable = "nobody can see it"
	set, err := clause.New(all)
	if err != nil {
		t.Fatal(err)
	}
	got := Cover([]*Scenario{parse(t, story)}, set)
	if proofs := got.Proving["RW-RETRY-5XX"]; !slices.Equal(proofs, []string{"area/story"}) {
		t.Errorf("proven by %q", proofs)
	}
	want := "5 clauses: 2 shown by 1 scenarios, 1 by Go tests alone, 1 with the reason why nothing can show them, 1 open"
	if got.Summary() != want {
		t.Errorf("got %q, want %q", got.Summary(), want)
	}
	for _, line := range []string{"test    RW-TEST ", "reference/wal#TestRepair", "reason  RW-REASON ", "nobody can see it", "open    RW-OTHER "} {
		if !strings.Contains(got.Table(), line) {
			t.Errorf("the table lacks %q:\n%s", line, got.Table())
		}
	}
}

func TestCoverOfAnotherAgent(t *testing.T) {
	text := strings.Replace(story, "needs ", "agent other because only it can\nneeds ", 1)
	got := Cover([]*Scenario{parse(t, text)}, vocabulary(t, "RW-RETRY-5XX").Clauses)
	if len(got.Open) != 1 || len(got.Proving["RW-RETRY-5XX"]) != 1 {
		t.Errorf("open %v, proving %v", got.Open, got.Proving)
	}
}
