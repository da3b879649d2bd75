package mimir

import (
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// Version is the version of the remote write protocol.
type Version int

// The versions. Unknown is a request whose Content-Type names neither.
const (
	Unknown Version = 0
	V1      Version = 1 // prometheus.WriteRequest
	V2      Version = 2 // io.prometheus.write.v2.Request
)

// Request is one request with what its body said. The slices must not be written to.
type Request struct {
	journal.Exchange
	// Version is what Content-Type says; a request without one is of 1.0.
	Version Version `json:"version"`
	// Tenant is the header X-Scope-OrgID.
	Tenant string `json:"tenant,omitempty"`
	// Series are in the order sent; a label set that was sent twice is there twice.
	Series []Series `json:"series,omitempty"`
	// Metadata is what version 1.0 sends apart from the series.
	Metadata []Metadata `json:"metadata,omitempty"`
	// DecodeError tells why the body could not be decoded; empty when it could, or has not been read yet.
	DecodeError string `json:"decodeError,omitempty"`
}

// Accepted reports whether the client was told 2xx.
func (r *Request) Accepted() bool { return isAccepted(&r.Exchange) }

func isAccepted(e *journal.Exchange) bool {
	return e.Status/100 == 2 && e.Outcome == server.Replied
}

// Series is a label set with what was sent for it.
type Series struct {
	Tenant     string        `json:"tenant,omitempty"`
	Labels     labels.Labels `json:"labels"`
	Samples    []Sample      `json:"samples,omitempty"`
	Exemplars  []Exemplar    `json:"exemplars,omitempty"`
	Histograms []Histogram   `json:"histograms,omitempty"`
	// Metadata is what version 2.0 sends with the series; nil when nothing was.
	Metadata *Metadata `json:"metadata,omitempty"`
}

// Sample is one value. Times are milliseconds since 1970.
type Sample struct {
	Timestamp int64   `json:"timestamp"`
	Value     float64 `json:"value"`
	// Start is when a counter began to count; 0 when not told. Only version 2.0 has it.
	Start int64 `json:"start,omitempty"`
}

// Exemplar is an example of what went into a value.
type Exemplar struct {
	Labels    labels.Labels `json:"labels"`
	Value     float64       `json:"value"`
	Timestamp int64         `json:"timestamp"`
}

// Metadata describes a metric.
type Metadata struct {
	Metric string `json:"metric"`
	// Type is counter, gauge, histogram, gaugehistogram, summary, info, stateset or unknown.
	Type string `json:"type"`
	Help string `json:"help,omitempty"`
	Unit string `json:"unit,omitempty"`
}

// metricTypes are the names of the enumeration that both versions share.
var metricTypes = [...]string{"unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"}

func metricType(number uint64) string {
	if number < uint64(len(metricTypes)) {
		return metricTypes[number]
	}
	return metricTypes[0]
}

// Histogram is a native histogram as it was sent. Float tells which of each pair of fields holds: counts in CountFloat,
// ZeroCountFloat and the Counts when it is set, in CountInt, ZeroCountInt and the Deltas otherwise.
type Histogram struct {
	Timestamp int64 `json:"timestamp"`
	Start     int64 `json:"start,omitempty"` // as in Sample
	Float     bool  `json:"float,omitempty"`

	CountInt       uint64  `json:"countInt,omitempty"`
	CountFloat     float64 `json:"countFloat,omitempty"`
	Sum            float64 `json:"sum"`
	Schema         int32   `json:"schema"`
	ZeroThreshold  float64 `json:"zeroThreshold"`
	ZeroCountInt   uint64  `json:"zeroCountInt,omitempty"`
	ZeroCountFloat float64 `json:"zeroCountFloat,omitempty"`

	NegativeSpans  []Span    `json:"negativeSpans,omitempty"`
	NegativeDeltas []int64   `json:"negativeDeltas,omitempty"`
	NegativeCounts []float64 `json:"negativeCounts,omitempty"`
	PositiveSpans  []Span    `json:"positiveSpans,omitempty"`
	PositiveDeltas []int64   `json:"positiveDeltas,omitempty"`
	PositiveCounts []float64 `json:"positiveCounts,omitempty"`
	// CustomValues are the bucket bounds of schema -53.
	CustomValues []float64 `json:"customValues,omitempty"`
	// ResetHint is 0 for unknown, 1 for a reset, 2 for none, 3 for a gauge histogram.
	ResetHint int32 `json:"resetHint,omitempty"`
}

// Span is a run of buckets.
type Span struct {
	Offset int32  `json:"offset"` // buckets left out since the span before, or the first bucket's number
	Length uint32 `json:"length"`
}

// Requests decodes all recorded requests, oldest first; those not answered yet among them. Bodies are decoded anew at each call: with
// much data, ask once and keep the answer.
func (s *Server) Requests() []Request {
	exchanges := s.Exchanges()
	requests := make([]Request, len(exchanges))
	for i := range exchanges {
		requests[i] = s.Decode(exchanges[i])
	}
	return requests
}

// Decode reads what the body of one exchange of this fake said, as Requests does for all of them.
func (s *Server) Decode(e journal.Exchange) Request {
	r := Request{Exchange: e, Tenant: tenantOf(&e)}
	if e.Read.IsZero() || e.Kind != KindSamples && e.Kind != KindMetadata {
		return r
	}
	w := s.decode(&e, freely, false)
	r.Version = w.version
	if w.err != nil {
		r.DecodeError = w.err.Error()
	}
	if w.batch == nil {
		return r
	}
	r.Series, r.Metadata = w.batch.unfold(r.Tenant), w.batch.plainMetadata()
	return r
}

// freely holds whatever is asked for: of a reader in this process, one request at a time.
func freely(int64) error { return nil }

func tenantOf(e *journal.Exchange) string { return e.Header.Get("X-Scope-OrgID") }
