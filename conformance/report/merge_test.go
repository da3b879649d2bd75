package report

import (
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
)

// other is a report of another agent.
func other(t *testing.T, version string, cases ...Case) *Report {
	t.Helper()
	r := build(t, Known{}, cases...)
	r.Agents = []Agent{{Name: "other", Version: version}}
	for i := range r.Cases {
		r.Cases[i].Agent = "other"
	}
	return r
}

func TestMerge(t *testing.T) {
	good, bad := played("a", finding(check.Pass, "A-MUST")), played("a", finding(check.Fail, "A-MUST"))
	got, err := Merge(clauseSet(t), build(t, Known{}, good), other(t, "1", bad), other(t, "1", played("b", finding(check.Pass, "A-DEFAULT"))))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Cases) != 3 || len(got.Agents) != 2 || got.Totals["pass"] != 2 || got.Exit() != ExitFailed || got.Coverage.Judged != 2 {
		t.Errorf("got %+v", got)
	}
	if c := got.Clauses; len(c) != 3 || c[0].Verdict != Pass || c[1].Verdict != Fail || c[1].Agent != "other" {
		t.Errorf("clauses %+v", c)
	}
	var b strings.Builder
	if err := WriteJSON(&b, got); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadJSON(strings.NewReader(b.String())); err != nil {
		t.Errorf("the merged report cannot be read: %v", err)
	}
}

func TestMergeRefuses(t *testing.T) {
	good := played("a", finding(check.Pass, "A-MUST"))
	for want, reports := range map[string][]*Report{
		"there are none": nil,
		"two of them have the case a (some, real)":  {build(t, Known{}, good), build(t, Known{}, good)},
		"agent other has the versions 1.0.0 and 2.": {other(t, "1.0.0", good), other(t, "2.0.0", played("b"))},
	} {
		if _, err := Merge(clauseSet(t), reports...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
