package wire

import (
	"encoding/binary"
	"math"
	"sync"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Field numbers and types of the messages Request, TimeSeries, Exemplar and Metadata of Remote Write 2.0. Sample and the
// later fields of Exemplar are as in 1.0, and so is the whole of Histogram.
const (
	tag2Symbols    = 4<<3 | 2
	tag2Series     = 5<<3 | 2
	tag2Labels     = 1<<3 | 2
	tag2Samples    = 2<<3 | 2
	tag2Histograms = 3<<3 | 2
	tag2Exemplars  = 4<<3 | 2
	tag2Metadata   = 5<<3 | 2

	tag2MetadataType = 1 << 3
	tag2MetadataHelp = 3 << 3
	tag2MetadataUnit = 4 << 3
)

// Format2 encodes for one endpoint of one log in version 2.0. Safe for concurrent use.
type Format2 struct {
	frames   *frames[encoded2]
	metadata func() *column.Catalogue
	scratch  sync.Pool
}

// New2 makes a format.
func New2(o Options) *Format2 {
	labels, metadata := newLabeller(o), o.Metadata
	if metadata == nil {
		metadata = func() *column.Catalogue { return nil }
	}
	f := &Format2{metadata: metadata}
	f.frames = newFrames(func(frame *column.Frame) *encoded2 { return encode2(frame, labels, metadata()) })
	f.scratch.New = func() any { return new(scratch2) }
	return f
}

// Select is as that of Format.
func (f *Format2) Select(p column.Part) column.Part { return f.frames.get(p.Frame).from(p) }

// Encode appends to dst the Snappy block of a Request with one TimeSeries per item, in the order of the parts, and returns
// it. What is said about labels at [Format.Encode] holds here. Each series comes with the metadata that is known when the
// request is made.
func (f *Format2) Encode(dst []byte, parts []column.Part) []byte {
	s := f.scratch.Get().(*scratch2)
	defer f.scratch.Put(s)
	s.reset()
	metadata := f.metadata()
	for i := range parts {
		e := f.frames.get(parts[i].Frame)
		if e.metadata != metadata {
			e = f.frames.learn(parts[i].Frame)
		}
		s.part(e, &parts[i])
	}
	s.raw = append(s.raw, s.symbols.text...)
	s.compress(1)
	s.raw = append(s.raw, s.series...)
	return s.appendTo(dst)
}

// Described is how many of the items that Encode would encode come with metadata.
func (f *Format2) Described(parts []column.Part) (n int) {
	for i := range parts {
		e := f.frames.get(parts[i].Frame)
		for item := range parts[i].Len() {
			if e.pieces[parts[i].Member(item)] != (piece{}) {
				n++
			}
		}
	}
	return n
}

// scratch2 is the memory that one encoding needs.
type scratch2 struct {
	scratch
	symbols symbols
	series  []byte
	// places says where the texts of the present frame stand in the request; 0 is not looked up yet.
	places []uint32
	refs   []uint32
	item   []byte
	one    []byte
}

func (s *scratch2) reset() {
	s.scratch.reset()
	s.symbols.reset()
	s.series = s.series[:0]
}

// part appends the items of a part.
func (s *scratch2) part(e *encoded2, p *column.Part) {
	s.places = append(s.places[:0], make([]uint32, len(e.texts))...)
	symbol := func(local uint32) uint32 {
		if local != 0 && s.places[local] == 0 {
			s.places[local] = s.symbols.place(e.texts[local])
		}
		return s.places[local]
	}
	for i := range p.Len() {
		series := p.Member(i)
		s.refs = s.refs[:0]
		for _, local := range e.labels[series] {
			s.refs = append(s.refs, symbol(local))
		}
		s.one = appendRefs(s.one[:0], tag2Labels, s.refs)
		s.one = s.appendItem(s.one, p, i)
		s.one = e.pieces[series].append(s.one, symbol)
		s.series = appendBytes(s.series, tag2Series, s.one)
	}
}

// appendItem appends the field that holds item i.
func (s *scratch2) appendItem(dst []byte, p *column.Part, i int) []byte {
	t := p.Time(i)
	switch p.Kind() {
	case column.Histograms:
		s.item = appendHistogram(s.item[:0], p.Histograms[i], t)
		return appendBytes(dst, tag2Histograms, s.item)
	case column.Exemplars:
		s.refs = s.refs[:0]
		for _, l := range p.Exemplars[i].Labels {
			s.refs = append(s.refs, s.symbols.place(l.Name), s.symbols.place(l.Value))
		}
		s.item = appendExemplarEnd(appendRefs(s.item[:0], tag2Labels, s.refs), p.Exemplars[i].Value, t)
		return appendBytes(dst, tag2Exemplars, s.item)
	}
	s.item = binary.LittleEndian.AppendUint64(append(s.item[:0], tagValue), math.Float64bits(p.Values[i]))
	s.item = binary.AppendUvarint(append(s.item, tagTimestamp), uint64(t))
	return appendBytes(dst, tag2Samples, s.item)
}
