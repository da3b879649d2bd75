// Package mimir is a fake Grafana Mimir: it takes Prometheus remote write, 1.0 and 2.0, at any path, records every request, and
// misbehaves on demand. Start with [StartT] (or [Start]), [Server.Replies] and [Server.WaitFor].
//
//	m := mimir.StartT(t)
//	m.Replies().ThenStatus(503, 503)
//	... run what is under test against m.PushURL() ...
//	m.WaitFor(ctx, mimir.Samples(`up{job="a"}`, 1))
//
// What it does not do: evaluate PromQL (package query/metrics does, over its data), keep tenants apart in anything but the data it shows,
// join the ring of a cluster, or take what a strict Mimir would take of a request of which it refuses a part: such a request counts as refused whole.
package mimir

import (
	"sync"
	"sync/atomic"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/rate"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// The kinds of requests, as scripts select them. Replies without a selector are for Samples.
const (
	KindSamples  = "samples"  // a write with series in it, or one that does not decode
	KindMetadata = "metadata" // a write of version 1.0 that carries metadata and no series
	KindOther    = "other"    // anything that is not a POST
)

// PushPath is where Mimir takes remote write. The fake takes it at any path.
const PushPath = "/api/v1/push"

// Options say how the fake behaves. The zero value listens on a free port of 127.0.0.1 and takes everything that decodes.
type Options struct {
	server.Options
	// Strict refuses with Mimir's status and wording what Mimir refuses: a missing tenant, samples out of order, bad names and what
	// goes beyond [Limits]. Labels out of order are refused too, as remote write forbids them, though newer Mimirs sort them.
	Strict bool
	// Limits are what Strict checks; the zero value has Mimir's defaults, but none for how many series there are and how fast they come.
	Limits Limits
	// MaxDecoded is how many bytes a body may have once inflated, and how many its decoded form may take twice over; more is
	// answered 413. 0 means 100 MiB.
	MaxDecoded int
	// Discard keeps nothing of what comes but the numbers of [Server.Counts]: for measuring how fast somebody can send.
	Discard bool
}

const defaultMaxDecoded = 100 << 20

// Server is a running fake Mimir. It has all methods of [server.Server]. They may be called by several goroutines at once.
type Server struct {
	*server.Server
	options Options

	strict  atomic.Bool
	limits  atomic.Pointer[Limits]
	discard atomic.Bool

	table    atomic.Pointer[table]
	inflater *inflater
	decoders sync.Pool // of *decoder
	accepted *journal.Journal[entry]
	order    order
	rates    rate.Limiter
	counts   counters
	bell     journal.Bell // rung after each accepted request
}

// Start opens the listener and serves until [Server.Close].
func Start(options Options) (*Server, error) {
	if options.MaxDecoded <= 0 {
		options.MaxDecoded = defaultMaxDecoded
	}
	s := &Server{
		options:  options,
		inflater: newInflater(options.MaxDecoded),
		accepted: journal.New(journal.Options[entry]{Limits: options.Journal, Size: (*entry).size, Stamp: (*entry).stamp}),
	}
	s.table.Store(newTable(tableLimit(options.Journal)))
	s.SetStrict(options.Strict)
	s.SetLimits(options.Limits)
	if s.discard.Store(options.Discard); options.Discard {
		options.Journal = newestOnly
	}
	return server.StartAs(s, &s.Server, options.Options, (*handler)(s), KindSamples)
}

// StartT starts the fake for a test with at most one Options, and closes it when the test ends. A [Server.WaitFor] that fails then
// also ends the test, so its error need not be looked at.
func StartT(t server.T, options ...Options) *Server {
	t.Helper()
	return server.ForTest(t, "mimir", Start, options...)
}

// PushURL is where to send remote write: the fake's URL with Mimir's own path.
func (s *Server) PushURL() string { return s.URL() + PushPath }

// Forget empties the journals, the accepted data and the memory of strict mode. Scripts stay where they are, counts too.
func (s *Server) Forget() {
	s.Server.Forget()
	s.accepted.Reset()
	s.table.Store(newTable(s.table.Load().limit))
	s.order.reset()
	s.rates.Reset()
}
