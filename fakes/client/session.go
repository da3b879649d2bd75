package client

import (
	"context"
	"net/http"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// Session is a set of fakes of one's own.
type Session struct {
	ID     string
	client *Client
	fakes  []*Fake
}

// T is the part of testing.TB that [Client.StartT] needs.
type T interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// leftover is how long a session of a test lives that nobody uses: what a crashed test left is gone then.
const leftover = 10 * time.Minute

// Start starts a session of its own for some fakes. Close it, or give it a TTL.
func (c *Client) Start(ctx context.Context, asked api.NewSession) (*Session, error) {
	var begun api.Session
	if err := c.call(ctx, http.MethodPost, api.Version+"/sessions", asked, &begun); err != nil {
		return nil, err
	}
	s := &Session{ID: begun.ID, client: c}
	for _, state := range begun.Fakes {
		s.fakes = append(s.fakes, &Fake{client: c, path: api.Version + "/fakes/" + state.ID, begun: state})
	}
	return s, nil
}

// StartT starts a session for a test and closes it at the test's end. A [Fake.WaitFor] of its fakes that fails then also ends the test.
func (c *Client) StartT(t T, fakes ...api.Spec) *Session {
	t.Helper()
	s, err := c.Start(context.Background(), api.NewSession{TTL: leftover.String(), Fakes: fakes})
	if err != nil {
		t.Fatalf("start a session of fakes: %v", err)
		return nil
	}
	for _, f := range s.fakes {
		f.t = t
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) }) // what cannot be closed now is closed by its TTL
	return s
}

// Fake is the fake with this name, which is its kind unless it was given another; nil when the session has none.
func (s *Session) Fake(name string) *Fake {
	for _, f := range s.fakes {
		if f.begun.Name == name {
			return f
		}
	}
	return nil
}

// Fakes are all fakes of the session, in the order asked for.
func (s *Session) Fakes() []*Fake { return append([]*Fake(nil), s.fakes...) }

// Close closes the fakes, and returns when they are closed.
func (s *Session) Close(ctx context.Context) error {
	return s.client.call(ctx, http.MethodDelete, api.Version+"/sessions/"+s.ID, nil, nil)
}
