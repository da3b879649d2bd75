package observe

import (
	"net/url"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Fake is what one fake recorded.
type Fake struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // mimir, pyroscope, pprof, exposition, oauth2 or proxy
	// Requests are in order of arrival.
	Requests    []Request            `json:"requests,omitempty"`
	Connections []journal.Connection `json:"connections,omitempty"`
	// Dropped counts the requests that did not fit into the journal. With any, nothing can be concluded from the rest.
	Dropped int `json:"dropped,omitempty"`
}

// Push tells whether agents push to this fake, rather than scrape it.
func (f *Fake) Push() bool { return f.Kind == "mimir" || f.Kind == "pyroscope" }

// Request is one exchange with what its bodies mean.
type Request struct {
	journal.Exchange
	// Series, Metadata and Profiles are what the body of a push said.
	Series   []Series   `json:"series,omitempty"`
	Metadata []Metadata `json:"metadata,omitempty"`
	Profiles []Profile  `json:"profiles,omitempty"`
	// Served is the body that a scraped fake answered with; empty when none was sent whole.
	Served []byte `json:"served,omitempty"`
	// Token is what a request for a token said; nil for others.
	Token *Token `json:"token,omitempty"`
	// DecodeError tells why the body of a push could not be decoded.
	DecodeError string `json:"decodeError,omitempty"`
}

// Token is a request for a token with its answer.
type Token struct {
	// Client is ID:SECRET as shown by the client, Style the way in which it was: header or body.
	Client string     `json:"client,omitempty"`
	Style  string     `json:"style,omitempty"`
	Form   url.Values `json:"form,omitempty"`
	// Value was given out; empty when the request was refused.
	Value string `json:"value,omitempty"`
}

// Accepted tells whether the request was answered with 2xx.
func (r *Request) Accepted() bool { return r.Status >= 200 && r.Status <= 299 }

// Series is one time series of a push, in the order in which it was sent.
type Series struct {
	Labels     labels.Labels `json:"labels"`
	Samples    []Sample      `json:"samples,omitempty"`
	Exemplars  []Exemplar    `json:"exemplars,omitempty"`
	Histograms []Histogram   `json:"histograms,omitempty"`
}

// Sample is one value with its time in milliseconds since 1970.
type Sample struct {
	T int64 `json:"t"`
	V Value `json:"v"`
}

// Histogram is one native histogram with its time in milliseconds since 1970. Its count is a staleness marker at the end of a series.
type Histogram struct {
	T      int64 `json:"t"`
	Count  Value `json:"count"`
	Sum    Value `json:"sum"`
	Schema int32 `json:"schema"`
	// Positive are the counts of the buckets above zero, from the lowest on.
	Positive []Value `json:"positive,omitempty"`
}

// Exemplar is one exemplar.
type Exemplar struct {
	Labels labels.Labels `json:"labels,omitempty"`
	Sample
}

// Metadata is what a push said about a metric.
type Metadata struct {
	Metric string `json:"metric"`
	Type   string `json:"type"`
	Help   string `json:"help,omitempty"`
	Unit   string `json:"unit,omitempty"`
}

// Profile is one profile of a push.
type Profile struct {
	Labels labels.Labels `json:"labels"`
	ID     string        `json:"id,omitempty"`
	Raw    []byte        `json:"raw"`
	// ParseError tells why the profile is not one.
	ParseError string `json:"parseError,omitempty"`
}
