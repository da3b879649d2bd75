package control

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// Options say what to start with and what to link. The zero value has no fakes yet, no page and no queries.
type Options struct {
	// Fakes are those of the session "default", which is never deleted. They are started in this order, except that an issuer comes before
	// those that name it.
	Fakes []api.Spec
	// Bind is the host at which fakes listen whose Spec has no host; empty means 127.0.0.1.
	Bind string
	// Listen opens the fakes' listeners and Dial reaches the targets of proxies; nil means real sockets.
	Listen func(network, address string) (net.Listener, error)
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	// Page answers every GET that is not of the API.
	Page http.Handler
	// Query answers queries over what the fakes hold.
	Query Query
	// Hosts are names under which this API may be spoken to, beside localhost and IP addresses.
	Hosts []string
	// MaxSessions is how many sessions there may be at once; 0 means 1000.
	MaxSessions int
}

// Query is how queries over the data are linked, which the packages below query do and this package does not: PromQL is large. A function that is
// nil leaves its queries out.
type Query struct {
	// Mimir attaches queries to a fake that was just started, on its own port, and gives what answers Prometheus' query API below
	// /prometheus over what all tenants sent.
	Mimir func(*mimir.Server) http.Handler
	// Pyroscope attaches queries likewise, and gives what the control API asks.
	Pyroscope func(*pyroscope.Server) Profiles
	// FlameOf makes the tree of one profile's sample type of this index: {name, self, total, children}.
	FlameOf func(p *profile.Profile, index int) (tree any)
}

// Profiles asks one pyroscope what it holds, over all tenants.
type Profiles struct {
	// Merge adds profiles up; it is an error when none is found.
	Merge func(ProfileQuery) (*profile.Profile, error)
	Held  func() []HeldProfiles
}

// ProfileQuery says which profiles are meant, by a selector, a profile type, and the time that they were taken. What is empty bounds nothing.
type ProfileQuery struct {
	Selector, Type string
	From, Until    time.Time
}

// HeldProfiles is what is held of one profile type, tenant and label set.
type HeldProfiles struct {
	Type, Tenant string
	Labels       labels.Labels
	Profiles     int
	From, Until  time.Time
}
