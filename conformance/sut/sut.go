// Package sut is the contract between the harness and a system under test: an agent that is configured, started, watched,
// reloaded and stopped.
//
// An [Adapter] knows one kind of agent, a [Process] is one agent that was started. The canonical configuration is River:
// an adapter takes it as it is or translates it, and answers with [Unsupported] what its agent cannot be asked. The package
// starts nothing and judges nothing.
package sut

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// Lane is where an agent runs.
type Lane string

const (
	// Virtual is inside a bubble of testing/synctest, on an in-memory network, with exact times.
	Virtual Lane = "virtual"
	// Real is a process on loopback sockets and the wall clock.
	Real Lane = "real"
)

// Adapter knows how one kind of agent is driven. Adapters are immutable and safe for concurrent use.
type Adapter interface {
	// Name is the word by which the agent is selected, for example "prometheus".
	Name() string
	// Lanes are the lanes the agent can run on.
	Lanes() []Lane
	// Probe asks the agent what it is. An error means that it cannot be used here, and says what to do about it.
	Probe(ctx context.Context) (Info, error)
	// Start starts the agent on lane Setup.Lane and returns at once: readiness is awaited with Process.Ready. The error is
	// an *Unsupported when the configuration holds something that this agent cannot be asked. ctx bounds the start only.
	Start(ctx context.Context, setup Setup) (Process, error)
}

// DialFunc opens a connection to addr ("host:port").
type DialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// ListenFunc opens a listener on addr ("host:port", where port 0 takes a free one).
type ListenFunc func(network, addr string) (net.Listener, error)

// Setup is everything one start of an agent depends on.
type Setup struct {
	Lane Lane
	// Folder is a private folder that exists; the adapter writes translated configurations into it.
	Folder string
	// Storage is where the agent keeps its data. It may hold those of an earlier start.
	Storage string
	// Config is the configuration in River, with everything filled in.
	Config []byte
	// Output takes what the agent prints. Writes come one at a time.
	Output io.Writer
	// Env is the environment as NAME=VALUE, beside what the adapter itself puts there.
	Env []string
	// Dial and Listen are the network on the virtual lane, nil on the real one.
	Dial   DialFunc
	Listen ListenFunc
}

// Process is one agent that was started. All methods are safe for concurrent use.
type Process interface {
	// URL is the root of the agent's HTTP server, without a slash at the end. It is known from Ready on; empty when the
	// agent has none.
	URL() string
	// Ready waits until the agent says that it is ready. The error is an *Exited when the agent ended first, otherwise
	// ctx's.
	Ready(ctx context.Context) error
	// Configure replaces the configuration that the agent reads at its next reload. The error is an *Unsupported when the
	// configuration holds something that the agent cannot be asked.
	Configure(config []byte) error
	// Reload asks the agent over HTTP to read its configuration again and waits for the answer. The error is a *Refused
	// when the agent turned it down, an *Unsupported when it cannot be asked, otherwise the reason why no answer came.
	Reload(ctx context.Context) error
	// Signal delivers a signal. Nothing happens when the agent has ended already.
	Signal(s Signal) error
	// Done is closed when the agent has ended and everything it printed was handed to Setup.Output.
	Done() <-chan struct{}
	// Gone is closed when nothing of the agent runs any more. That is Done, except for an agent inside this process that was
	// killed: for everybody else it has ended, while its goroutines still find out.
	Gone() <-chan struct{}
	// Exit tells how the agent ended. It is valid once Done is closed.
	Exit() Exit
	// Storage is the folder that the next start is given. It differs from Setup.Storage only after Kill on the virtual lane,
	// where the agent cannot be stopped at an instant but its folder can be copied.
	Storage() string
}

// Signal is what can be sent to an agent.
type Signal string

const (
	Terminate Signal = "TERM" // asks to stop
	Interrupt Signal = "INT"  // asks to stop
	Hangup    Signal = "HUP"  // asks to read the configuration file again
	Kill      Signal = "KILL" // ends at once
)

// Exit is how an agent ended.
type Exit struct {
	At time.Time `json:"at"`
	// Code is the exit status, -1 when a signal ended the agent.
	Code int `json:"code"`
	// Signal names the signal that ended the agent, if one did.
	Signal string `json:"signal,omitempty"`
	// Error is what an agent inside this process returned, for the log.
	Error string `json:"error,omitempty"`
}

// ComponentLister is an adapter whose agent tells about its components.
type ComponentLister interface {
	// ListComponents asks the agent by fetch, which gets the page at a path of its HTTP server.
	ListComponents(fetch func(path string) ([]byte, error)) ([]observe.Component, error)
}

// TargetLister is an adapter whose agent tells how its last scrapes went.
type TargetLister interface {
	// ListTargets asks the agent by fetch, which gets the page at a path of its HTTP server.
	ListTargets(fetch func(path string) ([]byte, error)) ([]observe.Target, error)
}

// LogReader is an adapter that can read the write-ahead logs of its agent.
type LogReader interface {
	// ReadLogs reads the logs below a storage folder. It changes nothing there, and the agent may be running.
	ReadLogs(storage string) ([]observe.Log, error)
}
