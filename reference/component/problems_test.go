package component

import (
	"errors"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// TestEverythingWrongIsToldAtOnce has mistakes of every stage in one file; only what depends on one of them is passed over.
func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	g, _ := newTestGraph()
	err := load(t, g, `test.sing "a" { }
test.sink "a" { to = [test.sink.a.receiver] }
test.source "b" { to = [test.sink.nothing.receiver] }
test.source "c" { to = 1 }
test.source "d" { to = [test.sink.a.receiver] }
test.source "c" { }`)
	var list river.Diagnostics
	if !errors.As(err, &list) {
		t.Fatalf("got %v", err)
	}
	var places []string
	for _, d := range list {
		places = append(places, d.Pos.String())
	}
	if got, want := strings.Join(places, " "), "f:1:1 f:2:23 f:3:25 f:4:24 f:6:1"; got != want {
		t.Errorf("got %s, want %s\n%s", got, want, river.Explain(err))
	}
}
