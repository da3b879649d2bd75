package exposition

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Type is what a metric is.
type Type string

// The types. A counter's name ends in _total.
const (
	Untyped   Type = "untyped"
	Gauge     Type = "gauge"
	Counter   Type = "counter"
	Histogram Type = "histogram"
)

// Family is the metrics of one name.
type Family struct {
	Name, Help, Unit string
	Type             Type // empty is Untyped
	Metrics          []Metric
}

// Metric is one series, or the series of one histogram.
type Metric struct {
	Labels labels.Labels
	Value  float64 // of all but histograms
	// Time is sent with the value; the zero time leaves it to who scrapes.
	Time      time.Time
	Exemplar  *Exemplar // of a counter
	Histogram *HistogramValue
}

// Exemplar is one observation of many.
type Exemplar struct {
	Labels labels.Labels
	Value  float64
	Time   time.Time // the zero time is not sent
}

// HistogramValue is a histogram with classic buckets, native ones (sent in protobuf only), or both.
type HistogramValue struct {
	Count   uint64
	Sum     float64
	Buckets []Bucket // in ascending order; +Inf may be left out
	Native  *Native
}

// Bucket is a classic bucket with everything up to its bound.
type Bucket struct {
	UpperBound float64
	Count      uint64
	Exemplar   *Exemplar
}

// Native is the buckets of a native histogram: those of each sign without a gap, beginning at an offset.
type Native struct {
	Schema                         int32 // -4 to 8
	ZeroThreshold                  float64
	ZeroCount                      uint64
	PositiveOffset, NegativeOffset int32
	Positive, Negative             []uint64 // the count of each
}
