package wal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// textOf spells out all items of parts.
func textOf(parts ...column.Part) (all []string) {
	for _, p := range parts {
		for i := range p.Len() {
			item := ""
			switch p.Kind() {
			case column.Samples:
				item = fmt.Sprint(p.Values[i])
			case column.Histograms:
				item = string(p.Histograms[i])
			case column.Exemplars:
				item = fmt.Sprint(p.Exemplars[i])
			}
			all = append(all, fmt.Sprintf("%s%s@%d", spell(p.Series(i)), item, p.Time(i)))
		}
	}
	slices.Sort(all)
	return all
}

// mixed is a scrape of n series at time t: a value of each, a histogram of three others, and exemplars of some.
func mixed(n int, t int64) []column.Column {
	values, histograms := columnAt(layout(0, n), t, 1), layout(1000, 1003)
	exemplar := func(id string) column.Exemplar {
		return column.Exemplar{Labels: []column.Label{{Name: "id", Value: id}}, Value: 0.5}
	}
	return []column.Column{values,
		{Layout: histograms, T: t, Histograms: []column.Histogram{[]byte("first"), []byte(""), []byte("third")}},
		{
			Layout: values.Layout, T: t, Exemplars: []column.Exemplar{exemplar("c"), exemplar("a"), exemplar("b"), {}},
			Index: []int{n - 1, 0, 0, 1}, Times: []int64{t - 1, t - 2, t - 3, t},
		},
		{Layout: histograms, T: t, Exemplars: []column.Exemplar{exemplar("h")}, Index: []int{2}},
	}
}

// wanted spells out what columns hold.
func wanted(columns ...column.Column) (all []string) {
	for _, c := range columns {
		for i := range c.Len() {
			at, series, item := c.T, i, ""
			if c.Times != nil {
				at = c.Times[i]
			}
			switch c.Kind() {
			case column.Samples:
				item = fmt.Sprint(c.Values[i])
			case column.Histograms:
				item = string(c.Histograms[i])
			case column.Exemplars:
				series, item = c.Index[i], fmt.Sprint(c.Exemplars[i])
			}
			all = append(all, fmt.Sprintf("%s%s@%d", spell(c.Layout.Series[series]), item, at))
		}
	}
	slices.Sort(all)
	return all
}

func sameText(t *testing.T, when string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %d items\n%s\nwant %d\n%s", when, len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
	}
}

func TestItemsOfEveryKindFromMemoryDiskReplayAndCheckpoint(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir, tailOf(1))
	w.SetDelivered("slow", 0, 0)
	var want []string
	var seen []column.Part
	r := w.Reader(0)
	defer r.Close()
	for i := range 5 {
		columns := mixed(600, int64(1000*(i+1)))
		add(t, w, columns...)
		seen = append(seen, drain(t, r)...)
		want = append(want, wanted(columns...)...)
	}
	slices.Sort(want)
	sameText(t, "from memory", textOf(seen...), want)
	for i, p := range seen {
		if p.Seq != uint64(i+1) {
			t.Fatalf("part %d has Seq %d", i, p.Seq)
		}
	}
	sameText(t, "from disk", textOf(readFrom(t, w, 0)...), want)
	if s := w.Stats(); s.SamplesAppended != 5*603 || s.ExemplarsAppended != 5*5 || s.ActiveSeries != 603 {
		t.Errorf("stats are %+v", s)
	}
	for range 4 {
		truncate(t, w, 100_000, 0)
	}
	if w.Stats().Truncations == 0 {
		t.Fatal("nothing was truncated")
	}
	sameText(t, "from a checkpoint", textOf(readFrom(t, w, 0)...), want)
	closeLog(t, w)

	again := openLog(t, dir)
	if s := again.Stats(); s.Repairs != 0 || s.LostParts != 0 {
		t.Errorf("stats after a restart are %+v", s)
	}
	sameText(t, "after a restart", textOf(readFrom(t, again, 0)...), want)
	found, err := Inspect(dir)
	if err != nil || len(found.Damage) > 0 {
		t.Fatalf("inspect: %v, %v", err, found.Damage)
	}
	exemplars, histograms := 0, 0
	for _, s := range found.Series {
		exemplars, histograms = exemplars+s.Exemplars, histograms+s.Histograms
	}
	if exemplars != 25 || histograms != 15 {
		t.Errorf("inspect finds %d exemplars and %d histograms, want 25 and 15", exemplars, histograms)
	}
	again.SetDelivered("slow", again.End(), 5000)
	for range 6 {
		truncate(t, again, 100_000, 0)
	}
	if left := textOf(readFrom(t, again, 0)...); len(left) != 0 {
		t.Errorf("%d items are left after everything was delivered", len(left))
	}
}

