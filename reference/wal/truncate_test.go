package wal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

func TestCutoff(t *testing.T) {
	now := time.UnixMilli(100_000_000)
	const minKeep, maxKeep = 5 * time.Minute, 8 * time.Hour // 300 000 and 28 800 000 ms
	for _, c := range []struct {
		name                      string
		now                       time.Time
		sent, wantCutoff, wantMin int64
	}{
		{"all sent until now", now, 100_000_000, 99_700_000, 71_200_000},         // sent - 5m, now - 8h
		{"one endpoint an hour behind", now, 96_400_000, 96_100_000, 71_200_000}, // sent - 5m
		{"one endpoint nine hours behind", now, 67_600_000, 71_200_000, 71_200_000},
		{"nothing sent yet", now, 0, 71_200_000, 71_200_000},
		{"at the beginning of time", time.UnixMilli(1000), 0, 0, 0},
		{"sent less than five minutes of it", time.UnixMilli(200_000), 150_000, 0, 0},
	} {
		if cutoff, floor := Cutoff(c.now, c.sent, minKeep, maxKeep); cutoff != c.wantCutoff || floor != c.wantMin {
			t.Errorf("%s: got %d and %d, want %d and %d", c.name, cutoff, floor, c.wantCutoff, c.wantMin)
		}
	}
}

func TestRemovableSegments(t *testing.T) {
	for _, c := range []struct {
		first, last, upTo int
		ok                bool
	}{
		{0, 0, 0, false},
		{0, 1, 0, false},
		{0, 2, 0, false}, // 1*2/3 = 0
		{0, 3, 1, true},  // 2*2/3 = 1
		{2, 5, 3, true},  // 2 + 2*2/3
		{2, 4, 2, false},
		{0, 10, 6, true}, // 9*2/3
		{0, 9, 5, true},  // 8*2/3 = 5
	} {
		upTo, ok := RemovableSegments(c.first, c.last)
		if ok != c.ok || ok && upTo != c.upTo {
			t.Errorf("%d to %d: got %d, %v", c.first, c.last, upTo, ok)
		}
		if ok && (upTo >= c.last || upTo <= c.first) {
			t.Errorf("%d to %d: %d removes the newest or only one", c.first, c.last, upTo)
		}
	}
}

func truncate(t testing.TB, w *WAL, cutoff, floor int64) {
	t.Helper()
	if err := w.Truncate(cutoff, floor); err != nil {
		t.Fatal(err)
	}
}

// With one new segment a cycle, every second cycle removes two.
func TestTruncationCycles(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	want := []struct {
		checkpoint int
		segments   []int
	}{
		{-1, []int{0, 1}}, {-1, []int{0, 1, 2}}, {-1, []int{0, 1, 2, 3}}, {1, []int{2, 3, 4}},
		{1, []int{2, 3, 4, 5}}, {3, []int{4, 5, 6}}, {3, []int{4, 5, 6, 7}}, {5, []int{6, 7, 8}},
	}
	for cycle, c := range want {
		truncate(t, w, 0, 0)
		if got := segmentsOf(w); w.disk.checkpoint != c.checkpoint || !slices.Equal(got, c.segments) {
			t.Errorf("cycle %d: checkpoint %d and segments %v, want %d and %v", cycle+1, w.disk.checkpoint, got, c.checkpoint, c.segments)
		}
		found, err := list(filepath.Join(dir, logFolder))
		if err != nil || found.checkpoint != c.checkpoint || !slices.Equal(found.segments, c.segments) || len(found.stale) > 0 {
			t.Errorf("cycle %d: on disk %+v, %v", cycle+1, found, err)
		}
	}
}

// scrape appends one column a minute from minute from to to-1, each in a segment of its own, without truncating.
func scrape(t *testing.T, w *WAL, l *column.Layout, from, to int) (columns []column.Column) {
	t.Helper()
	for minute := from; minute < to; minute++ {
		c := columnAt(l, int64(minute), float64(minute))
		add(t, w, c)
		columns = append(columns, c)
		if _, _, err := w.startSegment(); err != nil {
			t.Fatal(err)
		}
	}
	return columns
}

