// Package wire encodes parts as Remote Write 1.0 request bodies: make a [Format] for an endpoint with [New], then call
// [Format.Encode] for each batch.
//
// The labels of a frame are encoded once per endpoint; a batch costs a copy, the values and the compression. It sends
// nothing, and it shares no code with the decoder of the fakes.
package wire

import (
	"encoding/binary"
	"sync"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Values of the headers that belong to the bodies of a Format.
const (
	ContentType     = "application/x-protobuf"
	ContentEncoding = "snappy"
	Version         = "0.1.0"
)

// Format encodes for one endpoint of one log. Safe for concurrent use.
type Format struct {
	external []column.Label
	frames   *frames
	scratch  sync.Pool
}

// New makes a format that adds the external labels to every series that has no label of that name. The map is copied.
func New(external map[string]string) *Format {
	f := &Format{external: sorted(external)}
	f.frames = newFrames(func(frame *column.Frame) *encoded { return encode(frame, f.external) })
	f.scratch.New = func() any { return new(scratch) }
	return f
}

// Select returns the samples of a part that can be sent: those whose series has a label left. See Encode for what a series
// loses.
func (f *Format) Select(p column.Part) column.Part {
	e := f.frames.get(p.Frame)
	if e.complete {
		return p
	}
	return e.selectFrom(p)
}

// Encode appends to dst the Snappy block of a WriteRequest with one TimeSeries per sample, in the order of the parts, and
// returns it. Labels are sorted by name; external labels are merged in, and a series' own label of the same name wins;
// labels that begin with two underscores are left out, except __name__ and __delta__. The parts are as Select returns them.
func (f *Format) Encode(dst []byte, parts []column.Part) []byte {
	s := f.scratch.Get().(*scratch)
	defer f.scratch.Put(s)
	s.reset()
	for _, p := range parts {
		s.raw = f.frames.get(p.Frame).append(s.raw, p)
		s.compress(chunkSize)
	}
	s.compress(1)
	dst = binary.AppendUvarint(dst, uint64(s.length))
	return append(dst, s.packed...)
}
