package report

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
)

func TestBadge(t *testing.T) {
	known := Known{Deviations: []Deviation{{Scenario: "known", Reason: "it is old"}}}
	good := played("good", finding(check.Pass, "A-MUST"), finding(check.Pass, "A-DEFAULT"))
	for _, c := range []struct {
		name    string
		r       *Report
		message string
		colour  string
	}{
		{"all hold", build(t, Known{}, good), "2 of 2 clauses hold", badgeGood},
		{"one does not bind", build(t, Known{}, good, played("soft", finding(check.Fail, "A-SHOULD"))), "2 of 3 clauses hold", badgePartly},
		{"known", build(t, known, good, played("known", finding(check.Fail, "A-OTHER"))), "2 of 3 clauses hold", badgePartly},
		{"failed", build(t, Known{}, good, played("bad", finding(check.Fail, "A-MUST"))), "failed: 1 of 2 clauses hold", badgeFailed},
		{"broken", build(t, Known{}, good, Broken(played("bad"), errBroken)), "the harness broke", badgeNothing},
		{"all skipped", build(t, Known{}, Skipped(played("skip"), "no")), "nothing judged", badgeNothing},
		{"no case", build(t, Known{}), "nothing judged", badgeNothing},
	} {
		if message, colour := c.r.badge(); message != c.message || colour != c.colour {
			t.Errorf("%s: %q in %s, want %q in %s", c.name, message, colour, c.message, c.colour)
		}
	}
}

func TestBadgePicture(t *testing.T) {
	r := build(t, Known{}, played("a", finding(check.Pass, "A-MUST")))
	r.Agents[0].Version = `1 "<&>"`
	var b bytes.Buffer
	if err := WriteBadge(&b, r); err != nil {
		t.Fatal(err)
	}
	golden(t, "badge.svg", b.Bytes())
	var picture struct {
		Title string   `xml:"title"`
		Texts []string `xml:"g>text"`
	}
	if err := xml.Unmarshal(b.Bytes(), &picture); err != nil {
		t.Fatal(err)
	}
	if want := `touchstone: 1 of 1 clauses hold (some 1 "<&>")`; picture.Title != want {
		t.Errorf("title %q, want %q", picture.Title, want)
	}
	if got := strings.Join(picture.Texts, "|"); got != "touchstone|1 of 1 clauses hold" {
		t.Errorf("texts %q", got)
	}
}
