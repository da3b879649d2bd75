package control

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// breath is how long a follower lets things come together: a fake that takes thousands of requests a second does not wake it for each.
const breath = 10 * time.Millisecond

// follow tells the hub what the fake sees, until the fake closes.
func (f *fake) follow(h *hub) {
	f.followers.Go(func() { f.followRequests(h) })
	f.followers.Go(func() { f.followConnections(h) })
}

func (f *fake) followRequests(h *hub) {
	t := exchangeTail(f.ExchangeJournal())
	f.each(t.journal.Changed, func() {
		for _, e := range t.next() {
			summary := f.basics(e)
			h.add(api.Event{Type: api.EventRequest, Fake: f.id, Session: f.session.id, Request: &summary})
		}
	})
}

func (f *fake) followConnections(h *hub) {
	t := connectionTail(f.ConnectionJournal())
	f.each(t.journal.Changed, func() {
		for _, c := range t.next() {
			h.add(api.Event{Type: api.EventConnection, Fake: f.id, Session: f.session.id, Connection: &c})
		}
	})
}

// each looks after each change, and once more when the fake closes.
func (f *fake) each(changed func() <-chan struct{}, look func()) {
	for {
		next := changed()
		look()
		select {
		case <-next:
		case <-f.ctx.Done():
			return
		}
		select {
		case <-time.After(breath):
		case <-f.ctx.Done():
		}
	}
}

// changed tells the hub that somebody commanded the fake.
func (s *Server) changed(f *fake, action string) {
	s.hub.add(api.Event{Type: api.EventState, Fake: f.id, Session: f.session.id, Action: action})
}

// basics is what a list says of a request without decoding it.
func (f *fake) basics(e journal.Exchange) api.Summary {
	s := api.Summary{
		Seq: e.Seq, Fake: f.id, Conn: e.Conn, Kind: e.Kind, Arrived: e.Arrived, Read: e.Read, Replied: e.Replied,
		Method: e.Method, Host: e.Host, Path: e.Path, Query: e.Query, Proto: e.Proto, Tenant: e.Header.Get("X-Scope-OrgID"),
		UserAgent: e.Header.Get("User-Agent"), BodySize: e.BodySize, Status: e.Status, Outcome: e.Outcome,
		Accepted: e.Status/100 == 2 && e.Outcome == "replied",
	}
	s.Counts.Bytes = e.BodySize
	if c, ok := f.ConnectionJournal().Get(e.Conn); ok {
		s.Remote = c.Remote
	}
	return s
}

// summary is what a list says of a request, decoded.
func (f *fake) summary(e journal.Exchange, d description) api.Summary {
	s := f.basics(e)
	s.Line, s.Problem, s.Counts = d.line, d.problem, d.counts
	s.Counts.Bytes = e.BodySize
	return s
}

// describe says what a request carried, once it was read.
func (f *fake) describe(e journal.Exchange, limit int) description {
	if e.Read.IsZero() {
		return description{line: e.Method + " " + e.Path + ", being read"}
	}
	if e.BodyError != "" {
		return description{line: "not read whole: " + e.BodyError, problem: e.BodyError}
	}
	return f.kind.describe(e, limit)
}
