package report

import (
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
)

func TestCompare(t *testing.T) {
	pass, fail := finding(check.Pass, "A-MUST"), finding(check.Fail, "A-MUST")
	before := build(t, Known{}, played("same", pass), played("mended", fail), played("broken", pass), played("old", pass))
	after := build(t, Known{}, played("same", pass), played("mended", pass), played("broken", fail), played("young", pass))
	got := Compare(before, after)
	var b strings.Builder
	if err := got.Write(&b); err != nil {
		t.Fatal(err)
	}
	want := "worse   broken (some, real): fail, was pass\nbetter  mended (some, real): pass, was fail\n" +
		"gone    old (some, real)\nnew     young (some, real)\n2 changed, 1 gone, 1 new, 1 as before\n"
	if b.String() != want || !got.Worse() {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if back := Compare(after, after); back.Worse() || len(back.Changed)+len(back.Gone)+len(back.New) > 0 {
		t.Errorf("a report differs from itself: %+v", back)
	}
}

func TestWorsened(t *testing.T) {
	for _, test := range []struct {
		before, after Verdict
		want          bool
	}{
		{Pass, Fail, true}, {Fail, Pass, false}, {Pass, KnownDeviation, true}, {KnownDeviation, Pass, false}, {Fail, Error, true},
		{Pass, Skip, true}, {Skip, Pass, false}, {Skip, Fail, true}, {Fail, Skip, false}, {Pass, UnexpectedPass, true},
	} {
		if got := worsened(test.before, test.after); got != test.want {
			t.Errorf("from %s to %s: got %v, want %v", test.before, test.after, got, test.want)
		}
	}
}