func TestMalformedItemsAreRefused(t *testing.T) {
	w := openLog(t, t.TempDir())
	l := layout(0, 2)
	for want, c := range map[string]column.Column{
		"1 values for a layout of 2":             {Layout: l, Histograms: make([]column.Histogram, 1)},
		"4 values for a layout of 2":             {Layout: l, Histograms: make([]column.Histogram, 2), Values: make([]float64, 2)},
		"1 exemplars for 0 series":               {Layout: l, Exemplars: make([]column.Exemplar, 1)},
		"an exemplar for series 2":               {Layout: l, Exemplars: make([]column.Exemplar, 1), Index: []int{2}},
		"0 times for 1 values":                   {Layout: l, Exemplars: make([]column.Exemplar, 1), Index: []int{1}, Times: []int64{}},
		"an exemplar for series -1 of a layout ": {Layout: l, Exemplars: make([]column.Exemplar, 1), Index: []int{-1}},
	} {
		if err := w.Append(context.Background(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
	if w.End() != 0 {
		t.Errorf("the log ends at %d", w.End())
	}
}

func TestMetadataIsKeptWhileItsMetricIsInUse(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	known := func(w *WAL) string {
		var all []string
		for _, name := range slices.Sorted(maps.Keys(w.Metadata().All())) {
			all = append(all, name+": "+w.Metadata().All()[name].Help)
		}
		return strings.Join(all, ", ")
	}
	expect := func(when string, w *WAL, want string) {
		t.Helper()
		if got := known(w); got != want {
			t.Errorf("%s: got %q, want %q", when, got, want)
		}
	}
	about := func(from int, all ...column.Metadata) *column.Layout {
		l := layout(from, from+2)
		l.Metadata = all
		return l
	}
	a, b := column.Metadata{Family: "a", Type: "gauge", Help: "old"}, column.Metadata{Family: "b", Type: "counter", Help: "B", Unit: "s"}
	first := about(0, a, b)
	add(t, w, columnAt(first, 1000, 1))
	before := w.Metadata()
	add(t, w, columnAt(first, 2000, 1))
	if w.Metadata() != before {
		t.Error("metadata changed although nothing did")
	}
	expect("at first", w, "a: old, b: B")
	a.Help = "new"
	second := about(0, a)
	add(t, w, columnAt(second, 3000, 1))
	expect("after a change", w, "a: new, b: B")
	closeLog(t, w)
	w = openLog(t, dir)
	expect("after a restart", w, "a: new, b: B")
	for i := range 8 {
		add(t, w, columnAt(second, int64(4000+i), 1))
		truncate(t, w, 2500, 0)
	}
	expect("after truncations", w, "a: new")
	closeLog(t, w)
	w = openLog(t, dir)
	expect("after truncations and a restart", w, "a: new")
	add(t, w, columnAt(first, 9000, 1))
	truncate(t, w, 9000, 0)
	expect("when the old layout is back", w, "a: old, b: B")
	truncate(t, w, 9500, 0)
	expect("when nothing is in use", w, "")
	add(t, w, columnAt(first, 9900, 1))
	expect("when it is in use again", w, "a: old, b: B")
	if found, err := Inspect(dir); err != nil || found.Metadata["b"] != b {
		t.Errorf("inspect finds %v, %v", found.Metadata, err)
	}
}
