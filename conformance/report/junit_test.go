package report

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
)

// mixed is a report with a case of every outcome.
func mixed(t *testing.T) *Report {
	t.Helper()
	known := Known{Deviations: []Deviation{{Scenario: "area/known", Reason: "it is old"}, {Scenario: "area/gone", Reason: "x"}}}
	skipped := Skipped(played("area/skip"), "needs a wal")
	return build(t, known,
		played("area/pass", finding(check.Pass, "A-DEFAULT")),
		played("area/fail#a=<b>", finding(check.Fail, "A-MUST")),
		played("area/soft", finding(check.Fail, "A-SHOULD")),
		played("area/known", finding(check.Fail, "A-OTHER")),
		skipped,
		Broken(played("area/broken"), errBroken))
}

type brokenError struct{}

func (brokenError) Error() string { return "no port | is free" }

var errBroken = brokenError{}

func TestJUnit(t *testing.T) {
	var b strings.Builder
	if err := WriteJUnit(&b, mixed(t)); err != nil {
		t.Fatal(err)
	}
	var doc junitDocument
	if err := xml.Unmarshal([]byte(b.String()), &doc); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	if want := (junitCounts{Tests: 7, Failures: 2, Errors: 1, Skipped: 3}); doc.junitCounts != want {
		t.Errorf("counts %+v, want %+v", doc.junitCounts, want)
	}
	if len(doc.Suites) != 2 || doc.Suites[0].Name != "some, real" || doc.Suites[0].Time != "6.000" {
		t.Fatalf("suites %+v", doc.Suites)
	}
	cases := doc.Suites[0].Cases
	if c := cases[1]; c.Class != "area.fail" || c.Failure == nil || !strings.Contains(c.Failure.Text, "line 7: m requests = 1  [A-MUST]") {
		t.Errorf("the failure is %+v", c)
	}
	for i, want := range map[int]string{2: "does not bind", 3: "known: it is old", 4: "needs a wal"} {
		if c := cases[i]; c.Skipped == nil || !strings.Contains(c.Skipped.Message, want) {
			t.Errorf("%s: %+v, want %q", c.Name, c.Skipped, want)
		}
	}
	if c := cases[5]; c.Error == nil || !strings.Contains(c.Error.Text, "no port | is free") {
		t.Errorf("the broken case is %+v", c)
	}
	if c := doc.Suites[1].Cases[0]; c.Name != "area/gone" || c.Failure == nil {
		t.Errorf("the stale entry is %+v", c)
	}
}
