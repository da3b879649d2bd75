package wal

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

func TestInspect(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	w.SetDelivered("mimir", 3, 1)
	columns := scrape(t, w, layout(0, 10), 0, 12)
	truncate(t, w, 5, 0)
	changed := columnAt(layout(3, 12), 50, 7)
	changed.Times = []int64{50, 51, 50, 50, 50, 50, 50, 50, 60}
	add(t, w, changed)

	for range 2 { // in use, then stopped
		l, err := Inspect(dir)
		if err != nil || l.Owner != owner || l.Checkpoint != 7 || len(l.Damage) > 0 {
			t.Fatalf("%+v, %v", l, err)
		}
		var got []sample
		for _, s := range l.Series {
			for _, one := range s.Samples {
				got = append(got, sample{series: spell(column.Series{Labels: s.Labels}), t: one.T, bits: math.Float64bits(one.Value)})
			}
		}
		// Position 3 was delivered: parts 4 and 5 are older than the cutoff but not delivered.
		sameSamples(t, got, samplesIn(append(slices.Clone(columns[3:]), changed)...))
		if first := l.Files[0]; !first.Checkpoint || first.Parts != 5 || first.Samples != 50 || first.Oldest != 3 || first.Newest != 7 {
			t.Errorf("%+v", first)
		}
		if n := len(l.Files); n != 7 {
			t.Errorf("%d files: %+v", n, l.Files)
		}
		last := l.Files[len(l.Files)-1]
		if last.Name != "00000013" || last.Newest != 60 {
			t.Errorf("%+v", last)
		}
		closeLog(t, w)
	}
	l, _ := Inspect(dir)
	if at := l.Delivered["mimir"]; at.Seq != 3 || at.Time != 1 {
		t.Errorf("%+v", l.Delivered)
	}
}

func TestInspectDamage(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir)
	flip(t, filepath.Join(dir, logFolder, "00000001"), 20_000)
	l, err := Inspect(dir)
	if err != nil || len(l.Damage) != 1 || !strings.HasPrefix(l.Damage[0], "00000001: at byte ") {
		t.Errorf("%q, %v", l.Damage, err)
	}
	if n := len(l.Series[0].Samples); n != 119 {
		t.Errorf("%d samples", n)
	}
}

func TestInspectNothing(t *testing.T) {
	l, err := Inspect(t.TempDir())
	if err != nil || l.Checkpoint != -1 || len(l.Files)+len(l.Series) > 0 {
		t.Errorf("%+v, %v", l, err)
	}
}
