package wal

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

func TestLargeLayoutIsCutIntoFullFrames(t *testing.T) {
	w := openLog(t, t.TempDir())
	add(t, w, columnAt(layout(0, 1010), 1000, 1))
	parts := readFrom(t, w, 0)
	var sizes []int
	for _, p := range parts {
		sizes = append(sizes, p.Len())
		if p.Index != nil || p.Times != nil {
			t.Errorf("part %d is not dense", p.Seq)
		}
	}
	if !slices.Equal(sizes, []int{250, 250, 250, 250, 10}) {
		t.Errorf("sizes %v", sizes)
	}
}

// A layout that lost and gained a few series keeps its frames and its series keep their keys, also after a restart.
func TestSmallChangeReusesFrames(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	add(t, w, columnAt(layout(0, 1000), 1000, 1))
	before := readFrom(t, w, 0)
	keys := keysOf(t, before)

	series := slices.Concat(upTo(1000)[:100], upTo(1000)[110:700], []int{5000, 5001, 5002}, upTo(1000)[700:])
	changed := columnAt(layoutOf(series...), 2000, 3)
	for restart := range 2 {
		add(t, w, changed)
		parts := readFrom(t, w, w.End()-5)
		sameSamples(t, samplesOf(parts...), samplesIn(changed))
		if ids := framesOf(parts); len(ids) != 5 || !slices.Equal(ids[:4], framesOf(before)) {
			t.Errorf("restart %d: frames %v, before %v", restart, ids, framesOf(before))
		}
		if first := parts[0]; len(first.Index) != 240 || parts[1].Index != nil {
			t.Errorf("restart %d: index of %d and %d", restart, len(first.Index), len(parts[1].Index))
		}
		for s, key := range keysOf(t, parts) {
			if was, known := keys[s]; known && was != key {
				t.Errorf("restart %d: %s had key %d and has %d", restart, s, was, key)
			}
		}
		if s := w.Stats(); s.ActiveSeries != 1003 {
			t.Errorf("restart %d: %+v", restart, s)
		}
		closeLog(t, w)
		w = openLog(t, dir)
		changed.Layout = layoutOf(series...)
	}
}

// A layout that stays gets whole frames again, and its series keep their keys.
func TestCrumbledFramesAreTidiedUpWhenALayoutStays(t *testing.T) {
	w := openLog(t, t.TempDir())
	add(t, w, columnAt(layout(0, 1000), 1000, 1))
	keys := keysOf(t, readFrom(t, w, 0))
	var left []int
	for i := range 1000 {
		if i%10 != 3 {
			left = append(left, i)
		}
	}
	stays := layoutOf(left...)
	for round := range 2 * tidyAfter {
		from := w.End()
		changed := columnAt(stays, int64(2000+round), float64(round))
		add(t, w, changed)
		parts := readFrom(t, w, from)
		sameSamples(t, samplesOf(parts...), samplesIn(changed))
		for s, key := range keysOf(t, parts) {
			if keys[s] != key {
				t.Fatalf("round %d: %s had key %d and has %d", round, s, keys[s], key)
			}
		}
		for _, p := range parts {
			if whole := p.Index == nil; whole != (round >= tidyAfter) {
				t.Fatalf("round %d: part %d is of a whole frame: %t", round, p.Seq, whole)
			}
		}
	}
}

// However layouts shrink, grow and overlap, each series is one series with one key, and frames do not crumble.
func TestChurn(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	random := rand.New(rand.NewPCG(1, 2))
	series, next := upTo(600), 600
	keys := map[string]uint64{}
	for round := range 60 {
		for range 30 {
			series[random.IntN(len(series))] = next
			next++
		}
		if round%10 == 5 {
			random.Shuffle(len(series), func(i, j int) { series[i], series[j] = series[j], series[i] })
		}
		columns := []column.Column{columnAt(layoutOf(series...), int64(round), 1)}
		if round%20 == 0 {
			columns = append(columns, columnAt(layoutOf(series[100:140]...), int64(round), 2))
		}
		from := w.End()
		add(t, w, columns...)
		parts := readFrom(t, w, from)
		sameSamples(t, samplesOf(parts...), samplesIn(columns...))
		for s, key := range keysOf(t, parts) {
			if was, known := keys[s]; known && was != key {
				t.Fatalf("round %d: %s had key %d and has %d", round, s, was, key)
			}
			keys[s] = key
		}
		if len(parts) > 20 { // three frames would do; the keys that series keep for life forbid that
			t.Errorf("round %d: %d parts", round, len(parts))
		}
		if round%20 == 19 {
			closeLog(t, w)
			w = openLog(t, dir)
		}
		if got := w.Stats().ActiveSeries; got != len(keys) {
			t.Fatalf("round %d: %d series, want %d", round, got, len(keys))
		}
	}
}

// A series that a scraped page has twice keeps both samples.
func TestSeriesTwiceInOneLayout(t *testing.T) {
	w := openLog(t, t.TempDir())
	c := columnAt(layoutOf(1, 2, 1, 3, 1, 2), 1000, 1)
	for range 2 {
		from := w.End()
		add(t, w, c)
		parts := readFrom(t, w, from)
		sameSamples(t, samplesOf(parts...), samplesIn(c))
		keysOf(t, parts)
		c.Layout = layoutOf(1, 2, 1, 3, 1, 2)
	}
	if got := w.Stats().ActiveSeries; got != 3 {
		t.Errorf("%d series", got)
	}
}

func TestEqualTimesNeedNoTimes(t *testing.T) {
	w := openLog(t, t.TempDir())
	c := columnAt(layout(0, 2), 1000, 1)
	c.Times = []int64{900, 900}
	add(t, w, c)
	if p := readFrom(t, w, 0)[0]; p.Times != nil || p.T != 900 {
		t.Errorf("%+v", p)
	}
}

// Layouts that nobody has any more are forgotten.
func TestPlansAreForgotten(t *testing.T) {
	w := openLog(t, t.TempDir())
	kept := layout(0, 10)
	for i := range 400 {
		add(t, w, columnAt(layout(i, i+10), 1000, 1), columnAt(kept, 1000, 1))
		if i%20 == 0 {
			runtime.GC()
		}
	}
	if n := len(w.catalog.plans); n > 200 {
		t.Errorf("%d plans", n)
	}
	runtime.KeepAlive(kept)
}

func TestReplayedFramesStayPackedUntilUsed(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	c := columnAt(layout(0, 250), 1000, 1)
	add(t, w, c)
	closeLog(t, w)
	w = openLog(t, dir)
	f := w.catalog.frames.get(1)
	if f.series.unpacked.Load() != nil {
		t.Error("unpacked at once")
	}
	add(t, w, column.Column{Layout: c.Layout, T: 2000, Values: c.Values})
	if got := &f.series.unpacked.Load().Series[7].Labels[0]; got != &c.Layout.Series[7].Labels[0] {
		t.Error("the labels of the layout are not shared")
	}
}
