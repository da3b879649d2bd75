package pyroscope

import (
	"time"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// Format is how a request carries its profiles.
type Format string

// The formats. Those of /ingest that are not listed are recorded under their own name and not parsed.
const (
	ConnectProto Format = "connect-proto" // a call of Push in protobuf
	ConnectJSON  Format = "connect-json"  // a call of Push in JSON
	IngestPprof  Format = "pprof"         // /ingest: a form with a pprof file, or the file alone
	IngestFolded Format = "folded"        // /ingest: lines of "a;b;c 10"
	IngestLines  Format = "lines"         // /ingest: lines of "a;b;c", one for each sample
)

// Push is one request with what its body said. The slices must not be written to.
type Push struct {
	journal.Exchange
	Format Format `json:"format,omitempty"`
	// Tenant is the header X-Scope-OrgID.
	Tenant string `json:"tenant,omitempty"`
	// Profiles are in the order sent, each with the labels of its series.
	Profiles []Profile `json:"profiles,omitempty"`
	// DecodeError tells why the body could not be decoded; empty when it could, or has not been read yet.
	DecodeError string `json:"decodeError,omitempty"`
}

// Accepted reports whether the client was told 2xx.
func (p *Push) Accepted() bool { return isAccepted(&p.Exchange) }

func isAccepted(e *journal.Exchange) bool {
	return e.Status/100 == 2 && e.Outcome == server.Replied
}

// Profile is one profile of a push.
type Profile struct {
	Tenant string `json:"tenant,omitempty"`
	// Labels are in the order sent. For /ingest they are made of the parameter name: see [Server.Pushes].
	Labels labels.Labels `json:"labels"`
	// ID is what the sender named the profile; only Push has it.
	ID string `json:"id,omitempty"`
	// Annotations are what Push sends beside the labels.
	Annotations labels.Labels `json:"annotations,omitempty"`
	// Raw is the profile as sent.
	Raw []byte `json:"raw"`
	// Parsed is the profile taken apart; nil when it could not be, and ParseError tells why.
	Parsed     *profile.Profile `json:"-"`
	ParseError string           `json:"parseError,omitempty"`
	// Ingest is what /ingest tells about the profile; nil for Push.
	Ingest *Ingest `json:"ingest,omitempty"`

	format   Format
	inflated int // how many bytes the profile has once inflated; known when it was parsed as pprof
}

// Ingest is what the query and the form of /ingest tell about a profile.
type Ingest struct {
	Name            string    `json:"name"` // as sent: app{tag=value}
	From            time.Time `json:"from,omitzero"`
	Until           time.Time `json:"until,omitzero"`
	SpyName         string    `json:"spyName,omitempty"`
	SampleRate      string    `json:"sampleRate,omitempty"`
	Units           string    `json:"units,omitempty"`
	AggregationType string    `json:"aggregationType,omitempty"`
	// Previous is the profile before this one, which some clients send to have the difference made.
	Previous []byte `json:"previous,omitempty"`
	// SampleTypeConfig is the JSON that says how to read the sample types.
	SampleTypeConfig []byte `json:"sampleTypeConfig,omitempty"`
}

// Pushes decodes all recorded requests, oldest first; those not answered yet among them. Bodies are decoded and profiles parsed anew at
// each call: with much data, ask once and keep the answer.
//
// A profile of /ingest has the labels __name__ (process_cpu, memory, ..., by what the profile counts), service_name (the name before the
// braces, unless a tag gives it), and the tags but those whose names begin with two underscores.
func (s *Server) Pushes() []Push {
	exchanges := s.Exchanges()
	pushes := make([]Push, len(exchanges))
	for i := range exchanges {
		pushes[i] = s.Decode(exchanges[i])
	}
	return pushes
}

// Decode reads what the body of one exchange of this fake said, as Pushes does for all of them.
func (s *Server) Decode(e journal.Exchange) Push {
	p := Push{Exchange: e, Tenant: tenantOf(&e)}
	if e.Read.IsZero() || e.Kind != KindProfile {
		return p
	}
	body := s.decode(&e, func(int64) error { return nil }) // of a reader in this process, one at a time
	p.Format, p.Profiles = body.format, body.profiles
	if body.err != nil {
		p.DecodeError = body.err.Error()
	}
	s.parseAll(p.Profiles)
	return p
}

func tenantOf(e *journal.Exchange) string { return e.Header.Get("X-Scope-OrgID") }
