package control

import (
	"net/http"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/recording"
)

// setAuth changes what requests must show.
func (f *fake) setAuth(a api.Auth) error {
	auth, err := f.session.authOf(a)
	if err != nil {
		return err
	}
	f.SetAuth(auth)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.auth = a
	return nil
}

// setTLS changes how new connections speak TLS. The authority stays, so that clients go on trusting it.
func (f *fake) setTLS(t api.TLS) error {
	if f.spec.TLS == nil {
		return badRequest(`%s was started without TLS: start it in a session of its own with "tls": {}`, f.id)
	}
	options, err := tlsOf(t, f.CA())
	if err != nil {
		return err
	}
	if err := f.SetTLS(*options); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tls = t
	return nil
}

// showAuth is what requests must show, without the secrets.
func (f *fake) showAuth() api.Auth {
	f.mu.Lock()
	a := f.auth
	f.mu.Unlock()
	for _, secret := range []*string{&a.Password, &a.Bearer} {
		if *secret != "" {
			*secret = recording.Redacted
		}
	}
	return a
}

func (s *Server) getAuth(c *call, f *fake) error { return c.json(http.StatusOK, f.showAuth()) }

func (s *Server) putAuth(c *call, f *fake) error {
	var a api.Auth
	if err := c.read(&a); err != nil {
		return err
	}
	if err := f.inTurn(func() error { return f.setAuth(a) }); err != nil {
		return err
	}
	s.changed(f, "auth")
	return c.json(http.StatusOK, f.showAuth())
}

func (f *fake) showTLS() (api.TLS, error) {
	if f.spec.TLS == nil {
		return api.TLS{}, notFound("%s speaks no TLS", f.id)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tls, nil
}

func (s *Server) getTLS(c *call, f *fake) error {
	t, err := f.showTLS()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, t)
}

func (s *Server) putTLS(c *call, f *fake) error {
	var t api.TLS
	if err := c.read(&t); err != nil {
		return err
	}
	if err := f.inTurn(func() error { return f.setTLS(t) }); err != nil {
		return err
	}
	s.changed(f, "tls")
	return s.getTLS(c, f)
}

func (s *Server) getCA(c *call, f *fake) error {
	ca := f.CA()
	if ca == nil {
		return notFound("%s speaks no TLS, so it has no authority", f.id)
	}
	return c.raw("application/x-pem-file", "ca.pem", ca.PEM())
}

func (s *Server) postClientCertificate(c *call, f *fake) error {
	var asked api.CertificateRequest
	if err := c.read(&asked); err != nil {
		return err
	}
	ca := f.CA()
	if ca == nil {
		return notFound("%s speaks no TLS, so it has no authority", f.id)
	}
	if asked.Name == "" {
		asked.Name = "client"
	}
	pair, err := ca.Client(asked.Name)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, api.Certificate{Certificate: string(pair.CertPEM), Key: string(pair.KeyPEM)})
}

func (s *Server) putServe(c *call, f *fake) error {
	var serve api.Serve
	if err := c.read(&serve); err != nil {
		return err
	}
	return s.command(c, f, "serve", func() error { return f.kind.serve(serve) })
}

func (s *Server) getTokens(c *call, f *fake) error {
	issuer, err := f.issuer()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, issuer.tokens())
}

func (s *Server) deleteTokens(c *call, f *fake) error {
	issuer, err := f.issuer()
	if err != nil {
		return err
	}
	issuer.Revoke(c.query.Get("token"))
	return c.json(http.StatusOK, issuer.tokens())
}

func (f *fake) issuer() (*oauth2Kind, error) {
	issuer, ok := f.kind.(*oauth2Kind)
	if !ok {
		return nil, notFound("%s is of kind %s: only an oauth2 gives tokens out", f.id, f.spec.Kind)
	}
	return issuer, nil
}
