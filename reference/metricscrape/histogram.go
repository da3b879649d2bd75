package metricscrape

import (
	"math"

	"github.com/prometheus/prometheus/model/histogram"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// message is a protobuf message that is being written: the Histogram of remote write, whose fields have the numbers below.
type message []byte

func (m *message) double(n protowire.Number, v float64) {
	*m = protowire.AppendFixed64(protowire.AppendTag(*m, n, protowire.Fixed64Type), math.Float64bits(v))
}

func (m *message) varint(n protowire.Number, v uint64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, n, protowire.VarintType), v)
}

func (m *message) bytes(n protowire.Number, b []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, n, protowire.BytesType), b)
}

// encodeInteger encodes a histogram with whole counts.
func encodeInteger(h *histogram.Histogram) column.Histogram {
	var m message
	m.varint(1, h.Count)
	m.head(h.Sum, h.Schema, h.ZeroThreshold)
	m.varint(6, h.ZeroCount)
	m.spans(8, h.NegativeSpans)
	m.deltas(9, h.NegativeBuckets)
	m.spans(11, h.PositiveSpans)
	m.deltas(12, h.PositiveBuckets)
	m.tail(h.CounterResetHint, h.CustomValues)
	return column.Histogram(m)
}

// encodeFloat encodes a histogram with counts that are not whole.
func encodeFloat(h *histogram.FloatHistogram) column.Histogram {
	var m message
	m.double(2, h.Count)
	m.head(h.Sum, h.Schema, h.ZeroThreshold)
	m.double(7, h.ZeroCount)
	m.spans(8, h.NegativeSpans)
	m.doubles(10, h.NegativeBuckets)
	m.spans(11, h.PositiveSpans)
	m.doubles(13, h.PositiveBuckets)
	m.tail(h.CounterResetHint, h.CustomValues)
	return column.Histogram(m)
}

func (m *message) head(sum float64, schema int32, zeroThreshold float64) {
	m.double(3, sum)
	m.varint(4, protowire.EncodeZigZag(int64(schema)))
	m.double(5, zeroThreshold)
}

func (m *message) tail(hint histogram.CounterResetHint, bounds []float64) {
	if hint != histogram.UnknownCounterReset {
		m.varint(14, uint64(hint))
	}
	m.doubles(16, bounds)
}

func (m *message) spans(n protowire.Number, spans []histogram.Span) {
	for _, s := range spans {
		var span message
		span.varint(1, protowire.EncodeZigZag(int64(s.Offset)))
		span.varint(2, uint64(s.Length))
		m.bytes(n, span)
	}
}

func (m *message) deltas(n protowire.Number, deltas []int64) {
	var packed []byte
	for _, d := range deltas {
		packed = protowire.AppendVarint(packed, protowire.EncodeZigZag(d))
	}
	if len(packed) > 0 {
		m.bytes(n, packed)
	}
}

func (m *message) doubles(n protowire.Number, values []float64) {
	var packed []byte
	for _, v := range values {
		packed = protowire.AppendFixed64(packed, math.Float64bits(v))
	}
	if len(packed) > 0 {
		m.bytes(n, packed)
	}
}
