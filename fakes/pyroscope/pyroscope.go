// Package pyroscope is a fake Grafana Pyroscope: it takes profiles as Connect unary calls of push.v1.PusherService/Push and at /ingest,
// records every request, and misbehaves on demand. Start with [StartT] (or [Start]), [Server.Replies] and [Server.WaitFor].
//
//	p := pyroscope.StartT(t)
//	p.Replies().Then(reply.Error("unavailable", "try later", 0))
//	... run what is under test against p.URL() ...
//	p.WaitFor(ctx, pyroscope.Profiles(`process_cpu{service_name="a"}`, 1))
//
// What it does not do: answer queries (package query/profiles does, over its data), gRPC and gRPC-Web, streaming calls, the binary formats
// tree, trie, JFR and speedscope of /ingest (they are recorded, not parsed), and splitting a profile of several sample types into several
// series.
package pyroscope

import (
	"sync/atomic"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/rate"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// The kinds of requests, as scripts select them. Replies without a selector are for Profile.
const (
	KindProfile = "profile" // a push, be it one that does not decode
	KindOther   = "other"
)

// The paths that the fake serves, under any prefix.
const (
	PushPath   = "/push.v1.PusherService/Push"
	IngestPath = "/ingest"
)

// Options say how the fake behaves. The zero value listens on a free port of 127.0.0.1 and takes everything that decodes.
type Options struct {
	server.Options
	// Strict also refuses, with Pyroscope's code and wording, what Pyroscope refuses: see [Limits].
	Strict bool
	// Limits are what Strict checks; the zero value has Pyroscope's defaults, but none for how fast profiles come.
	Limits Limits
	// MaxInflated is how many bytes a compressed body may have once inflated, and likewise a profile; 0 means 32 MiB. A larger body is
	// answered resource_exhausted, a larger profile is not parsed.
	MaxInflated int
}

const defaultMaxInflated = 32 << 20

// Server is a running fake Pyroscope. It has all methods of [server.Server]. They may be called by several goroutines at once.
type Server struct {
	*server.Server
	options  Options
	strict   atomic.Bool
	limits   atomic.Pointer[Limits]
	rates    rate.Limiter
	slots    chan struct{}
	accepted *journal.Journal[entry]
}

// parseSlots is how many profiles are inflated and parsed at once, which bounds the memory that hostile ones can take.
const parseSlots = 4

// Start opens the listener and serves until [Server.Close].
func Start(options Options) (*Server, error) {
	if options.MaxInflated <= 0 {
		options.MaxInflated = defaultMaxInflated
	}
	s := &Server{
		options:  options,
		slots:    make(chan struct{}, parseSlots),
		accepted: journal.New(journal.Options[entry]{Limits: options.Journal, Size: (*entry).size, Stamp: (*entry).stamp}),
	}
	s.SetStrict(options.Strict)
	s.SetLimits(options.Limits)
	return server.StartAs(s, &s.Server, options.Options, (*handler)(s), KindProfile)
}

// StartT starts the fake for a test with at most one Options, and closes it when the test ends. A [Server.WaitFor] that fails then
// also ends the test, so its error need not be looked at.
func StartT(t server.T, options ...Options) *Server {
	t.Helper()
	return server.ForTest(t, "pyroscope", Start, options...)
}

// Forget empties the journals and the accepted data. Scripts stay where they are.
func (s *Server) Forget() {
	s.Server.Forget()
	s.accepted.Reset()
	s.rates.Reset()
}
