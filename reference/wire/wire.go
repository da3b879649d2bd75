// Package wire encodes parts as request bodies of remote write: make a [Format] of version 1.0 with [New], or a [Format2] of
// version 2.0 with [New2], for one endpoint, then call Encode for each batch. [EncodeMetadata] is what version 1.0 sends apart.
//
// The labels of a frame are worked out once per endpoint; a batch of version 1.0 costs a copy, the values and the
// compression. It sends nothing, and it shares no code with the decoder of the fakes.
package wire

import (
	"encoding/binary"
	"sync"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Values of the headers that belong to the bodies.
const (
	ContentEncoding = "snappy"
	// ContentType and Version are those of 1.0.
	ContentType = "application/x-protobuf"
	Version     = "0.1.0"
	// ContentType2 and Version2 are those of 2.0.
	ContentType2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
	Version2     = "2.0.0"
)

// Options say what becomes of the labels of a series, in this order. The zero value sends them as they are.
type Options struct {
	// External labels are added where the series has no label of that name. The map is copied.
	External map[string]string
	// Relabel may change the labels. It gets them sorted by name, must return them so, and with none the series is not sent.
	// It may write to what it gets. Nil changes nothing.
	Relabel func([]column.Label) []column.Label
	// Metadata returns what is known about metrics, of which version 2.0 sends a piece with each series. Nil sends none.
	Metadata func() *column.Catalogue
}

// Format encodes for one endpoint of one log in version 1.0. Safe for concurrent use.
type Format struct {
	frames  *frames[encoded]
	scratch sync.Pool
}

// New makes a format. Options.Metadata is not used.
func New(o Options) *Format {
	labels := newLabeller(o)
	f := &Format{}
	f.scratch.New = func() any { return new(scratch) }
	f.frames = newFrames(func(frame *column.Frame) (e *encoded) {
		s := f.scratch.Get().(*scratch)
		defer f.scratch.Put(s)
		e, s.raw = encode(frame, labels, s.raw)
		return e
	})
	return f
}

// Select returns the items of a part that can be sent: those whose series has a label left. See Encode for what a series
// loses.
func (f *Format) Select(p column.Part) column.Part { return f.frames.get(p.Frame).from(p) }

// Encode appends to dst the Snappy block of a WriteRequest with one TimeSeries per item, in the order of the parts, and
// returns it. Labels are sorted by name; external labels are merged in, and a series' own label of the same name wins;
// labels that begin with two underscores are left out, except __name__ and __delta__. The parts are as Select returns them.
func (f *Format) Encode(dst []byte, parts []column.Part) []byte {
	s := f.scratch.Get().(*scratch)
	defer f.scratch.Put(s)
	s.reset()
	for i := range parts {
		p := &parts[i]
		e := f.frames.get(p.Frame)
		if e.templated(s, p) {
			continue
		}
		s.raw = e.append(s.raw, *p)
		s.compress(chunkSize)
	}
	return s.appendTo(dst)
}

// appendTo compresses what is left and appends the Snappy block of everything.
func (s *scratch) appendTo(dst []byte) []byte {
	s.compress(1)
	dst = binary.AppendUvarint(dst, uint64(s.length))
	return append(dst, s.packed...)
}
