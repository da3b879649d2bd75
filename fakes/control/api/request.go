package api

import (
	"net/http"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Requests is a part of a fake's requests, oldest first.
type Requests struct {
	Requests []Summary `json:"requests"`
	// Next is what to give as after for what follows. It moves past requests that the filters left out.
	Next int `json:"next"`
	// More tells that there were more than the limit.
	More bool `json:"more"`
	// Dropped is how many requests fell out of the journal's limits so far.
	Dropped int `json:"dropped"`
}

// Summary is one request in a list.
type Summary struct {
	Seq     int       `json:"seq"`
	Fake    string    `json:"fake"` // its ID
	Conn    int       `json:"conn"`
	Kind    string    `json:"kind"`
	Arrived time.Time `json:"arrived"`
	Read    time.Time `json:"read,omitzero"`
	Replied time.Time `json:"replied,omitzero"`
	Method  string    `json:"method"`
	Host    string    `json:"host"`
	Path    string    `json:"path"`
	Query   string    `json:"query,omitempty"`
	Proto   string    `json:"proto"`
	Tenant  string    `json:"tenant,omitempty"`
	// Remote is the client's address, when its connection is still known.
	Remote    string `json:"remote,omitempty"`
	UserAgent string `json:"userAgent,omitempty"`
	BodySize  int64  `json:"bodySize"`
	// Status is 0 when none was answered; Outcome is replied, reset, cut, hung, gone, or empty while the request is open.
	Status  int    `json:"status"`
	Outcome string `json:"outcome,omitempty"`
	// Accepted tells that the client was told 2xx.
	Accepted bool `json:"accepted"`
	// Line is what it carried, in words; Problem is why that could not be decoded.
	Line    string `json:"summary"`
	Problem string `json:"problem,omitempty"`
	Counts  Counts `json:"counts"`
}

// Request is one request with all that is known of it.
type Request struct {
	Summary
	// Header and ReplyHeader have "(redacted)" in place of secrets unless these were asked for.
	Header      http.Header `json:"header"`
	BodyError   string      `json:"bodyError,omitempty"`
	ReplyHeader http.Header `json:"replyHeader,omitempty"`
	// ReplySize is the size of the body answered, of fakes that keep it (those that are scraped, and oauth2); 0 for others.
	ReplySize int     `json:"replySize"`
	Content   Content `json:"content"`
}

// Content is what the body of a request said, by the kind of fake.
type Content struct {
	// Version (mimir) is that of remote write: 1, 2, or 0 for neither.
	Version int `json:"version,omitempty"`
	// Series (mimir) are in the order sent, at most as many as were asked for; SeriesTotal is how many there are.
	Series      []Series   `json:"series,omitempty"`
	SeriesTotal int        `json:"seriesTotal,omitempty"`
	Metadata    []Metadata `json:"metadata,omitempty"`
	// Format (pyroscope) is connect-proto, connect-json, pprof, folded, lines, or what /ingest was told.
	Format   string    `json:"format,omitempty"`
	Profiles []Profile `json:"profiles,omitempty"`
	// Served (pprof, exposition) tells that the scrape was answered whole; the body is at .../reply.
	Served bool `json:"served,omitempty"`
	// Token (oauth2) is what the client said about itself and was told.
	Token *TokenRequest `json:"token,omitempty"`
	// Target (proxy) is host:port as the client wrote it, Tunnel whether it was a CONNECT.
	Target string `json:"target,omitempty"`
	Tunnel bool   `json:"tunnel,omitempty"`
}

// TokenRequest is a request to an issuer. The secret and the token are not in it.
type TokenRequest struct {
	ClientID string   `json:"clientId,omitempty"`
	Style    string   `json:"style,omitempty"`
	Scopes   []string `json:"scopes,omitempty"`
	Issued   bool     `json:"issued"`
	Error    string   `json:"error,omitempty"`
	Reason   string   `json:"reason,omitempty"`
}

// Series is a label set with what was sent for it.
type Series struct {
	Tenant     string        `json:"tenant,omitempty"`
	Labels     labels.Labels `json:"labels"`
	Samples    []Sample      `json:"samples,omitempty"`
	Exemplars  []Exemplar    `json:"exemplars,omitempty"`
	Histograms []Histogram   `json:"histograms,omitempty"`
	Metadata   *Metadata     `json:"metadata,omitempty"`
}

// Sample is one value. Times are milliseconds since 1970.
type Sample struct {
	Timestamp int64  `json:"timestamp"`
	Value     Number `json:"value"`
	Start     int64  `json:"start,omitempty"`
}

// Exemplar is an example of what went into a value.
type Exemplar struct {
	Labels    labels.Labels `json:"labels"`
	Value     Number        `json:"value"`
	Timestamp int64         `json:"timestamp"`
}

// Histogram is a native histogram as it was sent; see mimir.Histogram.
type Histogram struct {
	Timestamp      int64    `json:"timestamp"`
	Start          int64    `json:"start,omitempty"`
	Float          bool     `json:"float,omitempty"`
	CountInt       uint64   `json:"countInt,omitempty"`
	CountFloat     Number   `json:"countFloat,omitempty"`
	Sum            Number   `json:"sum"`
	Schema         int32    `json:"schema"`
	ZeroThreshold  Number   `json:"zeroThreshold"`
	ZeroCountInt   uint64   `json:"zeroCountInt,omitempty"`
	ZeroCountFloat Number   `json:"zeroCountFloat,omitempty"`
	NegativeSpans  []Span   `json:"negativeSpans,omitempty"`
	NegativeDeltas []int64  `json:"negativeDeltas,omitempty"`
	NegativeCounts []Number `json:"negativeCounts,omitempty"`
	PositiveSpans  []Span   `json:"positiveSpans,omitempty"`
	PositiveDeltas []int64  `json:"positiveDeltas,omitempty"`
	PositiveCounts []Number `json:"positiveCounts,omitempty"`
	CustomValues   []Number `json:"customValues,omitempty"`
	ResetHint      int32    `json:"resetHint,omitempty"`
}

// Span is a run of buckets.
type Span struct {
	Offset int32  `json:"offset"`
	Length uint32 `json:"length"`
}

// Metadata describes a metric.
type Metadata struct {
	Metric string `json:"metric"`
	Type   string `json:"type"`
	Help   string `json:"help,omitempty"`
	Unit   string `json:"unit,omitempty"`
}

// Profile is one profile of a push; its bytes are at .../profiles/INDEX, as pprof where it could be parsed.
type Profile struct {
	// Request is the number of the request that brought it, Index its place there, from 0.
	Request     int           `json:"request,omitempty"`
	Index       int           `json:"index"`
	Tenant      string        `json:"tenant,omitempty"`
	Labels      labels.Labels `json:"labels"`
	ID          string        `json:"id,omitempty"`
	Annotations labels.Labels `json:"annotations,omitempty"`
	// Size is in bytes, as sent.
	Size int `json:"size"`
	// SampleTypes are type/unit; Samples, Functions and Duration (of cpu profiles) are those of the parsed profile.
	SampleTypes []string `json:"sampleTypes,omitempty"`
	Samples     int      `json:"samples,omitempty"`
	Functions   int      `json:"functions,omitempty"`
	// Totals are the sums of all samples, one for each sample type.
	Totals []int64 `json:"totals,omitempty"`
	// Problem is why it could not be parsed.
	Problem string `json:"problem,omitempty"`
}

// Connections is a part of a fake's connections, oldest first.
type Connections struct {
	Connections []journal.Connection `json:"connections"`
	Next        int                  `json:"next"`
	More        bool                 `json:"more"`
	Dropped     int                  `json:"dropped"`
}
