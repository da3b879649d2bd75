package control

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// DefaultSession is the session of the fakes that the process began with.
const DefaultSession = "default"

// defaultMaxSessions is how many sessions there may be, when Options do not say.
const defaultMaxSessions = 1000

// Server is sets of running fakes that take commands over HTTP. All methods may be called by several goroutines at once.
type Server struct {
	options Options
	hub     *hub
	handler http.Handler
	ending  sync.WaitGroup // sessions whose time is over

	mu       sync.Mutex // guards all below
	sessions []*session // oldest first
	closed   bool
}

var errClosed = errors.New("the process of fakes is ending")

// New starts the fakes of [Options]. An error is that one of them cannot start; then none runs.
func New(o Options) (*Server, error) {
	if o.MaxSessions <= 0 {
		o.MaxSessions = defaultMaxSessions
	}
	if o.Bind == "" {
		o.Bind = "127.0.0.1"
	}
	s := &Server{options: o, hub: newHub()}
	s.handler = s.newHandler()
	begun, err := s.newSession(DefaultSession, 0, o.Fakes)
	if err != nil {
		return nil, err
	}
	s.sessions = []*session{begun}
	return s, nil
}

// Handler serves the API and the page.
func (s *Server) Handler() http.Handler { return s.handler }

// Close closes all fakes, ends the streams of events, and waits until nothing of the server runs any more.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	sessions := s.sessions
	s.sessions = nil
	s.mu.Unlock()
	for _, one := range sessions {
		one.close()
	}
	s.hub.close()
	s.ending.Wait()
}

// Fakes are the fakes of all sessions that run now.
func (s *Server) Fakes() []api.Fake {
	var all []api.Fake
	for _, one := range s.list() {
		all = append(all, one.states()...)
	}
	return all
}

func (s *Server) list() []*session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sessions)
}

// begin starts a session that somebody asked for.
func (s *Server) begin(asked api.NewSession) (*session, error) {
	ttl, err := duration("ttl", asked.TTL, 0)
	if err != nil {
		return nil, err
	}
	id := asked.ID
	if id == "" {
		id = newID()
	}
	if !isName(id) {
		return nil, badRequest("session %q: want letters, digits, - and _", id)
	}
	if len(asked.Fakes) == 0 {
		return nil, badRequest(`session %s: it has no fakes: want "fakes":[{"kind":"mimir"}]`, id)
	}
	if err := s.admit(id); err != nil {
		return nil, err
	}
	begun, err := s.newSession(id, ttl, asked.Fakes)
	if err != nil {
		return nil, err
	}
	if err := s.keep(begun); err != nil {
		begun.close()
		return nil, err
	}
	s.hub.add(api.Event{Type: api.EventSession, Session: id, Action: "created"})
	return begun, nil
}

// admit refuses a session early that keep would refuse, before its ports are opened.
func (s *Server) admit(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.admitLocked(id)
}

func (s *Server) admitLocked(id string) error {
	switch {
	case s.closed:
		return errClosed
	case len(s.sessions) > s.options.MaxSessions:
		return &problem{status: http.StatusTooManyRequests, text: fmt.Sprintf("there are %d sessions already: delete some, or start them with a ttl", len(s.sessions)-1)}
	case slices.ContainsFunc(s.sessions, func(one *session) bool { return one.id == id }):
		return &problem{status: http.StatusConflict, text: fmt.Sprintf("session %q exists already", id)}
	}
	return nil
}

func (s *Server) keep(begun *session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admitLocked(begun.id); err != nil {
		return err
	}
	s.sessions = append(s.sessions, begun)
	begun.startTimer(func() { s.expire(begun) })
	return nil
}

// expire ends a session of which nobody spoke for its TTL.
func (s *Server) expire(old *session) {
	if s.remove(old) {
		s.end(old, "expired")
	}
}

// remove takes a session out of the list and reports whether it was there: then the caller must end it.
func (s *Server) remove(old *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.sessions, old)
	if i < 0 {
		return false
	}
	s.sessions = slices.Delete(s.sessions, i, i+1)
	s.ending.Add(1)
	return true
}

func (s *Server) end(old *session, why string) {
	defer s.ending.Done()
	old.close()
	s.hub.add(api.Event{Type: api.EventSession, Session: old.id, Action: why})
}

// session finds a session.
func (s *Server) session(id string) (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, one := range s.sessions {
		if one.id == id {
			return one, nil
		}
		ids = append(ids, one.id)
	}
	return nil, notFound("there is no session %q: there are %s; one with a ttl is deleted when nobody uses it", id, listed(ids))
}

// fake finds a fake by its id.
func (s *Server) fake(id string) (*session, *fake, error) {
	of, name := DefaultSession, id
	if before, after, ok := strings.Cut(id, "."); ok {
		of, name = before, after
	}
	one, err := s.session(of)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, f := range one.fakes {
		if f.name == name {
			return one, f, nil
		}
		names = append(names, f.id)
	}
	return nil, nil, notFound("there is no fake %q: there are %s", id, listed(names))
}
