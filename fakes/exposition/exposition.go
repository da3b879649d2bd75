// Package exposition is a fake program that is scraped for metrics: it serves pages as they were written, one for each scrape, or generated
// ones, as text, OpenMetrics or protobuf, and misbehaves on demand. Start with [StartT] (or [Start]), [Options] and [Server.WaitFor].
//
//	e := exposition.StartT(t, exposition.Options{Pages: []exposition.Page{{Text: "up_to_date {{scrape}}\n"}}})
//	... let what is under test scrape e.URL() ...
//	e.WaitFor(ctx, 2)
//
// What it does not do: summaries, escaped UTF-8 names and OpenMetrics' rarer types in generated pages (write such a page as text).
package exposition

import (
	"context"
	"fmt"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// The kinds of requests, as scripts select them. Replies without a selector are for Scrape.
const (
	KindScrape = "scrape"
	KindOther  = "other" // anything but GET and HEAD
)

// Options say what is served, at every path. The zero value listens on a free port of 127.0.0.1 and serves the one series
// scrape_number, whose value is the number of the scrape.
type Options struct {
	server.Options
	// Pages are served one for each scrape, the last one for ever.
	Pages []Page
	// Source makes the metrics for a scrape, when there are no Pages; nil is Series(0).
	Source Source
	// Formats are what Source's metrics are served as, whichever the client prefers; empty means all.
	Formats []Format
	// Gzip compresses for clients that take it.
	Gzip bool
}

// Page is a page as it is served, except that {{scrape}} in it becomes the number of the scrape.
type Page struct {
	Text string
	// ContentType is empty for OpenMetrics when the text ends with "# EOF", and for the text format otherwise.
	ContentType string
}

// Server is a running fake. It has all methods of [server.Server]. They may be called by several goroutines at once.
type Server struct {
	*server.Server
	options Options
	content *content
}

// Start opens the listener and serves until Close.
func Start(options Options) (*Server, error) {
	for _, f := range options.Formats {
		if contentTypes[f] == "" {
			return nil, fmt.Errorf("start a fake exposition: unknown format %q", f)
		}
	}
	options.KeepReplies = true
	s := &Server{options: options, content: newContent(options)}
	return server.StartAs(s, &s.Server, options.Options, (*handler)(s), KindScrape)
}

// StartT starts the fake for a test with at most one Options, and closes it when the test ends. A [Server.WaitFor] that fails then
// also ends the test.
func StartT(t server.T, options ...Options) *Server {
	t.Helper()
	return server.ForTest(t, "exposition", Start, options...)
}

// SetPages changes what the scrapes from now on are served: these pages one after the other, the last one for ever. Numbers of scrapes go on.
func (s *Server) SetPages(pages ...Page) { s.content.setPages(pages) }

// SetSource serves generated metrics from now on.
func (s *Server) SetSource(source Source) { s.content.setSource(source) }

// Count is how many scrapes were to be answered by the fake itself, which is also the number of the last.
func (s *Server) Count() int { return s.content.count() }

// Scrape is one scrape with what was served.
type Scrape = journal.Scrape

// Scrapes are the scrapes so far, in order of arrival, those that were refused or failed among them.
func (s *Server) Scrapes() []Scrape { return journal.Scrapes(s.Exchanges(), KindScrape) }

// Decode says what an exchange of this fake was.
func (s *Server) Decode(e journal.Exchange) Scrape { return journal.ScrapeOf(e) }

// WaitFor waits until n scrapes were served whole, without polling. The error says how many there were.
func (s *Server) WaitFor(ctx context.Context, n int) error {
	served := 0
	err := s.Wait(ctx, func(all []journal.Exchange) bool {
		served = 0
		for _, e := range all {
			if s.Decode(e).Served != nil {
				served++
			}
		}
		return served >= n
	})
	if err == nil {
		return nil
	}
	s.Test().Helper()
	return s.GiveUp(fmt.Errorf("fake exposition: wait for %d scrapes: %w\n\t%d were served; so far: %s", n, context.Cause(ctx), served, s.Summary()))
}
