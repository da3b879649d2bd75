package wal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

func TestMain(m *testing.M) {
	// Few by default, so that the package is tested in seconds; -rapid.checks asks for more.
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

const owner = "prometheus.remote_write.test"

// openLog opens a log in dir and closes it at the end of the test.
func openLog(t testing.TB, dir string, change ...func(*Options)) *WAL {
	t.Helper()
	opts := Options{Dir: dir, Owner: owner, create: createUnsynced}
	for _, c := range change {
		c(&opts)
	}
	w, err := Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLog(t, w) })
	return w
}

func closeLog(t testing.TB, w *WAL) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// unsyncedFile spares tests the wait for the platter.
type unsyncedFile struct{ segmentFile }

func (unsyncedFile) Sync() error { return nil }

func createUnsynced(name string) (segmentFile, error) {
	f, err := createFile(name)
	return unsyncedFile{f}, err
}

func tailOf(samples int) func(*Options)  { return func(o *Options) { o.TailSamples = samples } }
func segmentOf(bytes int) func(*Options) { return func(o *Options) { o.SegmentSize = bytes } }
func logTo(b *strings.Builder) func(*Options) {
	return func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(b, nil)) }
}

// one is the series up{instance="i"}.
func one(i int) column.Series {
	return column.Series{Labels: []column.Label{{Name: "__name__", Value: "up"}, {Name: "instance", Value: fmt.Sprint(i)}}}
}

// layout has the series one(from) to one(to-1).
func layout(from, to int) *column.Layout {
	l := &column.Layout{}
	for i := from; i < to; i++ {
		l.Series = append(l.Series, one(i))
	}
	return l
}

// layoutOf has the given series.
func layoutOf(series ...int) *column.Layout {
	l := &column.Layout{}
	for _, i := range series {
		l.Series = append(l.Series, one(i))
	}
	return l
}

// columnAt has the value base+n for the n-th series.
func columnAt(l *column.Layout, t int64, base float64) column.Column {
	values := make([]float64, len(l.Series))
	for i := range values {
		values[i] = base + float64(i)
	}
	return column.Column{Layout: l, T: t, Values: values}
}

func add(t testing.TB, w *WAL, columns ...column.Column) {
	t.Helper()
	if err := w.Append(context.Background(), columns...); err != nil {
		t.Fatal(err)
	}
}

// sample is a sample with its series spelt out.
type sample struct {
	series string
	t      int64
	bits   uint64
}

func (s sample) String() string {
	return fmt.Sprintf("%s %v@%d", s.series, math.Float64frombits(s.bits), s.t)
}

func spell(s column.Series) string {
	var b strings.Builder
	for _, l := range s.Labels {
		fmt.Fprintf(&b, "%s=%q ", l.Name, l.Value)
	}
	return b.String()
}

func samplesOf(parts ...column.Part) (all []sample) {
	for _, p := range parts {
		for i, v := range p.Values {
			all = append(all, sample{spell(p.Series(i)), p.Time(i), math.Float64bits(v)})
		}
	}
	return all
}

// samplesIn are the samples of columns, in their order.
func samplesIn(columns ...column.Column) (all []sample) {
	for _, c := range columns {
		for i, v := range c.Values {
			at := c.T
			if c.Times != nil {
				at = c.Times[i]
			}
			all = append(all, sample{spell(c.Layout.Series[i]), at, math.Float64bits(v)})
		}
	}
	return all
}

// sorted makes comparisons independent of how a layout was cut.
func sorted(all []sample) []sample {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b sample) int {
		if c := strings.Compare(a.series, b.series); c != 0 {
			return c
		}
		return int(a.t - b.t)
	})
	return all
}

func sameSamples(t testing.TB, got, want []sample) {
	t.Helper()
	if got, want := sorted(got), sorted(want); !slices.Equal(got, want) {
		t.Fatalf("got %d samples, want %d:\ngot  %v\nwant %v", len(got), len(want), brief(got), brief(want))
	}
}

func brief(all []sample) []sample { return all[:min(len(all), 20)] }

// drain reads to the end of the log.
func drain(t testing.TB, r *Reader) (parts []column.Part) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		if p, ok := r.take(); ok {
			parts = append(parts, p)
			continue
		}
		if r.pos >= r.wal.End() {
			return parts
		}
		if err := r.more(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// readFrom reads everything after seq.
func readFrom(t testing.TB, w *WAL, seq uint64) []column.Part {
	t.Helper()
	r := w.Reader(seq)
	defer r.Close()
	return drain(t, r)
}

// copyFolder copies a folder as a crash would leave it.
func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := snapshot(from, to); err != nil {
		t.Fatal(err)
	}
	return to
}

// snapshot copies a folder. Copying takes time, so a file that was replaced meanwhile means beginning again.
func snapshot(from, to string) error {
	for {
		err := os.CopyFS(to, os.DirFS(from))
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.RemoveAll(to); err != nil {
			return err
		}
	}
}

// newestSegment returns the path of the newest segment that has records of parts.
func newestSegment(t testing.TB, dir string) string {
	t.Helper()
	found, err := list(filepath.Join(dir, logFolder))
	if err != nil {
		t.Fatal(err)
	}
	return segmentName(filepath.Join(dir, logFolder), found.segments[len(found.segments)-1])
}

// keysOf maps each series to its key.
func keysOf(t testing.TB, parts []column.Part) map[string]uint64 {
	t.Helper()
	keys := map[string]uint64{}
	for _, p := range parts {
		for i := range p.Values {
			s := spell(p.Series(i))
			if before, known := keys[s]; known && before != p.Frame.Key {
				t.Errorf("%s has key %d and key %d", s, before, p.Frame.Key)
			}
			keys[s] = p.Frame.Key
		}
	}
	return keys
}

func segmentsOf(w *WAL) (indexes []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.disk.segments {
		indexes = append(indexes, s.index)
	}
	return indexes
}

func framesOf(parts []column.Part) []uint64 {
	ids := map[uint64]bool{}
	for _, p := range parts {
		ids[p.Frame.ID] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
