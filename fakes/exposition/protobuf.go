package exposition

import (
	"math"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"google.golang.org/protobuf/encoding/protowire"
)

// The numbers of io.prometheus.client.MetricType, and of the field of a Metric that holds a value of the type.
var (
	typeNumbers = map[Type]uint64{Counter: 0, Gauge: 1, Untyped: 3, "": 3, Histogram: 4}
	typeFields  = map[Type]protowire.Number{Gauge: 2, Counter: 3, Untyped: 5, "": 5}
)

// message is a protobuf message that is being written.
type message []byte

func (m *message) text(n protowire.Number, s string) {
	*m = protowire.AppendString(protowire.AppendTag(*m, n, protowire.BytesType), s)
}

func (m *message) bytes(n protowire.Number, b []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, n, protowire.BytesType), b)
}

func (m *message) varint(n protowire.Number, v uint64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, n, protowire.VarintType), v)
}

func (m *message) double(n protowire.Number, v float64) {
	*m = protowire.AppendFixed64(protowire.AppendTag(*m, n, protowire.Fixed64Type), math.Float64bits(v))
}

// writeProtobuf writes families one after the other, each with its length in front.
func writeProtobuf(families []Family) []byte {
	var out []byte
	for _, f := range families {
		out = protowire.AppendBytes(out, familyMessage(f))
	}
	return out
}

func familyMessage(f Family) message {
	var m message
	m.text(1, f.Name)
	if f.Help != "" {
		m.text(2, f.Help)
	}
	m.varint(3, typeNumbers[f.Type])
	for _, metric := range f.Metrics {
		m.bytes(4, metricMessage(f.Type, metric))
	}
	if f.Unit != "" {
		m.text(5, f.Unit)
	}
	return m
}

func metricMessage(t Type, metric Metric) message {
	var m message
	addLabels(&m, metric.Labels)
	switch {
	case metric.Histogram != nil:
		m.bytes(7, histogramMessage(metric.Histogram))
	case typeFields[t] != 0:
		var value message
		value.double(1, metric.Value)
		if metric.Exemplar != nil && t == Counter {
			value.bytes(2, exemplarMessage(metric.Exemplar))
		}
		m.bytes(typeFields[t], value)
	}
	if !metric.Time.IsZero() {
		m.varint(6, uint64(metric.Time.UnixMilli()))
	}
	return m
}

func addLabels(m *message, ls labels.Labels) {
	for _, l := range ls {
		var pair message
		pair.text(1, l.Name)
		pair.text(2, l.Value)
		m.bytes(1, pair)
	}
}

func exemplarMessage(e *Exemplar) message {
	var m message
	addLabels(&m, e.Labels)
	m.double(2, e.Value)
	if !e.Time.IsZero() {
		m.bytes(3, timeMessage(e.Time))
	}
	return m
}

func timeMessage(t time.Time) message {
	var m message
	m.varint(1, uint64(t.Unix()))
	m.varint(2, uint64(t.Nanosecond()))
	return m
}

func histogramMessage(h *HistogramValue) message {
	var m message
	m.varint(1, h.Count)
	m.double(2, h.Sum)
	for _, b := range h.Buckets {
		var bucket message
		bucket.varint(1, b.Count)
		bucket.double(2, b.UpperBound)
		if b.Exemplar != nil {
			bucket.bytes(3, exemplarMessage(b.Exemplar))
		}
		m.bytes(3, bucket)
	}
	if h.Native != nil {
		addNative(&m, h)
	}
	return m
}

func addNative(m *message, h *HistogramValue) {
	n := h.Native
	m.varint(5, protowire.EncodeZigZag(int64(n.Schema)))
	m.double(6, n.ZeroThreshold)
	m.varint(7, n.ZeroCount)
	if len(n.Negative) > 0 {
		addBuckets(m, 9, 10, n.NegativeOffset, n.Negative)
	}
	// A span is always there, for it is what tells an empty native histogram from a classic one.
	addBuckets(m, 12, 13, n.PositiveOffset, n.Positive)
	for _, b := range h.Buckets {
		if b.Exemplar != nil {
			m.bytes(16, exemplarMessage(b.Exemplar))
		}
	}
}

// addBuckets writes one span, and the counts as differences.
func addBuckets(m *message, spanField, deltaField protowire.Number, offset int32, counts []uint64) {
	var span message
	if len(counts) > 0 {
		span.varint(1, protowire.EncodeZigZag(int64(offset)))
	} else {
		span.varint(1, 0)
	}
	span.varint(2, uint64(len(counts)))
	m.bytes(spanField, span)
	before := int64(0)
	for _, count := range counts {
		m.varint(deltaField, protowire.EncodeZigZag(int64(count)-before))
		before = int64(count)
	}
}
