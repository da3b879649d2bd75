package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
)

func TestTAP(t *testing.T) {
	var b bytes.Buffer
	if err := WriteTAP(&b, mixed(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "mixed.tap", b.Bytes())
}

func TestTAPOfHostileText(t *testing.T) {
	c := Broken(played(`area/odd#a=\x # TODO`), errBroken)
	c.Sentence = "One\nnot ok 7\x1b[31m\n...\n"
	c.Agent = "so\nme"
	r := build(t, Known{}, c, Skipped(played("area/skip"), "needs\na wal"))
	var b bytes.Buffer
	if err := WriteTAP(&b, r); err != nil {
		t.Fatal(err)
	}
	golden(t, "hostile.tap", b.Bytes())
}

func TestTAPIsRedExactlyWhenTheRunIs(t *testing.T) {
	for _, c := range []struct {
		name string
		c    Case
	}{
		{"pass", played("a", finding(check.Pass, "A-MUST"))},
		{"fail", played("a", finding(check.Fail, "A-MUST"))},
		{"inconclusive", played("a", finding(check.Inconclusive, "A-DEFAULT"))},
		{"does not bind", played("a", finding(check.Fail, "A-SHOULD"))},
		{"skip", Skipped(played("a"), "no")},
		{"broken", Broken(played("a"), errBroken)},
	} {
		r := build(t, Known{}, c.c)
		var b strings.Builder
		if err := WriteTAP(&b, r); err != nil {
			t.Fatal(err)
		}
		red := false
		for line := range strings.Lines(b.String()) {
			red = red || strings.HasPrefix(line, "not ok") && !strings.Contains(line, "# TODO")
		}
		if red != (r.Exit() != ExitOK) {
			t.Errorf("%s: exit code %d, but\n%s", c.name, r.Exit(), b.String())
		}
	}
}

func TestTAPWithoutCasesIsNoSuccess(t *testing.T) {
	var b strings.Builder
	if err := WriteTAP(&b, build(t, Known{})); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "1..0\n") || !strings.Contains(b.String(), "Bail out! nothing was played\n") {
		t.Errorf("got\n%s", b.String())
	}
}