// Of twelve segments the first eight go. What is younger than the cutoff is read from the checkpoint, the rest is skipped; a
// reader that was on its way in a removed segment goes on, and so does one after a restart.
func TestReadAcrossTruncation(t *testing.T) {
	for _, tail := range []int{1, 1000} { // on disk and in memory
		dir := t.TempDir()
		w := openLog(t, dir, tailOf(tail))
		l := layout(0, 10)
		columns := scrape(t, w, l, 0, 12)
		onItsWay := w.Reader(0)
		defer onItsWay.Close()
		for want := range 2 {
			if p, err := onItsWay.Next(context.Background()); err != nil || p.T != int64(want) {
				t.Fatalf("got %+v, %v", p, err)
			}
		}
		truncate(t, w, 5, 0)
		if got := segmentsOf(w); got[0] != 8 {
			t.Fatalf("segments %v", got)
		}
		sameSamples(t, samplesOf(drain(t, onItsWay)...), samplesIn(columns[5:]...))
		if onItsWay.Missed() != 3 {
			t.Errorf("tail %d: missed %d, want 3", tail, onItsWay.Missed())
		}
		sameSamples(t, samplesOf(readFrom(t, w, 0)...), samplesIn(columns[5:]...))
		sameSamples(t, samplesOf(readFrom(t, w, 6)...), samplesIn(columns[6:]...))
		closeLog(t, w)

		w = openLog(t, dir, tailOf(tail))
		columns = append(columns, scrape(t, w, l, 12, 14)...)
		sameSamples(t, samplesOf(readFrom(t, w, 0)...), samplesIn(columns[5:]...))
		truncate(t, w, 7, 0) // checkpoint over checkpoint
		sameSamples(t, samplesOf(readFrom(t, w, 3)...), samplesIn(columns[7:]...))
		if s := w.Stats(); s.LostParts != 0 || s.Repairs != 0 {
			t.Errorf("%+v", s)
		}
		closeLog(t, w)
	}
}

// A reader in the middle of a segment that is removed does not go on in it.
func TestSegmentRemovedWhileItIsRead(t *testing.T) {
	w := openLog(t, t.TempDir(), tailOf(1))
	l := layout(0, 10)
	var columns []column.Column
	for i := range int64(5) {
		columns = append(columns, columnAt(l, i, 1))
		add(t, w, columns[i])
	}
	r := w.Reader(0)
	defer r.Close()
	if p, err := r.Next(context.Background()); err != nil || p.T != 0 {
		t.Fatalf("got %+v, %v", p, err)
	}
	columns = append(columns, scrape(t, w, l, 5, 10)...)
	truncate(t, w, 3, 0)
	sameSamples(t, samplesOf(drain(t, r)...), samplesIn(columns[3:]...))
}

// Samples of one part that are too old leave with it only when all of them are.
func TestPartsWithTimesStayWhileAnyIsYoung(t *testing.T) {
	w := openLog(t, t.TempDir(), tailOf(1))
	l := layout(0, 3)
	mixed, old := columnAt(l, 0, 1), columnAt(l, 0, 2)
	mixed.Times, old.Times = []int64{1, 90, 2}, []int64{1, 2, 3}
	add(t, w, mixed)
	add(t, w, old)
	later := scrape(t, w, l, 100, 105)
	truncate(t, w, 50, 0)
	sameSamples(t, samplesOf(readFrom(t, w, 0)...), samplesIn(append(later, mixed)...))
}

// What an endpoint has not had is kept until it is older than the floor, even when it is older than the cutoff.
func TestUndeliveredIsKeptUntilTheFloor(t *testing.T) {
	w := openLog(t, t.TempDir(), tailOf(1))
	w.SetDelivered("fast", 12, 11)
	w.SetDelivered("slow", 3, 2)
	columns := scrape(t, w, layout(0, 10), 0, 12)
	truncate(t, w, 10, 0)
	sameSamples(t, samplesOf(readFrom(t, w, 3)...), samplesIn(columns[3:]...))
	scrape(t, w, layout(0, 1), 12, 16)
	truncate(t, w, 10, 6)
	sameSamples(t, samplesOf(readFrom(t, w, 3)[:6]...), samplesIn(columns[6:]...))
	if w.Floor() != 6 {
		t.Errorf("floor %d", w.Floor())
	}
}

// What is older than the floor is not delivered from memory either.
func TestFloorHoldsInMemory(t *testing.T) {
	w := openLog(t, t.TempDir())
	add(t, w, columnAt(layout(0, 1), 10, 1))
	young := columnAt(layout(0, 1), 20, 1)
	add(t, w, young)
	r := w.Reader(0)
	defer r.Close()
	truncate(t, w, 15, 15)
	sameSamples(t, samplesOf(drain(t, r)...), samplesIn(young))
	if r.Missed() != 1 {
		t.Errorf("missed %d", r.Missed())
	}
	truncate(t, w, 15, 12)
	if w.Floor() != 15 {
		t.Errorf("the floor went back to %d", w.Floor())
	}
}

