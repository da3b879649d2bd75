package mimir

import (
	"fmt"

	"github.com/touchstone-telemetry/touchstone/fakes/proto"
)

// histogram reads a native histogram of either version: they differ in the start, which 1.0 does not have.
func (d *decoder) histogram(message []byte) error {
	// Beside its fixed part a histogram asks at worst for eight bytes of memory for one on the wire: a small delta.
	if err := d.spend(sizeOfHistogram + 8*len(message)); err != nil {
		return err
	}
	var h Histogram
	r := proto.NewReader(message)
	for r.Next() {
		if r.Number <= 7 || r.Number == 14 || r.Number == 15 || r.Number == 17 {
			h.readScalar(&r)
		} else {
			h.readBuckets(&r)
		}
	}
	if r.Err() != nil {
		return fmt.Errorf("histogram: %w", r.Err())
	}
	d.batch.histograms = append(d.batch.histograms, h)
	return nil
}

func (h *Histogram) readScalar(r *proto.Reader) {
	switch r.Number {
	case 1:
		h.CountInt, h.CountFloat, h.Float = r.Uint64(), 0, false
	case 2:
		h.CountFloat, h.CountInt, h.Float = r.Double(), 0, true
	case 3:
		h.Sum = r.Double()
	case 4:
		h.Schema = int32(r.Sint64())
	case 5:
		h.ZeroThreshold = r.Double()
	case 6:
		h.ZeroCountInt, h.ZeroCountFloat = r.Uint64(), 0
	case 7:
		h.ZeroCountFloat, h.ZeroCountInt = r.Double(), 0
	case 14:
		h.ResetHint = int32(r.Int64())
	case 15:
		h.Timestamp = r.Int64()
	case 17:
		h.Start = r.Int64()
	}
}

func (h *Histogram) readBuckets(r *proto.Reader) {
	switch r.Number {
	case 8:
		h.NegativeSpans = append(h.NegativeSpans, readSpan(r))
	case 9:
		h.NegativeDeltas = r.AppendSint64(h.NegativeDeltas)
	case 10:
		h.NegativeCounts = r.AppendDouble(h.NegativeCounts)
	case 11:
		h.PositiveSpans = append(h.PositiveSpans, readSpan(r))
	case 12:
		h.PositiveDeltas = r.AppendSint64(h.PositiveDeltas)
	case 13:
		h.PositiveCounts = r.AppendDouble(h.PositiveCounts)
	case 16:
		h.CustomValues = r.AppendDouble(h.CustomValues)
	}
}

func readSpan(r *proto.Reader) Span {
	var s Span
	fields := proto.NewReader(r.Bytes())
	for fields.Next() {
		switch fields.Number {
		case 1:
			s.Offset = int32(fields.Sint64())
		case 2:
			s.Length = uint32(fields.Uint64())
		}
	}
	r.Fail(fields.Err())
	return s
}
