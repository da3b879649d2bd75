// Package component is the contract between the agent and its components, and the graph that joins them.
//
// It knows no concrete component: the agent hands it a table of [Definition]s.
package component

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Definition is one row of the agent's component table.
type Definition struct {
	// Name as written in a configuration, for example "prometheus.scrape".
	Name string
	// Arguments returns a pointer to a new arguments struct with all defaults set; the configuration is decoded into it.
	// If the struct has a method Validate() error, it is called after decoding.
	Arguments func() any
	// Build makes a component that is not running yet. args is what Arguments returned, decoded and validated. Everything
	// that can fail fails here, so that a configuration is accepted or refused as a whole.
	Build func(opts Options, args any) (Component, error)
}

// Component is one running piece of the agent. Exactly one of Run and Discard is called, once.
type Component interface {
	// Exports returns what other components may refer to, as a struct with river tags, or nil. It is valid from Build on
	// and never changes: a receiver stays the same object across updates.
	Exports() any
	// Prepare checks new arguments and readies everything that can fail, without any effect yet. The returned change is
	// either committed or discarded before the next Prepare.
	Prepare(args any) (Change, error)
	// Run works until ctx is done, then cleans up and returns. An error means that the component failed.
	Run(ctx context.Context) error
	// Discard releases what Build acquired when the component will never run.
	Discard()
}

// Debugger is a component that has something to tell about its present state.
type Debugger interface {
	// DebugInfo returns a struct or map that marshals to JSON. Secrets are of a type that hides itself.
	DebugInfo() any
}

// Deliverer is a component that delivers somewhere and has something to tell about how that goes.
type Deliverer interface {
	// Delivery returns a struct or list that marshals to JSON. Secrets are of a type that hides itself.
	Delivery() any
}

// Change is a prepared update: exactly one of Commit and Discard is called, once. Neither can fail.
type Change interface {
	Commit()
	Discard()
}

// DialFunc opens a connection to addr ("host:port"). It is the agent's only way out.
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// Options is what every component gets from the agent. All fields are set.
type Options struct {
	// ID is the full name, for example "prometheus.scrape.demo".
	ID string
	// Logger carries the component's id.
	Logger *slog.Logger
	// Registerer adds the label component_id to every metric registered through it.
	Registerer prometheus.Registerer
	// DataPath is <storage.path>/<ID>. It is not created for the component.
	DataPath string
	// Dial opens every outgoing connection.
	Dial DialFunc
	// Getenv looks up an environment variable.
	Getenv func(string) string
	// UserAgent names the agent and its version in requests.
	UserAgent string
	// ShutdownTimeout is how long Run may go on flushing after its context is done.
	ShutdownTimeout time.Duration
}
