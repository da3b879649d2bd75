package control

import (
	_ "embed"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

//go:embed openapi.json
var document []byte

func (s *Server) getDocument(c *call) error {
	c.w.Header().Set("Content-Type", "application/json")
	c.begin(http.StatusOK)
	_, err := c.w.Write(document)
	return err
}

func (s *Server) getLive(c *call) error {
	return c.json(http.StatusOK, api.Health{Status: "live", Fakes: len(s.Fakes())})
}

// getReady is about the ports of the fakes that the process began with. Those of sessions are open once the session is, and are nobody else's
// business.
func (s *Server) getReady(c *call) error {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return errClosed
	}
	first, err := s.session(DefaultSession)
	if err != nil {
		return err
	}
	var silent []string
	for _, f := range first.fakes {
		if !f.IsUp() {
			silent = append(silent, f.id)
		}
	}
	if len(silent) > 0 {
		return &problem{status: http.StatusServiceUnavailable, text: "not ready: taken down, so not listening: " + strings.Join(silent, ", ")}
	}
	return c.json(http.StatusOK, api.Health{Status: "ready", Fakes: len(s.Fakes())})
}

func (s *Server) getSessions(c *call) error {
	list := api.Sessions{Sessions: []api.Session{}}
	for _, one := range s.list() {
		list.Sessions = append(list.Sessions, one.describe())
	}
	return c.json(http.StatusOK, list)
}

func (s *Server) postSession(c *call) error {
	var asked api.NewSession
	if err := c.read(&asked); err != nil {
		return err
	}
	begun, err := s.begin(asked)
	if err != nil {
		return err
	}
	c.w.Header().Set("Location", api.Version+"/sessions/"+begun.id)
	return c.json(http.StatusCreated, begun.describe())
}

func (s *Server) getSession(c *call) error {
	one, err := s.session(c.r.PathValue("session"))
	if err != nil {
		return err
	}
	defer one.use()()
	return c.json(http.StatusOK, one.describe())
}

func (s *Server) deleteSession(c *call) error {
	one, err := s.session(c.r.PathValue("session"))
	if err != nil {
		return err
	}
	if one.id == DefaultSession {
		return badRequest("the session %q lives as long as the process", DefaultSession)
	}
	if !s.remove(one) {
		return notFound("the session %q was just deleted", one.id)
	}
	s.end(one, "deleted")
	c.begin(http.StatusNoContent)
	return nil
}

func (s *Server) getFakes(c *call) error {
	list := api.Fakes{Fakes: []api.Fake{}}
	id := c.query.Get("session")
	if id == "" {
		list.Fakes = append(list.Fakes, s.Fakes()...)
		return c.json(http.StatusOK, list)
	}
	one, err := s.session(id)
	if err != nil {
		return err
	}
	defer one.use()()
	list.Fakes = append(list.Fakes, one.states()...)
	return c.json(http.StatusOK, list)
}

func (s *Server) getFake(c *call, f *fake) error { return c.json(http.StatusOK, f.state()) }
