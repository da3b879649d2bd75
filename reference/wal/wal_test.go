package wal

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

func TestReadBackFromMemoryAndDisk(t *testing.T) {
	big, mixed := layout(0, 620), layoutOf(700, 3, 701, 2, 702)
	columns := []column.Column{columnAt(big, 1000, 1), columnAt(mixed, 1500, 7), columnAt(big, 2000, 2)}
	columns[1].Times = []int64{1500, 1400, 1500, 1300, 1600}
	columns[2].Values[5], columns[2].Values[6] = column.Stale(), math.Inf(-1)

	dir := t.TempDir()
	w := openLog(t, dir)
	add(t, w, columns[0])
	add(t, w, columns[1], columns[2])
	fromMemory := readFrom(t, w, 0)
	sameSamples(t, samplesOf(fromMemory...), samplesIn(columns...))
	closeLog(t, w)

	w = openLog(t, dir)
	fromDisk := readFrom(t, w, 0)
	sameSamples(t, samplesOf(fromDisk...), samplesIn(columns...))
	if len(fromDisk) != len(fromMemory) {
		t.Fatalf("%d parts on disk, %d in memory", len(fromDisk), len(fromMemory))
	}
	for i, p := range fromDisk {
		if m := fromMemory[i]; p.Seq != m.Seq || p.Frame.ID != m.Frame.ID || p.Frame.Key != m.Frame.Key || p.T != m.T {
			t.Errorf("part %d is %+v on disk and %+v in memory", i, p, m)
		}
		if p.Seq != uint64(i+1) {
			t.Errorf("part %d has seq %d", i, p.Seq)
		}
	}
	if s := w.Stats(); s.ActiveSeries != 623 || s.CreatedSeries != 623 || s.SamplesAppended != 0 {
		t.Errorf("after replay: %+v", s)
	}
}

func TestValuesMayBeReused(t *testing.T) {
	w := openLog(t, t.TempDir())
	c := columnAt(layout(0, 3), 1000, 1)
	c.Times = []int64{1, 2, 3}
	want := samplesIn(column.Column{Layout: c.Layout, Values: []float64{1, 2, 3}, Times: []int64{1, 2, 3}})
	add(t, w, c)
	clear(c.Values)
	clear(c.Times)
	sameSamples(t, samplesOf(readFrom(t, w, 0)...), want)
}

func TestSeqAndFrameIDsGoOnAfterRestart(t *testing.T) {
	dir := t.TempDir()
	for restart := range 4 {
		w := openLog(t, dir)
		if got, want := w.End(), uint64(restart*2); got != want {
			t.Fatalf("restart %d: End is %d, want %d", restart, got, want)
		}
		add(t, w, columnAt(layout(restart*10, restart*10+10), 1000, 1), columnAt(layout(0, 10), 2000, 1))
		closeLog(t, w)
	}
	parts := readFrom(t, openLog(t, dir), 0)
	if len(parts) != 8 || parts[7].Seq != 8 {
		t.Fatalf("%d parts, the last is %+v", len(parts), parts[len(parts)-1])
	}
	if ids := framesOf(parts); len(ids) != 4 {
		t.Errorf("frames %v, want 4 of them", ids)
	}
}

// Positions that are ahead of the log, as after damage to its end, must not make new parts look delivered.
func TestSeqStaysAboveDelivered(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	add(t, w, columnAt(layout(0, 1), 1000, 1))
	w.SetDelivered("a", 900, 5000)
	closeLog(t, w)
	w = openLog(t, dir)
	add(t, w, columnAt(layout(0, 1), 2000, 1))
	if got := w.End(); got != 901 {
		t.Fatalf("End is %d, want 901", got)
	}
	closeLog(t, w)
	w = openLog(t, dir)
	if s := w.Stats(); s.LostParts != 0 {
		t.Errorf("numbers that were never given count as lost: %+v", s)
	}
	if parts := readFrom(t, w, 0); len(parts) != 2 {
		t.Errorf("%d parts, want 2", len(parts))
	}
}

func TestAppendRefuses(t *testing.T) {
	label := func(name, value string) column.Label { return column.Label{Name: name, Value: value} }
	series := func(labels ...column.Label) *column.Layout {
		return &column.Layout{Series: []column.Series{{Labels: labels}}}
	}
	for name, c := range map[string]struct {
		column column.Column
		want   string
	}{
		"no layout":   {column.Column{Values: []float64{1}}, "column 1: it has no layout"},
		"values":      {column.Column{Layout: layout(0, 2), Values: []float64{1}}, "1 values for a layout of 2 series"},
		"times":       {column.Column{Layout: layout(0, 1), Values: []float64{1}, Times: []int64{1, 2}}, "2 times for 1 values"},
		"no labels":   {columnAt(series(), 1, 1), "series 0 of the layout: it has no labels"},
		"twice":       {columnAt(series(label("a", "1"), label("a", "2")), 1, 1), `label name "a" occurs twice`},
		"unsorted":    {columnAt(series(label("b", "1"), label("a", "2")), 1, 1), `label name "a" comes after "b"`},
		"empty value": {columnAt(series(label("a", "")), 1, 1), `label "a"=""`},
		"empty name":  {columnAt(series(label("", "x")), 1, 1), `label ""="x"`},
	} {
		w := openLog(t, t.TempDir())
		err := w.Append(context.Background(), columnAt(layout(0, 5), 1, 1), c.column)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if w.End() != 0 || w.Stats().SamplesAppended != 0 {
			t.Errorf("%s: something was kept", name)
		}
		add(t, w, columnAt(layout(0, 5), 1, 1))
	}
}

