package wal

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A waiting reader gets a part at once, and gives up when its context is done.
func TestNextWaits(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := openLog(t, dir)
		defer closeLog(t, w)
		r := w.Reader(w.End())
		began := time.Now()
		go func() {
			time.Sleep(time.Hour)
			add(t, w, columnAt(layout(0, 1), 1000, 1))
		}()
		if p, err := r.Next(t.Context()); err != nil || p.Seq != 1 || time.Since(began) != time.Hour {
			t.Errorf("got %+v, %v after %v", p, err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := r.Next(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Hour+time.Minute {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
		add(t, w, columnAt(layout(0, 1), 2000, 1))
		if p, err := r.Next(t.Context()); err != nil || p.Seq != 2 {
			t.Errorf("after giving up: %+v, %v", p, err)
		}
	})
}

// A reader that falls behind what memory holds goes to disk, and comes back when it has caught up.
func TestBehindAndBack(t *testing.T) {
	w := openLog(t, t.TempDir(), tailOf(40), segmentOf(pageSize))
	l := layout(0, 10)
	r := w.Reader(0)
	defer r.Close()
	next := func(want int64) {
		t.Helper()
		if p, err := r.Next(context.Background()); err != nil || p.T != want || p.Values[9] != float64(want+9) {
			t.Fatalf("got %+v, %v, want time %d", p, err, want)
		}
	}
	for i := range int64(2000) {
		add(t, w, columnAt(l, i, float64(i)))
		if i < 3 {
			next(i)
			if r.source != nil {
				t.Error("a reader that keeps up reads from disk")
			}
		}
		if w.tail.n > 4 {
			t.Fatalf("%d batches in memory", w.tail.n)
		}
	}
	for i := int64(3); i < 2000; i++ {
		next(i)
		if onDisk := r.source != nil; onDisk != (i < 1996) {
			t.Fatalf("at %d the reader is on disk: %v", i, onDisk)
		}
	}
	if r.Missed() != 0 {
		t.Errorf("missed %d", r.Missed())
	}
}

func TestReaderFromNow(t *testing.T) {
	w := openLog(t, t.TempDir())
	l := layout(0, 10)
	add(t, w, columnAt(l, 1, 1))
	r := w.Reader(w.End())
	defer r.Close()
	add(t, w, columnAt(l, 2, 1))
	if p, err := r.Next(context.Background()); err != nil || p.T != 2 || r.Missed() != 0 {
		t.Errorf("got %+v, %v, missed %d", p, err, r.Missed())
	}
}

func TestTail(t *testing.T) {
	w := openLog(t, t.TempDir(), tailOf(100))
	l := layout(0, 260) // two parts each
	for i := range int64(50) {
		add(t, w, columnAt(l, i, 1))
		if w.tail.n != 1 || w.tail.first() != uint64(2*i+1) {
			t.Fatalf("%d batches from %d", w.tail.n, w.tail.first())
		}
	}
	if parts := w.tail.after(99); len(parts) != 1 || parts[0].Seq != 100 {
		t.Errorf("in the middle of a batch: %+v", parts)
	}
	for _, seq := range []uint64{0, 97, 100} {
		if parts := w.tail.after(seq); parts != nil {
			t.Errorf("after %d: %+v", seq, parts)
		}
	}
}
