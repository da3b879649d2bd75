package control

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// session is a set of fakes with a time to live.
type session struct {
	id      string
	ttl     time.Duration // 0 is for ever
	created time.Time
	fakes   []*fake // in the order asked for

	mu      sync.Mutex // guards all below
	timer   *time.Timer
	users   int // calls in progress; the timer stands meanwhile
	expires time.Time
}

// newSession starts fakes; when one cannot start, none runs.
func (s *Server) newSession(id string, ttl time.Duration, specs []api.Spec) (*session, error) {
	one := &session{id: id, ttl: ttl, created: time.Now(), fakes: make([]*fake, len(specs))}
	specs, err := named(specs)
	if err != nil {
		return nil, err
	}
	for _, i := range startOrder(specs) {
		f, err := s.newFake(one, specs[i])
		if err != nil {
			one.fakes = slices.DeleteFunc(one.fakes, func(f *fake) bool { return f == nil })
			one.close()
			return nil, fmt.Errorf("start fake %s: %w", specs[i].Name, err)
		}
		one.fakes[i] = f
	}
	for _, f := range one.fakes {
		f.follow(s.hub)
	}
	return one, nil
}

// named gives fakes without a name that of their kind, and refuses names that will not do.
func named(specs []api.Spec) ([]api.Spec, error) {
	specs = slices.Clone(specs)
	taken := map[string]bool{}
	for i := range specs {
		spec := &specs[i]
		if spec.Name == "" {
			spec.Name = spec.Kind
		}
		switch {
		case kinds[spec.Kind] == nil:
			return nil, badRequest("fakes[%d]: there is no kind %q: there are %s", i, spec.Kind, listed(Kinds()))
		case !isName(spec.Name):
			return nil, badRequest("fakes[%d]: name %q: want letters, digits, - and _", i, spec.Name)
		case taken[spec.Name]:
			return nil, badRequest("fakes[%d]: there is another fake %q: give one of them another name", i, spec.Name)
		}
		taken[spec.Name] = true
	}
	return specs, nil
}

// startOrder is the places of the specs, issuers first: others ask them about tokens.
func startOrder(specs []api.Spec) []int {
	var issuers, others []int
	for i, spec := range specs {
		if spec.Kind == api.OAuth2 {
			issuers = append(issuers, i)
		} else {
			others = append(others, i)
		}
	}
	return append(issuers, others...)
}

// find is the fake of this name, nil when there is none.
func (s *session) find(name string) *fake {
	for _, f := range s.fakes {
		if f != nil && f.name == name {
			return f
		}
	}
	return nil
}

// close closes all fakes and waits for them.
func (s *session) close() {
	s.mu.Lock()
	if s.timer != nil {
		s.timer.Stop()
	}
	s.mu.Unlock()
	for _, f := range s.fakes {
		f.close()
	}
}

// startTimer begins to count the time to live.
func (s *session) startTimer(expire func()) {
	if s.ttl == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expires = time.Now().Add(s.ttl)
	s.timer = time.AfterFunc(s.ttl, func() {
		if s.idle() {
			expire()
		}
	})
}

func (s *session) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users == 0
}

// use keeps the session alive until the function that it returns is called, and for its TTL from then on.
func (s *session) use() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users++
	if s.timer != nil {
		s.timer.Stop()
	}
	return s.release
}

func (s *session) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users == 0 && s.timer != nil {
		s.expires = time.Now().Add(s.ttl)
		s.timer.Reset(s.ttl)
	}
}

func (s *session) states() []api.Fake {
	states := make([]api.Fake, len(s.fakes))
	for i, f := range s.fakes {
		states[i] = f.state()
	}
	return states
}

func (s *session) describe() api.Session {
	s.mu.Lock()
	expires, busy := s.expires, s.users > 0
	s.mu.Unlock()
	d := api.Session{ID: s.id, Created: s.created, Fakes: s.states()}
	if s.ttl > 0 {
		d.TTL = s.ttl.String()
		if busy {
			expires = time.Now().Add(s.ttl)
		}
		d.Expires = expires
	}
	return d
}

// newID is an id that nobody has used, not even before this process began.
func newID() string { return strings.ToLower(rand.Text()[:10]) }

// isName reports whether a text may name a fake or a session.
func isName(text string) bool {
	return len(text) > 0 && len(text) <= 64 && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}
