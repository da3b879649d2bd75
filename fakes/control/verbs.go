package control

import (
	"net/http"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

func (s *Server) postDown(c *call, f *fake) error    { return s.command(c, f, "down", f.goDown) }
func (s *Server) postUp(c *call, f *fake) error      { return s.command(c, f, "up", f.Up) }
func (s *Server) postRestart(c *call, f *fake) error { return s.command(c, f, "restart", f.Restart) }
func (s *Server) postReset(c *call, f *fake) error   { return s.command(c, f, "reset", f.reset) }

func (s *Server) postForget(c *call, f *fake) error {
	return s.command(c, f, "forget", func() error { f.forget(); return nil })
}

// command does something to a fake, tells the world, and answers with how the fake is now.
func (s *Server) command(c *call, f *fake, action string, do func() error) error {
	if err := f.inTurn(do); err != nil {
		return err
	}
	s.changed(f, action)
	return c.json(http.StatusOK, f.state())
}

func (f *fake) goDown() error {
	f.Down()
	return nil
}

// reset makes the fake as it was started. Requests in flight end before, as its connections are reset.
func (f *fake) reset() error {
	f.Down()
	if err := f.Replies().Replace(f.spec.Script); err != nil {
		return err
	}
	if err := f.secureAsStarted(); err != nil {
		return err
	}
	if _, err := f.moded(); err == nil {
		if err := f.setMode(f.spec.Mode()); err != nil {
			return err
		}
	}
	f.kind.asStarted()
	if f.spec.Serve != nil {
		if err := f.kind.serve(*f.spec.Serve); err != nil {
			return err
		}
	}
	f.forget()
	return f.Up()
}

func (f *fake) secureAsStarted() error {
	auth := api.Auth{}
	if f.spec.Auth != nil {
		auth = *f.spec.Auth
	}
	if err := f.setAuth(auth); err != nil {
		return err
	}
	if f.spec.TLS == nil {
		return nil
	}
	return f.setTLS(*f.spec.TLS)
}
