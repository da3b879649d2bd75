package wal

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// A copy of the folder taken while appends go on holds everything that had been acknowledged when the copy began.
func TestCopyAtAnyInstant(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir, segmentOf(2*pageSize))
	l := layout(0, 300)
	var acknowledged atomic.Uint64
	var appending sync.WaitGroup
	t.Cleanup(appending.Wait)
	appending.Go(func() {
		for i := range 1500 {
			if err := w.Append(context.Background(), columnAt(l, int64(i), float64(i))); err != nil {
				t.Error(err)
			}
			acknowledged.Store(w.End())
		}
	})
	for acknowledged.Load() < 3000 {
		before := acknowledged.Load()
		copied := openLog(t, copyFolder(t, dir))
		parts := readFrom(t, copied, 0)
		if n := uint64(len(parts)); n < before || n%2 != 0 {
			t.Errorf("%d parts, %d were acknowledged; a column has two", n, before)
		}
		for i, p := range parts {
			if at := int64(i / 2); p.Seq != uint64(i+1) || p.T != at || p.Values[0] != float64(at+int64(i%2)*250) {
				t.Fatalf("part %d is seq %d, time %d, value %v", i, p.Seq, p.T, p.Values[0])
			}
		}
		if s := copied.Stats(); s.LostParts != 0 {
			t.Errorf("%+v", s)
		}
		closeLog(t, copied)
	}
}

// Wherever the last write was cut off, what came before is there and appends go on.
func TestTornAtEachByte(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	first := columnAt(layout(0, 4), 1000, 1)
	add(t, w, first)
	path := newestSegment(t, dir)
	whole := w.writer.end
	add(t, w, columnAt(layout(4, 9), 2000, 1)) // a frame record and a record of parts
	torn := w.writer.end
	for size := whole; size < torn; size++ {
		crashed := copyFolder(t, dir)
		if err := os.Truncate(filepath.Join(crashed, logFolder, filepath.Base(path)), size); err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		again := openLog(t, crashed, logTo(&log))
		sameSamples(t, samplesOf(readFrom(t, again, 0)...), samplesIn(first))
		third := columnAt(layout(2, 12), 3000, 5)
		add(t, again, third)
		sameSamples(t, samplesOf(readFrom(t, again, 0)...), samplesIn(first, third))
		closeLog(t, again)
		if repaired := again.Stats().Repairs; repaired > 1 || repaired == 1 != strings.Contains(log.String(), "is damaged and is repaired") {
			t.Errorf("size %d: %d repairs, logged %q", size, repaired, log.String())
		}
		again = openLog(t, crashed)
		sameSamples(t, samplesOf(readFrom(t, again, 0)...), samplesIn(first, third))
		if s := again.Stats(); s.Repairs != 0 || s.LostParts != 0 {
			t.Errorf("size %d: once repaired it still has damage: %+v", size, s)
		}
		closeLog(t, again)
	}
}

// fill makes a log of several segments and returns its columns, one part each.
func fill(t *testing.T, dir string) (columns []column.Column) {
	t.Helper()
	w := openLog(t, dir, segmentOf(2*pageSize))
	l := layout(0, 250)
	for i := range 120 {
		columns = append(columns, columnAt(l, int64(i), float64(i)))
		add(t, w, columns[i])
	}
	closeLog(t, w)
	return columns
}

// Damage anywhere costs what it hits and nothing else, and that is counted: present and lost parts are all parts.
func TestDamageInTheMiddle(t *testing.T) {
	dir := t.TempDir()
	columns := fill(t, dir)
	path := filepath.Join(logFolder, "00000001")
	info, err := os.Stat(filepath.Join(dir, path))
	if err != nil {
		t.Fatal(err)
	}
	for offset := int64(0); offset < info.Size(); offset += 1543 {
		damaged := copyFolder(t, dir)
		flip(t, filepath.Join(damaged, path), offset)
		var log strings.Builder
		w := openLog(t, damaged, logTo(&log))
		parts, s := readFrom(t, w, 0), w.Stats()
		if len(parts)+int(s.LostParts) != len(columns) {
			t.Fatalf("byte %d: %d parts and %d lost, of %d", offset, len(parts), s.LostParts, len(columns))
		}
		if s.Repairs == 0 || s.LostParts > 17 {
			t.Errorf("byte %d: %+v", offset, s)
		}
		if s.LostParts > 0 && !strings.Contains(log.String(), "parts of the write-ahead log are lost") {
			t.Errorf("byte %d: logged %q", offset, log.String())
		}
		for _, p := range parts {
			if p.T != int64(p.Seq-1) || p.Values[3] != float64(p.T+3) {
				t.Fatalf("byte %d: part %d has time %d and value %v", offset, p.Seq, p.T, p.Values[3])
			}
		}
		closeLog(t, w)
		w = openLog(t, damaged)
		if again := w.Stats(); again.Repairs != 0 || again.LostParts != 0 {
			t.Errorf("byte %d: once repaired it still has damage: %+v", offset, again)
		}
		if n := len(readFrom(t, w, 0)); n != len(parts) {
			t.Errorf("byte %d: %d parts after another restart, %d before", offset, n, len(parts))
		}
		closeLog(t, w)
	}
}

