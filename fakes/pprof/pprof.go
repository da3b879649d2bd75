// Package pprof is a fake program that is scraped for profiles: it serves /debug/pprof/* and whatever path else, with profiles that tell
// scrapes apart, and misbehaves on demand. Start with [StartT] (or [Start]), [Server.Scrapes] and [Server.WaitFor].
//
//	p := pprof.StartT(t)
//	... let what is under test scrape p.Addr() ...
//	p.WaitFor(ctx, "/debug/pprof/allocs", 2)
//
// What it does not do: the text forms (debug=1 and 2), symbol and trace.
package pprof

import (
	"context"
	"fmt"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// The kinds of requests, as scripts select them. Replies without a selector are for Scrape.
const (
	KindScrape = "scrape"
	KindOther  = "other" // anything but GET
)

// Options say how the fake behaves. The zero value listens on a free port of 127.0.0.1 and serves a generated profile at every path.
type Options struct {
	server.Options
	// Sources are what is served at some paths, in place of a generated profile.
	Sources map[string]Source
	// Known serves only the paths of net/http/pprof, godeltaprof and fgprof, and those of Sources; others are answered 404.
	Known bool
	// Live serves the profiles of the process that the fake runs in at the paths of net/http/pprof, its CPU profile too: see [Live].
	Live bool
	// Stacks is how many stacks a generated profile has; 0 means 3.
	Stacks int
}

// Server is a running fake. It has all methods of [server.Server]. They may be called by several goroutines at once.
type Server struct {
	*server.Server
	sources *sources
}

// Start opens the listener and serves until Close.
func Start(options Options) (*Server, error) {
	options.KeepReplies = true
	s := &Server{sources: newSources(options)}
	return server.StartAs(s, &s.Server, options.Options, (*handler)(s), KindScrape)
}

// StartT starts the fake for a test with at most one Options, and closes it when the test ends. A [Server.WaitFor] that fails then
// also ends the test.
func StartT(t server.T, options ...Options) *Server {
	t.Helper()
	return server.ForTest(t, "pprof", Start, options...)
}

// Serve changes what is served at a path; nil is a generated profile again.
func (s *Server) Serve(path string, source Source) { s.sources.set(path, source) }

// Scrape is one scrape with what was served.
type Scrape = journal.Scrape

// Scrapes are the scrapes so far, in order of arrival, those that were refused or failed among them.
func (s *Server) Scrapes() []Scrape { return journal.Scrapes(s.Exchanges(), KindScrape) }

// Decode says what an exchange of this fake was.
func (s *Server) Decode(e journal.Exchange) Scrape { return journal.ScrapeOf(e) }

// WaitFor waits until the path was served n times, without polling. The error says what was scraped in place of it.
func (s *Server) WaitFor(ctx context.Context, path string, n int) error {
	err := s.Wait(ctx, func(all []journal.Exchange) bool { return count(all, path) >= n })
	if err == nil {
		return nil
	}
	s.Test().Helper()
	return s.GiveUp(fmt.Errorf("fake pprof: wait for %d scrapes of %s: %w\n\tserved %d times; so far: %s", n, path, context.Cause(ctx), count(s.Exchanges(), path), s.Summary()))
}

func count(all []journal.Exchange, path string) int {
	n := 0
	for _, e := range all {
		if e.Kind == KindScrape && e.Path == path && e.ReplyBody != nil && e.Status/100 == 2 {
			n++
		}
	}
	return n
}
