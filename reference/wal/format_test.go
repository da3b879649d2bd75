package wal

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/tsdb/wlog"
	"github.com/prometheus/prometheus/util/compression"
)

// records have sizes around those of a page.
func records() (all [][]byte) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		size := random.IntN(300)
		if random.IntN(4) == 0 {
			size = pageSize - 20 + random.IntN(40)
		}
		if random.IntN(20) == 0 {
			size = random.IntN(5 * pageSize)
		}
		r := make([]byte, size+1)
		for i := range r {
			r[i] = byte(random.Uint32())
		}
		all = append(all, r)
	}
	return all
}

// What our writer writes, Prometheus' reader reads.
func TestPrometheusReadsOurSegments(t *testing.T) {
	dir := t.TempDir()
	w := writer{dir: dir, limit: 4 * pageSize, create: createFile, index: -1}
	var want [][]byte
	var b batch
	for i, r := range records() {
		b.add(r)
		want = append(want, r)
		if i%3 != 2 {
			continue
		}
		if w.file != nil && w.fits(&b) {
			if err := w.write(&b); err != nil {
				t.Fatal(err)
			}
		} else if before, err := w.next(w.index+1, &b); err != nil {
			t.Fatal(err)
		} else if err := finishFile(before, 0); err != nil {
			t.Fatal(err)
		}
		b.reset()
	}
	if err := w.finish(); err != nil {
		t.Fatal(err)
	}
	segments, err := wlog.NewSegmentsReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer segments.Close()
	r := wlog.NewReader(segments)
	var got [][]byte
	for r.Next() {
		got = append(got, bytes.Clone(r.Record()))
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%d records, want %d", len(got), len(want))
	}
	if w.index < 3 {
		t.Errorf("only %d segments", w.index)
	}
}

// What Prometheus' writer writes, our scanner reads.
func TestWeReadPrometheusSegments(t *testing.T) {
	dir := t.TempDir()
	w, err := wlog.NewSize(discard(), nil, dir, 4*pageSize, compression.None)
	if err != nil {
		t.Fatal(err)
	}
	want := records()
	for i := 0; i < len(want); i += 3 {
		if err := w.Log(want[i : i+3]...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	found, err := list(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got [][]byte
	for _, index := range found.segments {
		_, err := scanFile(segmentName(dir, index), -1, func(r []byte) error {
			got = append(got, bytes.Clone(r))
			return nil
		}, func(d *damage) { t.Error(d) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%d records, want %d", len(got), len(want))
	}
}

// Prometheus' reader also takes a log of ours as a whole.
func TestPrometheusReadsOurLog(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	scrape(t, w, layout(0, 300), 0, 12)
	truncate(t, w, 5, 0)
	closeLog(t, w)
	checkpoint, index, err := wlog.LastCheckpoint(filepath.Join(dir, logFolder))
	if err != nil || index != 7 {
		t.Fatalf("checkpoint %q, %d, %v", checkpoint, index, err)
	}
	n := 0
	for _, from := range []string{checkpoint, filepath.Join(dir, logFolder)} {
		segments, err := wlog.NewSegmentsReader(from)
		if err != nil {
			t.Fatal(err)
		}
		r := wlog.NewReader(segments)
		for ; r.Next(); n++ {
			if err := checkRecord(r.Record()); err != nil {
				t.Error(err)
			}
		}
		if err := errors.Join(r.Err(), segments.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if n < 15 {
		t.Errorf("%d records", n)
	}
}

// The scanner finds in any bytes an end, and in a log that is damaged only records that were there.
func FuzzScanner(f *testing.F) {
	var b batch
	for _, r := range records()[:20] {
		b.add(r[:min(len(r), 9000)])
	}
	whole, from := []byte(nil), 0
	known := map[string]bool{}
	for _, to := range b.ends {
		known[string(b.bytes[from:to])] = true
		whole = appendFramed(whole, 0, b.bytes[from:to])
		from = to
	}
	f.Add(5, []byte{1}, len(whole))
	f.Add(40_000, make([]byte, 300), len(whole)-5)
	f.Fuzz(func(t *testing.T, at int, patch []byte, size int) {
		damaged := slices.Clone(whole)
		if at >= 0 && at < len(damaged) {
			copy(damaged[at:], patch)
		}
		if size >= 0 && size < len(damaged) {
			damaged = damaged[:size]
		}
		name := filepath.Join(t.TempDir(), "00000000")
		if err := os.WriteFile(name, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		troubles := 0
		_, err := scanFile(name, -1, func(r []byte) error {
			if len(patch) < headerSize && !known[string(r)] { // a longer patch may be a record of its own
				t.Errorf("a record of %d bytes that was never written", len(r))
			}
			return nil
		}, func(*damage) { troubles++ })
		if err != nil && !errors.Is(err, io.EOF) || troubles > len(damaged)/headerSize+1 {
			t.Errorf("%v, %d places", err, troubles)
		}
	})
}