func TestAppendWithoutSeriesKeepsNothing(t *testing.T) {
	w := openLog(t, t.TempDir())
	add(t, w)
	add(t, w, column.Column{Layout: &column.Layout{}})
	if w.End() != 0 {
		t.Errorf("End is %d", w.End())
	}
}

func TestClosed(t *testing.T) {
	w := openLog(t, t.TempDir())
	r := w.Reader(0)
	failed := make(chan error)
	go func() {
		_, err := r.Next(context.Background())
		failed <- err
	}()
	closeLog(t, w)
	if err := <-failed; !errors.Is(err, ErrClosed) {
		t.Errorf("Next: %v", err)
	}
	if err := w.Append(context.Background(), columnAt(layout(0, 1), 1, 1)); !errors.Is(err, ErrClosed) {
		t.Errorf("Append: %v", err)
	}
	if err := w.Truncate(1, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("Truncate: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
}

func TestForeignFolders(t *testing.T) {
	prometheus := t.TempDir()
	if err := os.MkdirAll(filepath.Join(prometheus, "wal"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(prometheus, "wal", "00000000"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	closeLog(t, openLog(t, other, func(o *Options) { o.Owner = "prometheus.remote_write.other" }))
	strange := t.TempDir()
	if err := os.WriteFile(filepath.Join(strange, ownerFile), []byte("somebody\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	inUse := t.TempDir()
	openLog(t, inUse)
	for dir, want := range map[string]string{
		prometheus: "was written by another program",
		other:      `belongs to "prometheus.remote_write.other", not to "` + owner + `"`,
		strange:    `its owner file begins with "somebody"`,
		inUse:      "is in use by another process",
	} {
		w, err := Open(Options{Dir: dir, Owner: owner})
		if err == nil {
			w.Close()
			t.Errorf("%s: opened", want)
			continue
		}
		message := err.Error()
		if !strings.Contains(message, want) || !strings.Contains(message, dir) || !strings.Contains(message, "choose another storage path") || strings.Contains(message, "\n") {
			t.Errorf("got %q, want %q with the folder and what to do", message, want)
		}
	}
	if text, err := os.ReadFile(filepath.Join(prometheus, "wal", "00000000")); err != nil || string(text) != "x" {
		t.Errorf("the other program's segment is now %q, %v", text, err)
	}
}

func TestUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Dir: file}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v", err)
	}
}

func TestDeliveredIsSavedWithinASecond(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := openLog(t, dir)
		if _, _, ok := w.Delivered("a"); ok {
			t.Error("a new endpoint has a position")
		}
		w.SetDelivered("gone", 3, 300)
		for i := range 100 {
			w.SetDelivered("a", uint64(i), int64(1000*i))
			time.Sleep(10 * time.Millisecond)
		}
		w.Forget("gone")
		time.Sleep(saveEvery)
		synctest.Wait()

		copied := openLog(t, copyFolder(t, dir))
		if seq, at, ok := copied.Delivered("a"); seq != 99 || at != 99_000 || !ok {
			t.Errorf("got %d, %d, %v", seq, at, ok)
		}
		if _, _, ok := copied.Delivered("gone"); ok {
			t.Error("a forgotten endpoint has a position")
		}
		w.SetDelivered("a", 100, 100_000)
		closeLog(t, w)
		w = openLog(t, dir)
		if seq, _, _ := w.Delivered("a"); seq != 100 {
			t.Errorf("after Close: %d", seq)
		}
	})
}

func TestDamagedDeliveredMeansSendAgain(t *testing.T) {
	for _, text := range []string{"", "{\"a\":", "null"} {
		dir := t.TempDir()
		closeLog(t, openLog(t, dir))
		if err := os.WriteFile(filepath.Join(dir, deliveredFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		w := openLog(t, dir, logTo(&log))
		if seq, _, ok := w.Delivered("a"); seq != 0 || !ok {
			t.Errorf("%q: got %d, %v", text, seq, ok)
		}
		if !strings.Contains(log.String(), "delivered positions cannot be read") {
			t.Errorf("%q: logged %q", text, log.String())
		}
	}
}
