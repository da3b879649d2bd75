package api

import "time"

// Kinds of fakes, for [Spec] and [Fake].
const (
	Mimir      = "mimir"
	Pyroscope  = "pyroscope"
	Pprof      = "pprof"
	Exposition = "exposition"
	OAuth2     = "oauth2"
	Proxy      = "proxy"
)

// Fake is one running fake.
type Fake struct {
	// ID stands in paths: the name in the session "default", SESSION.NAME in all others.
	ID      string `json:"id"`
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Session string `json:"session"`
	// URL has no path; Addr is its host:port; Endpoint is where clients of this kind send, or scrape.
	URL      string `json:"url"`
	Addr     string `json:"addr"`
	Endpoint string `json:"endpoint"`
	Up       bool   `json:"up"`
	TLS      bool   `json:"tls"`
	// Requests is how many arrived since the start, or the last reset or forget; Dropped is how many of them the journal no longer has.
	Requests int `json:"requests"`
	Dropped  int `json:"dropped"`
	// Last is the number of the newest request. Numbers go on after a reset.
	Last        int `json:"last"`
	Connections int `json:"connections"`
	// Open is how many of the connections are open.
	Open int `json:"open"`
	// Accepted is what a mimir has accepted since its start; nil for others.
	Accepted *Counts `json:"accepted,omitempty"`
	// Script is the list of replies with its progress.
	Script Script `json:"script"`
}

// Counts are numbers of what a fake accepted, or of what one request carried.
type Counts struct {
	Requests   int64 `json:"requests"`
	Series     int64 `json:"series"`
	Samples    int64 `json:"samples"`
	Exemplars  int64 `json:"exemplars"`
	Histograms int64 `json:"histograms"`
	Metadata   int64 `json:"metadata"`
	Profiles   int64 `json:"profiles"`
	Bytes      int64 `json:"bytes"`
}

// Script is the state of a fake's replies in both layers.
type Script struct {
	// Text is the whole script in the syntax of package reply, played replies included. A GET with Accept: text/plain gives only this.
	Text string `json:"text"`
	// Seed settles what the script leaves to chance; 0 when nothing is.
	Seed uint32 `json:"seed,omitempty"`
	// Played and Total are replies of all sections together; defaults are not counted.
	Played   int       `json:"played"`
	Total    int       `json:"total"`
	Sections []Section `json:"sections"`
	// Connections is the list for the layer below; nil when nothing is scripted there.
	Connections *Section `json:"connections,omitempty"`
}

// Section is the list of replies for one selector.
type Section struct {
	// Match is the selector, for example "kind=metadata tenant=a"; empty for all requests of the main kinds, "connections" for connections.
	Match   string   `json:"match"`
	Replies []string `json:"replies"`
	Default string   `json:"default"`
	// Played is how many of Replies were given, AfterEnd how often the default was (-1 for connections, where it is not counted).
	Played   int `json:"played"`
	AfterEnd int `json:"afterEnd"`
}

// Session is a set of fakes of its own.
type Session struct {
	ID string `json:"id"`
	// TTL is how long nobody may speak of the session before it is deleted; empty means for ever.
	TTL     string    `json:"ttl,omitempty"`
	Created time.Time `json:"created"`
	// Expires is when that will be; absent without TTL.
	Expires time.Time `json:"expires,omitzero"`
	Fakes   []Fake    `json:"fakes"`
}

// NewSession asks for a session.
type NewSession struct {
	// ID is letters, digits, "-" and "_"; empty takes one that is free.
	ID  string `json:"id,omitempty"`
	TTL string `json:"ttl,omitempty"`
	// Fakes are at least one; names must differ.
	Fakes []Spec `json:"fakes"`
}
