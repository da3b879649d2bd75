package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// The types of records, their first byte.
const (
	recordMark     byte = 1 + iota // opens each segment and checkpoint, and stands where parts are known to be missing
	recordFrame                    // a frame and its series, before the first part that refers to it
	recordColumns                  // the parts of one Append
	recordEnd                      // the last record of a checkpoint
	recordMetadata                 // what some metrics are, from here on
)

// Flags of a part.
const (
	flagSparse     byte = 1 << iota // an index follows
	flagTimes                       // a time for each item follows
	flagHistograms                  // the items are histograms and not values
	flagExemplars                   // the items are exemplars and not values
	flagPacked     = flagHistograms | flagExemplars
)

// mark keeps the numbering alive where there are no parts.
type mark struct {
	last  uint64 // Seq of the newest part before the mark
	next  uint64 // Seq of the first part after it
	frame uint64 // every frame up to here has an ID below
}

func (m mark) append(dst []byte) []byte {
	dst = append(dst, recordMark)
	dst = binary.AppendUvarint(dst, m.last)
	dst = binary.AppendUvarint(dst, m.next)
	return binary.AppendUvarint(dst, m.frame)
}

func decodeMark(record []byte) (mark, error) {
	c := cursor{rest: record[1:]}
	m := mark{last: c.uvarint(), next: c.uvarint(), frame: c.uvarint()}
	return m, c.err
}

// end tells how much a checkpoint holds, so that a loss inside it can be counted.
type end struct{ parts uint64 }

func (e end) append(dst []byte) []byte {
	return binary.AppendUvarint(append(dst, recordEnd), e.parts)
}

func decodeEnd(record []byte) (end, error) {
	c := cursor{rest: record[1:]}
	return end{parts: c.uvarint()}, c.err
}

// appendColumns starts a record of parts. first is the Seq of the first part, base a time near those of the parts.
func appendColumns(dst []byte, first uint64, base int64) []byte {
	dst = binary.AppendUvarint(append(dst, recordColumns), first)
	return binary.AppendVarint(dst, base)
}

// appendPartHead writes what precedes the body of a part. skipped is how many Seqs lie between it and the part before.
func appendPartHead(dst []byte, p rawPart, skipped uint64, base int64) []byte {
	dst = binary.AppendUvarint(dst, skipped)
	dst = binary.AppendUvarint(dst, p.frame)
	dst = append(dst, p.flags)
	dst = binary.AppendUvarint(dst, uint64(p.n))
	dst = binary.AppendVarint(dst, p.t-base)
	if p.flags&flagPacked != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(p.body)))
	}
	return dst
}

// appendPart writes a part that follows the one before without a gap. Its time must not be before any of its Times.
func appendPart(dst []byte, p *column.Part, base int64) []byte {
	raw := rawPart{frame: p.Frame.ID, n: p.Len(), t: p.T}
	if p.Index != nil {
		raw.flags |= flagSparse
	}
	if p.Times != nil {
		raw.flags |= flagTimes
	}
	if kind := p.Kind(); kind != column.Samples {
		raw.flags |= packedFlag(kind)
		raw.body = appendItems(appendPlaces(nil, p), p)
		return append(appendPartHead(dst, raw, 0, base), raw.body...)
	}
	dst = appendPlaces(appendPartHead(dst, raw, 0, base), p)
	from := len(dst)
	dst = slices.Grow(dst, 8*len(p.Values))[:from+8*len(p.Values)]
	body := dst[from:]
	for i, v := range p.Values {
		binary.LittleEndian.PutUint64(body[i*8:], math.Float64bits(v))
	}
	return dst
}

// appendPlaces writes which series the items belong to and when they were, as far as that is not obvious.
func appendPlaces(dst []byte, p *column.Part) []byte {
	for _, i := range p.Index {
		dst = binary.LittleEndian.AppendUint16(dst, i)
	}
	for _, t := range p.Times {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(t))
	}
	return dst
}

