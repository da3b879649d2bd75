package report

import (
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
)

func TestClausesThatAreNotAskedAreSkipped(t *testing.T) {
	unasked := map[string]string{"A-DEFAULT": "it is spelt otherwise"}
	findings := []check.Finding{finding(check.Fail, "A-MUST", "A-DEFAULT"), finding(check.Fail, "A-DEFAULT"), finding(check.Pass, "A-SHOULD")}
	c := Judged(Case{ID: "a", Agent: "some", Lane: "real"}, findings, unasked)
	if len(c.Checks) != 4 || c.Verdict != Fail {
		t.Fatalf("got %+v", c)
	}
	if one := c.Checks[0]; one.Verdict != Skip || one.Reason != unasked["A-DEFAULT"] || one.Detail != "" || one.Clauses[0] != "A-DEFAULT" {
		t.Errorf("the part that is not asked: %+v", one)
	}
	if rest := c.Checks[1]; rest.Verdict != Fail || len(rest.Clauses) != 1 || rest.Clauses[0] != "A-MUST" {
		t.Errorf("the rest: %+v", rest)
	}
	r := build(t, Known{}, c)
	for _, clause := range r.Clauses {
		if clause.ID == "A-DEFAULT" && clause.Verdict != Skip {
			t.Errorf("got %+v", clause)
		}
	}
	if only := Judged(Case{ID: "a"}, findings[1:2], unasked); only.Verdict != Skip || only.Reason == "" {
		t.Errorf("nothing is asked: %+v", only)
	}
}

func TestReportSaysWhatStoodForAComponent(t *testing.T) {
	r := Build(Run{Clauses: clauseSet(t), Agents: []Agent{{Name: "some", Version: "1", Rewritten: map[string]string{"c": "later"}}}},
		[]Case{played("a", finding(check.Fail, "A-MUST"))})
	if r.Clauses[0].As != "later" {
		t.Errorf("got %+v", r.Clauses[0])
	}
	var text strings.Builder
	if err := WriteSummary(&text, r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "Statement of A-MUST. (asked of later)") {
		t.Errorf("got %s", &text)
	}
}
