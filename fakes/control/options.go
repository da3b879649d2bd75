package control

import (
	"context"
	"net"
	"net/http"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
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
	// Mimir and Pyroscope attach queries to a fake that was just started, on its own port.
	Mimir     func(*mimir.Server)
	Pyroscope func(*pyroscope.Server)
	// Flame merges what a pyroscope accepted, by a selector and a profile type (both may be empty), into a tree of {name, self, total,
	// children}. FlameOf makes the tree of one profile's sample type of this index.
	Flame   func(p *pyroscope.Server, selector, profileType string) (tree any, err error)
	FlameOf func(p *profile.Profile, index int) (tree any)
}