// Numbers go on when nothing at all is left of the parts that had them.
func TestSeqAfterEverythingWasTruncated(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	scrape(t, w, layout(0, 3), 0, 5)
	for range 8 {
		truncate(t, w, 1000, 1000)
	}
	l, err := Inspect(dir)
	if err != nil || len(l.Series) != 0 || l.Checkpoint < 5 {
		t.Fatalf("left: %+v, %v", l, err)
	}
	closeLog(t, w)
	w = openLog(t, dir)
	if w.End() != 5 {
		t.Errorf("End is %d", w.End())
	}
	add(t, w, columnAt(layout(0, 3), 2000, 1))
	parts := readFrom(t, w, 0)
	if len(parts) != 1 || parts[0].Seq != 6 || parts[0].Frame.ID != 2 {
		t.Errorf("%+v", parts)
	}
}

// A series without samples since the cutoff is deleted by one truncation and removed when its segments are.
func TestSeriesAreCollected(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	check := func(when string, active, deleted int, created, removed uint64) {
		t.Helper()
		s := w.Stats()
		if s.ActiveSeries != active || s.DeletedSeries != deleted || s.CreatedSeries != created || s.RemovedSeries != removed {
			t.Errorf("%s: %+v", when, s)
		}
	}
	both, staying := layout(0, 10), layout(0, 6)
	add(t, w, columnAt(both, 1, 1))
	check("appended", 10, 0, 10, 0)
	for cycle := range 3 {
		add(t, w, columnAt(staying, int64(10+cycle), 1))
		truncate(t, w, 0, 0)
	}
	check("before the cutoff passes", 10, 0, 10, 0)
	add(t, w, columnAt(staying, 13, 1))
	truncate(t, w, 5, 0) // removes segments 0 and 1; the deleted ones are remembered for segment 3
	check("deleted", 6, 4, 10, 0)
	for cycle := range 2 {
		add(t, w, columnAt(staying, int64(20+cycle), 1))
		truncate(t, w, 5, 0)
	}
	check("removed", 6, 0, 10, 4)
	closeLog(t, w)
	w = openLog(t, dir)
	check("replayed", 10, 0, 10, 0) // they share a frame with those that stay
	truncate(t, w, 5, 0)
	check("collected again", 6, 4, 10, 0)
	end := w.End()
	add(t, w, columnAt(both, 30, 1))
	check("back", 10, 4, 14, 0)
	sameSamples(t, samplesOf(readFrom(t, w, end)...), samplesIn(columnAt(both, 30, 1)))
}

// A frame that nothing uses leaves the log with the segments that mention it, an idle layout can be used again.
func TestFramesAreCollected(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	idle, busy := layout(0, 5), layout(10, 15)
	add(t, w, columnAt(idle, 1, 1), columnAt(busy, 1, 1))
	for cycle := range 8 {
		add(t, w, columnAt(busy, int64(10+cycle), 1))
		truncate(t, w, int64(5+cycle), 0)
	}
	if w.catalog.frames.get(1) != nil || w.catalog.frames.get(2) == nil {
		t.Error("the wrong frame is left")
	}
	if l, err := Inspect(dir); err != nil || len(l.Series) != 5 {
		t.Errorf("%d series on disk, %v", len(l.Series), err)
	}
	again := columnAt(idle, 50, 1)
	add(t, w, again)
	closeLog(t, w)
	w = openLog(t, dir)
	sameSamples(t, samplesOf(readFrom(t, w, w.End()-1)...), samplesIn(again))
}

// A series that lives on through an older layout in an older frame is not deleted.
func TestSeriesAliveInAnEarlierFrame(t *testing.T) {
	w := openLog(t, t.TempDir())
	large := layout(0, 100)
	add(t, w, columnAt(large, 1, 1))
	add(t, w, columnAt(layout(0, 10), 1, 1)) // too few of the frame: they move to one of their own
	add(t, w, columnAt(large, 10, 1))        // and go on where they were
	truncate(t, w, 5, 0)
	if s := w.Stats(); s.ActiveSeries != 100 || s.DeletedSeries != 0 {
		t.Errorf("%+v", s)
	}
	add(t, w, columnAt(layout(0, 100), 11, 1))
	keysOf(t, readFrom(t, w, 0))
}