// rawPart is a part as it lies in a record, its values not yet decoded.
type rawPart struct {
	seq   uint64
	frame uint64
	flags byte
	n     int
	t     int64 // the newest time in the part
	body  []byte
}

// placesSize is how much of the body precedes the items.
func (p *rawPart) placesSize() int {
	size := 0
	if p.flags&flagSparse != 0 {
		size += 2
	}
	if p.flags&flagTimes != 0 {
		size += 8
	}
	return size * p.n
}

// kind is what the items are.
func (p *rawPart) kind() column.Kind {
	switch {
	case p.flags&flagExemplars != 0:
		return column.Exemplars
	case p.flags&flagHistograms != 0:
		return column.Histograms
	}
	return column.Samples
}

// index returns the place in the frame of each item of a sparse part.
func (p *rawPart) index() []uint16 {
	if p.flags&flagSparse == 0 {
		return nil
	}
	index := make([]uint16, p.n)
	for i := range index {
		index[i] = binary.LittleEndian.Uint16(p.body[i*2:])
	}
	return index
}

// decode makes a part of it. Its values are put at the end of slab. Items that cannot be read are an error.
func (p *rawPart) decode(f *column.Frame, slab []float64) (column.Part, []float64, error) {
	part := column.Part{Seq: p.seq, Frame: f, T: p.t, Index: p.index()}
	if p.flags&flagTimes != 0 {
		part.Times = make([]int64, p.n)
		for i, body := 0, p.body[2*len(part.Index):]; i < p.n; i++ {
			part.Times[i] = int64(binary.LittleEndian.Uint64(body[i*8:]))
		}
	}
	items := p.body[p.placesSize():]
	if kind := p.kind(); kind != column.Samples {
		return part, slab, decodeItems(&part, kind, p.n, items)
	}
	from := len(slab)
	for i := range p.n {
		slab = append(slab, math.Float64frombits(binary.LittleEndian.Uint64(items[i*8:])))
	}
	part.Values = slab[from:len(slab):len(slab)]
	return part, slab, nil
}

// columnsReader walks over the parts of a record.
type columnsReader struct {
	cursor
	seq  uint64
	base int64
	part rawPart
}

func readColumns(record []byte) *columnsReader {
	r := &columnsReader{cursor: cursor{rest: record[1:]}}
	r.seq = r.uvarint()
	r.base = r.varint()
	return r
}

// next moves to the next part. When it returns false, err tells whether the record is broken.
func (r *columnsReader) next() bool {
	if r.err != nil || len(r.rest) == 0 {
		return false
	}
	r.seq += r.uvarint()
	r.part = rawPart{seq: r.seq, frame: r.uvarint(), flags: r.byte(), n: r.count(), t: r.base + r.varint()}
	size := r.part.placesSize() + 8*r.part.n
	if r.part.flags&flagPacked != 0 {
		if size = r.count(); size < r.part.placesSize() {
			r.fail()
		}
	}
	r.part.body = r.bytes(size)
	r.seq++
	return r.err == nil
}

var errShortRecord = errors.New("the record is shorter than it says")

// cursor reads the fields of a record; after the first error all are zero.
type cursor struct {
	rest []byte
	err  error
}

func (c *cursor) fail() { c.rest, c.err = nil, errShortRecord }

func (c *cursor) uvarint() uint64 {
	v, n := binary.Uvarint(c.rest)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.rest = c.rest[n:]
	return v
}

func (c *cursor) varint() int64 {
	v, n := binary.Varint(c.rest)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.rest = c.rest[n:]
	return v
}

// count reads a number of things of which each takes at least a byte of the record.
func (c *cursor) count() int {
	v := c.uvarint()
	if v > uint64(len(c.rest)) {
		c.fail()
		return 0
	}
	return int(v)
}

func (c *cursor) byte() byte {
	if b := c.bytes(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (c *cursor) bytes(n int) []byte {
	if n > len(c.rest) {
		c.fail()
		return nil
	}
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

func unknownRecord(record []byte) error {
	if len(record) == 0 {
		return errors.New("empty record")
	}
	return fmt.Errorf("unknown type of record %d", record[0])
}
