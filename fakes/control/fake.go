package control

import (
	"context"
	"errors"
	"sync"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// fake is one running fake of a session.
type fake struct {
	*server.Server
	kind      kind
	id, name  string
	session   *session
	spec      api.Spec // as it was started
	ctx       context.Context
	stop      context.CancelCauseFunc
	followers sync.WaitGroup

	// turn has one place: who puts something in may take the fake down and up, or change its settings. It is no mutex, because it is held
	// while requests end.
	turn chan struct{}

	mu      sync.Mutex // guards all below
	auth    api.Auth
	tls     api.TLS
	mode    api.Mode
	before  int // requests that came before the last forget
	dropped int // of them, those that the journal had dropped
}

var errDeleted = errors.New("the fake was closed: its session was deleted")

// newFake starts a fake. What the session has already started may be named by it.
func (s *Server) newFake(one *session, spec api.Spec) (*fake, error) {
	f := &fake{name: spec.Name, id: spec.Name, session: one, spec: spec, turn: make(chan struct{}, 1)}
	if one.id != DefaultSession {
		f.id = one.id + "." + spec.Name
	}
	options, err := s.serverOptions(one, spec)
	if err != nil {
		return nil, err
	}
	if err := checkFields(spec); err != nil {
		return nil, err
	}
	if f.kind, f.Server, err = kinds[spec.Kind](s, spec, options); err != nil {
		return nil, err
	}
	f.ctx, f.stop = context.WithCancelCause(context.Background())
	f.remember(spec)
	if spec.Serve != nil {
		if err := f.kind.serve(*spec.Serve); err != nil {
			f.close()
			return nil, err
		}
	}
	return f, nil
}

func (f *fake) remember(spec api.Spec) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.auth, f.tls, f.mode = api.Auth{}, api.TLS{}, spec.Mode()
	if spec.Auth != nil {
		f.auth = *spec.Auth
	}
	if spec.TLS != nil {
		f.tls = *spec.TLS
	}
}

// close ends waits and streams, then the fake.
func (f *fake) close() {
	f.stop(errDeleted)
	f.Close()
	f.followers.Wait()
}

// inTurn does something while nobody else takes the fake down or up.
func (f *fake) inTurn(do func() error) error {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	return do()
}

// forget empties what the fake keeps.
func (f *fake) forget() {
	f.kind.forget()
	f.mu.Lock()
	defer f.mu.Unlock()
	exchanges := f.ExchangeJournal()
	f.before, f.dropped = exchanges.Total()-exchanges.Len(), exchanges.Dropped()
}

// state is the fake as the API shows it.
func (f *fake) state() api.Fake {
	exchanges, connections := f.ExchangeJournal(), f.ConnectionJournal()
	f.mu.Lock()
	before, dropped := f.before, f.dropped
	f.mu.Unlock()
	last := exchanges.Total()
	return api.Fake{
		ID: f.id, Name: f.name, Kind: f.spec.Kind, Session: f.session.id,
		URL: f.URL(), Addr: f.Addr(), Endpoint: f.kind.endpoint(), Up: f.IsUp(), TLS: f.spec.TLS != nil,
		Requests: last - before, Last: last, Dropped: exchanges.Dropped() - dropped,
		Connections: connections.Total(), Open: open(connections),
		Accepted: f.kind.accepted(), Script: scriptOf(f.Replies()),
	}
}

func open(connections *journal.Journal[journal.Connection]) int {
	n := 0
	for _, c := range connections.All() {
		if c.Closed.IsZero() {
			n++
		}
	}
	return n
}
