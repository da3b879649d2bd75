package wal

import (
	"context"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// model is what a log is: a list of parts, some of which truncations made removable.
type model struct {
	dir  string
	wal  *WAL
	pool []column.Series // layouts share the labels of these

	now       int64
	parts     []modelPart
	newest    map[string]int64 // per series
	keys      map[string]uint64
	floor     int64
	delivered uint64
	reader    *Reader
	read      uint64 // Seq
}

type modelPart struct {
	samples   []sample
	removable bool // some truncation may have taken it
}

func (m *model) open(t *rapid.T) {
	w, err := Open(Options{Dir: m.dir, Owner: owner, SegmentSize: pageSize, TailSamples: 30, create: createUnsynced})
	if err != nil {
		t.Fatal(err)
	}
	m.wal, m.reader = w, w.Reader(m.read)
}

func (m *model) close(t *rapid.T) {
	if err := m.reader.Close(); err != nil {
		t.Fatal(err)
	}
	if err := m.wal.Close(); err != nil {
		t.Fatal(err)
	}
}

func (m *model) draw(t *rapid.T) column.Column {
	l := &column.Layout{}
	from := rapid.IntRange(0, len(m.pool)-1).Draw(t, "from")
	for i := from; i < len(m.pool) && len(l.Series) < 40; i += rapid.IntRange(1, 3).Draw(t, "step") {
		l.Series = append(l.Series, m.pool[i])
	}
	if rapid.Bool().Draw(t, "reversed") {
		slices.Reverse(l.Series)
	}
	c := columnAt(l, m.now-rapid.Int64Range(0, 30).Draw(t, "late"), float64(m.now))
	if rapid.IntRange(0, 3).Draw(t, "times") == 0 {
		for range l.Series {
			c.Times = append(c.Times, c.T-rapid.Int64Range(0, 5).Draw(t, "earlier"))
		}
	}
	return c
}

func (m *model) append(t *rapid.T) {
	m.now += rapid.Int64Range(0, 20).Draw(t, "passes")
	var columns []column.Column
	for range rapid.IntRange(1, 3).Draw(t, "columns") {
		columns = append(columns, m.draw(t))
	}
	end := m.wal.End()
	if err := m.wal.Append(context.Background(), columns...); err != nil {
		t.Fatal(err)
	}
	written := m.wal.tail.at(m.wal.tail.n - 1).parts
	if n := m.wal.End() - end; n != uint64(len(written)) || written[0].Seq != end+1 {
		t.Fatalf("%d parts from %d, but End went from %d to %d", len(written), written[0].Seq, end, m.wal.End())
	}
	if got, want := sorted(samplesOf(written...)), sorted(samplesIn(columns...)); !slices.Equal(got, want) {
		t.Fatalf("appended %v, got %v", want, got)
	}
	for _, p := range written {
		m.parts = append(m.parts, modelPart{samples: samplesOf(p)})
		for i := range p.Values {
			s := spell(p.Series(i))
			if key, known := m.keys[s]; known && key != p.Frame.Key {
				t.Fatalf("%s had key %d and has %d", s, key, p.Frame.Key)
			}
			m.keys[s] = p.Frame.Key
			m.newest[s] = max(m.newest[s], p.Time(i))
		}
	}
}

func newestOf(samples []sample) (t int64) {
	for _, s := range samples {
		t = max(t, s.t)
	}
	return t
}

func (m *model) truncate(t *rapid.T) {
	cutoff := m.now - rapid.Int64Range(-10, 200).Draw(t, "keep")
	floor := cutoff - rapid.Int64Range(0, 200).Draw(t, "extra")
	if err := m.wal.Truncate(cutoff, floor); err != nil {
		t.Fatal(err)
	}
	m.floor = max(m.floor, floor)
	l := limits{cutoff, floor, m.delivered}
	for i := range m.parts {
		p := &m.parts[i]
		p.removable = p.removable || l.spare(uint64(i+1), newestOf(p.samples))
	}
	for s, at := range m.newest {
		if at < cutoff { // the series is forgotten, so it may begin again with another key
			delete(m.newest, s)
			delete(m.keys, s)
		}
	}
}

func (m *model) readSome(t *rapid.T) {
	for n := rapid.IntRange(1, 30).Draw(t, "parts"); n > 0 && m.read < m.wal.End(); {
		p, ok := m.reader.take()
		if !ok {
			m.skipped(t, m.reader.pos)
			if m.read < m.wal.End() {
				if err := m.reader.more(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			continue
		}
		m.skipped(t, p.Seq-1)
		want := m.parts[p.Seq-1]
		if got := samplesOf(p); !slices.Equal(got, want.samples) {
			t.Fatalf("part %d is %v, want %v", p.Seq, got, want.samples)
		}
		if newestOf(want.samples) < m.wal.Floor() {
			t.Fatalf("part %d is older than the floor", p.Seq)
		}
		m.read = p.Seq
		n--
	}
}

// skipped checks that what the reader passed over up to seq was removable.
func (m *model) skipped(t *rapid.T, seq uint64) {
	for ; m.read < seq; m.read++ {
		if p := m.parts[m.read]; !p.removable && newestOf(p.samples) >= m.floor {
			t.Fatalf("part %d is missing", m.read+1)
		}
	}
}

func (m *model) deliver(t *rapid.T) {
	m.delivered = max(m.delivered, rapid.Uint64Range(0, m.read).Draw(t, "delivered"))
	m.wal.SetDelivered("a", m.delivered, 0)
}

func (m *model) restart(t *rapid.T) {
	crashed, err := os.MkdirTemp("", "wal")
	if err != nil {
		t.Fatal(err)
	}
	if err := snapshot(m.dir, crashed); err != nil {
		t.Fatal(err)
	}
	m.close(t)
	if rapid.Bool().Draw(t, "crash") {
		m.dir, crashed = crashed, m.dir
	}
	os.RemoveAll(crashed)
	m.open(t)
	m.wal.SetDelivered("a", m.delivered, 0) // a crash may have lost the last second
	if s := m.wal.Stats(); s.LostParts != 0 || s.Repairs != 0 {
		t.Fatalf("after a restart: %+v", s)
	}
	if got := m.wal.End(); got != uint64(len(m.parts)) {
		t.Fatalf("End is %d after a restart, want %d", got, len(m.parts))
	}
}

// Whatever is done in whatever order, readers get each part once, in order and as it was, unless a truncation may take it.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "wal")
		if err != nil {
			t.Fatal(err)
		}
		m := &model{dir: dir, now: 1000, newest: map[string]int64{}, keys: map[string]uint64{}, pool: layout(0, 60).Series}
		defer func() { os.RemoveAll(m.dir) }()
		m.open(t)
		defer func() { m.close(t) }()
		m.wal.SetDelivered("a", 0, 0)
		t.Repeat(map[string]func(*rapid.T){
			"append": m.append, "read": m.readSome, "truncate": m.truncate, "deliver": m.deliver, "restart": m.restart,
		})
	})
}