func flip(t *testing.T, path string, offset int64) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[offset] ^= 0x55
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// When the record of a frame is lost, the parts that need it are counted, and its series start anew.
func TestLostFrame(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	add(t, w, columnAt(layout(0, 5), 1000, 1))
	path, frameAt := newestSegment(t, dir), w.writer.end
	l := layout(10, 15)
	add(t, w, columnAt(l, 2000, 1))
	add(t, w, columnAt(l, 3000, 1))
	closeLog(t, w)
	flip(t, path, frameAt+headerSize+2)

	w = openLog(t, dir)
	if s := w.Stats(); s.LostParts != 2 || s.ActiveSeries != 5 {
		t.Errorf("%+v", s)
	}
	again := columnAt(l, 4000, 1)
	add(t, w, again)
	r := w.Reader(0)
	defer r.Close()
	parts := drain(t, r)
	sameSamples(t, samplesOf(parts...), samplesIn(columnAt(layout(0, 5), 1000, 1), again))
	if r.Missed() != 2 {
		t.Errorf("missed %d", r.Missed())
	}
	if ids := framesOf(parts); ids[1] != 3 {
		t.Errorf("frames %v: the id of the lost one was used again", ids)
	}
}

// A segment that is gone is counted too.
func TestMissingSegment(t *testing.T) {
	dir := t.TempDir()
	columns := fill(t, dir)
	if err := os.Remove(filepath.Join(dir, logFolder, "00000002")); err != nil {
		t.Fatal(err)
	}
	w := openLog(t, dir)
	parts, s := readFrom(t, w, 0), w.Stats()
	if s.LostParts == 0 || len(parts)+int(s.LostParts) != len(columns) {
		t.Errorf("%d parts and %d lost, of %d", len(parts), s.LostParts, len(columns))
	}
}

// Damage that happens while the log is open is passed over, and the reader says how much it missed.
func TestDamageWhileReading(t *testing.T) {
	dir := t.TempDir()
	columns := fill(t, dir)
	w := openLog(t, dir)
	flip(t, filepath.Join(dir, logFolder, "00000001"), 40_000)
	r := w.Reader(0)
	defer r.Close()
	parts := drain(t, r)
	if r.Missed() == 0 || len(parts)+int(r.Missed()) != len(columns) {
		t.Errorf("%d parts and %d missed, of %d", len(parts), r.Missed(), len(columns))
	}
	if w.Stats().Repairs == 0 {
		t.Error("the damage is not counted")
	}
}

// An unknown type of record, as a later version might write it, costs that record only.
func TestUnknownRecord(t *testing.T) {
	dir := t.TempDir()
	w := openLog(t, dir)
	l := layout(0, 5)
	add(t, w, columnAt(l, 1000, 1))
	var b batch
	b.add([]byte{77, 1, 2, 3})
	if err := w.writer.write(&b); err != nil {
		t.Fatal(err)
	}
	add(t, w, columnAt(l, 2000, 1))
	closeLog(t, w)
	var log strings.Builder
	w = openLog(t, dir, logTo(&log))
	if parts := readFrom(t, w, 0); len(parts) != 2 {
		t.Errorf("%d parts", len(parts))
	}
	if !strings.Contains(log.String(), "unknown type of record 77") || w.Stats().Repairs != 1 {
		t.Errorf("logged %q, %+v", log.String(), w.Stats())
	}
}

// failingFile fails after some bytes, like a disk that is full.
type failingFile struct {
	segmentFile
	disk *failingDisk
}

type failingDisk struct {
	room       int64 // bytes that can still be written; negative for no limit
	noTruncate bool
	noSync     bool
}

var errFull = errors.New("no space left on device")

func (d *failingDisk) create(name string) (segmentFile, error) {
	if d.room == 0 {
		return nil, errFull
	}
	f, err := createUnsynced(name)
	return &failingFile{f, d}, err
}

