package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/s2"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// never is the time of a series that has no sample.
const never = math.MinInt64

// maxFrameBytes bounds what a frame record may claim to hold uncompressed.
const maxFrameBytes = 256 << 20

// identity stands for the labels of a series. Its 128 bits are keyed afresh in each process, so that nobody can choose
// labels that collide.
type identity [2]uint64

type hasher [2]maphash.Seed

func newHasher() hasher { return hasher{maphash.MakeSeed(), maphash.MakeSeed()} }

func (h *hasher) sum(encoded []byte) identity {
	return identity{maphash.Bytes(h[0], encoded), maphash.Bytes(h[1], encoded)}
}

// appendLabels encodes the labels of a series: equal series give equal bytes.
func appendLabels(dst []byte, labels []column.Label) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(labels)))
	for _, l := range labels {
		dst = appendText(appendText(dst, l.Name), l.Value)
	}
	return dst
}

// frame is a frame with what the log needs to know about its use. All fields but series belong to the holder of WAL.write.
type frame struct {
	id, key uint64
	members []identity // in order
	defined bool       // its record is in the log
	gone    bool       // no series lives here any more and nothing may be appended

	goneSegment int    // the newest segment that may refer to it, once gone
	generation  uint32 // grows whenever members were removed: what was planned before is void
	moved       bool   // some members have a newer place in another frame
	usage       *usage // while a plan is drawn

	newest  int64   // the newest time of any part
	lastSeq uint64  // the newest part
	dense   int64   // the newest time of a part with all members
	sparse  []int64 // per member, the newest time of a part without all; nil when there is none

	series frameSeries
}

func newFrame(id, key uint64, members []identity) *frame {
	return &frame{id: id, key: key, members: members, newest: never, dense: never}
}

// lastOf is the newest time of a member's samples.
func (f *frame) lastOf(member int) int64 {
	if f.sparse == nil {
		return f.dense
	}
	return max(f.dense, f.sparse[member])
}

// raise notes that a member has a sample at t.
func (f *frame) raise(member int, t int64) {
	if f.lastOf(member) >= t {
		return
	}
	if f.sparse == nil {
		f.sparse = make([]int64, len(f.members))
		for i := range f.sparse {
			f.sparse[i] = never
		}
	}
	f.sparse[member] = t
}

// touch notes a part of the frame.
func (f *frame) touch(seq uint64, t int64, dense bool) {
	f.newest, f.lastSeq = max(f.newest, t), seq
	if dense {
		f.dense = max(f.dense, t)
	}
}

// frameTable finds frames by ID. Safe for concurrent use.
type frameTable struct {
	mu   sync.RWMutex
	byID map[uint64]*frame
}

func (t *frameTable) get(id uint64) *frame {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.byID[id]
}

func (t *frameTable) put(f *frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byID[f.id] = f
}

func (t *frameTable) delete(id uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byID, id)
}

// all returns the frames in no order.
func (t *frameTable) all() []*frame {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Collect(maps.Values(t.byID))
}

// frameSeries gives the labels of a frame's series: at once when a layout brought them, otherwise unpacked when first used.
// Safe for concurrent use.
type frameSeries struct {
	unpacked atomic.Pointer[column.Frame]
	packed   []byte // a frame record's payload, nil when unpacked from the start
}

// get returns the same frame at each call.
func (s *frameSeries) get(id, key uint64) (*column.Frame, error) {
	if f := s.unpacked.Load(); f != nil {
		return f, nil
	}
	series, err := unpackSeries(s.packed)
	if err != nil {
		return nil, fmt.Errorf("frame %d: %w", id, err)
	}
	return s.offer(id, key, series), nil
}

// offer gives the series unpacked, unless they are already.
func (s *frameSeries) offer(id, key uint64, series []column.Series) *column.Frame {
	s.unpacked.CompareAndSwap(nil, &column.Frame{ID: id, Key: key, Series: series})
	return s.unpacked.Load()
}

// appendFrame encodes a frame record. scratch is reused and returned.
func appendFrame(dst []byte, f *column.Frame, scratch []byte) (record, reuse []byte) {
	dst = binary.AppendUvarint(append(dst, recordFrame), f.ID)
	dst = binary.AppendUvarint(dst, f.Key)
	dst = binary.AppendUvarint(dst, uint64(len(f.Series)))
	raw := scratch[:0]
	var one []byte
	for _, s := range f.Series {
		one = appendLabels(one[:0], s.Labels)
		raw = append(binary.AppendUvarint(raw, uint64(len(one))), one...)
	}
	return append(dst, s2.EncodeSnappy(nil, raw)...), raw
}

// frameRecord is a frame record with its series still packed.
type frameRecord struct {
	id, key uint64
	n       int
	packed  []byte
}

func decodeFrame(record []byte) (frameRecord, error) {
	c := cursor{rest: record[1:]}
	f := frameRecord{id: c.uvarint(), key: c.uvarint(), n: int(min(c.uvarint(), column.MaxFrameSeries+1))}
	f.packed = c.rest
	if c.err == nil && (f.n == 0 || f.n > column.MaxFrameSeries) {
		return f, fmt.Errorf("frame %d has an impossible number of series", f.id)
	}
	return f, c.err
}

// inflate uncompresses a payload into scratch.
func inflate(packed, scratch []byte) ([]byte, error) {
	n, err := s2.DecodedLen(packed)
	if err != nil || n > maxFrameBytes {
		return nil, errors.New("the frame cannot be unpacked")
	}
	return s2.Decode(scratch[:cap(scratch)], packed)
}

// eachMember calls yield with the encoded labels of each series of an inflated payload.
func eachMember(raw []byte, yield func(encoded []byte)) (n int, err error) {
	c := cursor{rest: raw}
	for ; len(c.rest) > 0; n++ {
		yield(c.bytes(c.count()))
	}
	return n, c.err
}

func unpackSeries(packed []byte) ([]column.Series, error) {
	raw, err := inflate(packed, nil)
	if err != nil {
		return nil, err
	}
	text := string(raw)
	var series []column.Series
	var labels []column.Label
	c := cursor{rest: raw}
	word := func() string {
		b := c.bytes(c.count())
		at := len(text) - len(c.rest) - len(b)
		return text[at : at+len(b)]
	}
	for len(c.rest) > 0 {
		c.uvarint() // the size of the series
		n, from := c.count(), len(labels)
		for range n {
			labels = append(labels, column.Label{Name: word(), Value: word()})
		}
		series = append(series, column.Series{Labels: labels[from:len(labels):len(labels)]})
	}
	return series, c.err
}