// Whatever an interrupted truncation left, the log is whole: an unfinished checkpoint is ignored, and of a finished one the
// segments it replaces.
func TestInterruptedTruncation(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	columns := scrape(t, w, layout(0, 10), 0, 12)
	before := copyFolder(t, dir)
	truncate(t, w, 5, 0)
	after := copyFolder(t, dir)
	checkpoint := filepath.Join(logFolder, "checkpoint.00000007")

	unfinished := copyFolder(t, before)
	if err := os.CopyFS(filepath.Join(unfinished, checkpoint+".tmp"), os.DirFS(filepath.Join(after, checkpoint))); err != nil {
		t.Fatal(err)
	}
	w = openLog(t, unfinished)
	sameSamples(t, samplesOf(readFrom(t, w, 0)...), samplesIn(columns...))

	unremoved := copyFolder(t, before)
	if err := os.CopyFS(filepath.Join(unremoved, checkpoint), os.DirFS(filepath.Join(after, checkpoint))); err != nil {
		t.Fatal(err)
	}
	w = openLog(t, unremoved)
	sameSamples(t, samplesOf(readFrom(t, w, 0)...), samplesIn(columns[5:]...))
	if s := w.Stats(); s.LostParts != 0 {
		t.Errorf("%+v", s)
	}
	for _, dir := range []string{unfinished, unremoved} {
		if found, err := list(filepath.Join(dir, logFolder)); err != nil || len(found.stale) > 0 {
			t.Errorf("left over: %+v, %v", found, err)
		}
	}
}

// A checkpoint that cannot be written changes nothing.
func TestTruncationFails(t *testing.T) {
	for _, disk := range []*failingDisk{{room: 600}, {room: -1, noSync: true}} {
		dir, full := t.TempDir(), &failingDisk{room: -1}
		w := openLog(t, dir, func(o *Options) { o.create = full.create }, tailOf(1))
		columns := scrape(t, w, layout(0, 50), 0, 12)
		w.background.Wait()
		*full = *disk
		if err := w.Truncate(5, 0); err == nil {
			t.Error("no error")
		}
		w.background.Wait()
		*full = failingDisk{room: -1}
		sameSamples(t, samplesOf(readFrom(t, w, 0)...), samplesIn(columns...))
		truncate(t, w, 5, 0)
		sameSamples(t, samplesOf(readFrom(t, w, 0)...), samplesIn(columns[5:]...))
	}
}

// A damaged checkpoint loses what is hit and counts it.
func TestDamagedCheckpoint(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	columns := scrape(t, w, layout(0, 100), 0, 90)
	truncate(t, w, 0, 0)
	closeLog(t, w)
	var name string
	if l, err := Inspect(dir); err != nil || !l.Files[0].Checkpoint || l.Files[0].Size < 1<<15 {
		t.Fatalf("%+v, %v", l.Files, err)
	} else {
		name = filepath.Join(dir, logFolder, filepath.FromSlash(l.Files[0].Name))
	}
	flip(t, name, 20_000)
	var log strings.Builder
	w = openLog(t, dir, logTo(&log))
	parts, s := readFrom(t, w, 0), w.Stats()
	if s.LostParts == 0 || len(parts)+int(s.LostParts) != len(columns) || s.Repairs != 1 || !strings.Contains(log.String(), "checkpoint.") {
		t.Errorf("%d parts of %d, %+v, logged %q", len(parts), len(columns), s, log.String())
	}
	closeLog(t, w)
	w = openLog(t, dir)
	if s := w.Stats(); s.LostParts != 0 || s.Repairs != 0 {
		t.Errorf("once repaired: %+v", s)
	}
}

// Appends, readers in memory and on disk, and truncations at the same time: every reader gets every part.
func TestEverythingAtOnce(t *testing.T) {
	w := openLog(t, t.TempDir(), segmentOf(pageSize), tailOf(700))
	const columns, writers = 200, 2
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			l := layout(n*1000, n*1000+300)
			for i := range columns {
				if err := w.Append(context.Background(), columnAt(l, int64(i+100), 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var reading sync.WaitGroup
	for n := range 3 {
		w.SetDelivered(fmt.Sprint(n), 0, 0)
		reading.Go(func() {
			r := w.Reader(0)
			defer r.Close()
			for seq := uint64(1); seq <= columns*writers*2; seq++ {
				p, err := r.Next(context.Background())
				if err != nil || p.Seq != seq {
					t.Errorf("reader %d: got %d, %v, want %d", n, p.Seq, err, seq)
					return
				}
				if n == 0 && seq%50 == 0 {
					time.Sleep(time.Millisecond)
				}
				w.SetDelivered(fmt.Sprint(n), seq, p.T)
			}
		})
	}
	stop := make(chan struct{})
	var truncating sync.WaitGroup
	truncating.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				truncate(t, w, 1000, 0)
			}
		}
	})
	all.Wait()
	reading.Wait()
	close(stop)
	truncating.Wait()
	if s := w.Stats(); s.Truncations == 0 || s.LostParts != 0 || s.Repairs != 0 {
		t.Errorf("%+v", s)
	}
}