func (f *failingFile) WriteAt(p []byte, off int64) (int, error) {
	if f.disk.room < 0 || int64(len(p)) <= f.disk.room {
		return f.segmentFile.WriteAt(p, off)
	}
	n, _ := f.segmentFile.WriteAt(p[:f.disk.room], off)
	return n, errFull
}

func (f *failingFile) Truncate(size int64) error {
	if f.disk.noTruncate {
		return errFull
	}
	return f.segmentFile.Truncate(size)
}

func (f *failingFile) Sync() error {
	if f.disk.noSync {
		return errFull
	}
	return f.segmentFile.Sync()
}

// A write that fails is an error, leaves nothing, and the next one works; also when the half-written record cannot be
// removed. New series are written again.
func TestWriteErrors(t *testing.T) {
	for _, noTruncate := range []bool{false, true} {
		for room := int64(0); room < 3000; room += 130 {
			dir, disk := t.TempDir(), &failingDisk{room: -1}
			w := openLog(t, dir, func(o *Options) { o.create = disk.create })
			known, fresh := layout(0, 200), layout(200, 230)
			good := []column.Column{columnAt(known, 1000, 1)}
			add(t, w, good[0])

			disk.room, disk.noTruncate = room, noTruncate
			failed := 0
			for range 3 {
				c := columnAt(known, 1500, 9)
				if err := w.Append(context.Background(), c, columnAt(fresh, 1500, 9)); err == nil {
					good = append(good, c, columnAt(fresh, 1500, 9))
				} else if failed++; !errors.Is(err, errFull) {
					t.Fatal(err)
				}
			}
			disk.room, disk.noTruncate = -1, false
			last := columnAt(fresh, 2000, 3)
			good = append(good, last)
			add(t, w, last)

			sameSamples(t, samplesOf(readFrom(t, w, 0)...), samplesIn(good...))
			s := w.Stats()
			if int(s.FailedWrites) != failed || int(s.SamplesAppended) != len(samplesIn(good...)) || s.CreatedSeries != 230 {
				t.Fatalf("room %d: %d failed: %+v", room, failed, s)
			}
			crashed := openLog(t, copyFolder(t, dir))
			sameSamples(t, samplesOf(readFrom(t, crashed, 0)...), samplesIn(good...))
			if s := crashed.Stats(); s.LostParts != 0 {
				t.Fatalf("room %d: %+v", room, s)
			}
			closeLog(t, crashed)
			closeLog(t, w)
		}
	}
}

func TestFailedSyncIsReported(t *testing.T) {
	disk := &failingDisk{room: -1, noSync: true}
	w, err := Open(Options{Dir: t.TempDir(), create: disk.create})
	if err != nil {
		t.Fatal(err)
	}
	add(t, w, columnAt(layout(0, 3), 1000, 1))
	if err := w.Truncate(0, 0); err != nil { // starts a segment, so the one before is synced
		t.Fatal(err)
	}
	w.background.Wait()
	if n := w.Stats().FailedWrites; n != 1 {
		t.Errorf("%d failed writes", n)
	}
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("Close: %v", err)
	}
}

// Records that no checksum protects against must not bring the reader down.
func FuzzRecords(f *testing.F) {
	c := columnAt(layout(0, 3), 1000, 1)
	frame := &column.Frame{ID: 1, Key: 1, Series: c.Layout.Series}
	record, _ := appendFrame(nil, frame, nil)
	f.Add(record)
	part := column.Part{Seq: 1, Frame: frame, T: 1000, Values: c.Values, Times: []int64{1, 2, 3}}
	f.Add(appendPart(appendColumns(nil, 1, 1000), &part, 1000))
	part = part.Slice(1, 3)
	f.Add(appendPart(appendColumns(nil, 1, 1000), &part, 1000))
	f.Add(mark{last: 1, next: 2, frame: 3}.append(nil))
	f.Add(binary.AppendUvarint([]byte{recordColumns}, 1<<63))
	f.Fuzz(func(t *testing.T, record []byte) {
		w := &WAL{catalog: newCatalog(), logger: discard()}
		r := &replayer{WAL: w}
		def, _ := appendFrame(nil, frame, nil)
		if err := r.record(def); err != nil {
			t.Fatal(err)
		}
		if checkRecord(record) != nil {
			return
		}
		if err := r.record(record); err != nil {
			t.Fatal(err)
		}
		if record[0] == recordColumns {
			w.decode(record, 0)
		}
		i := inspector{frames: map[uint64]inspected{}, known: map[string]int{}}
		i.Files = []File{{}}
		i.record(def)
		i.record(record)
	})
}
