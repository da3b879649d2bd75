package control

import (
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// serverOptions are the options that all kinds share.
func (s *Server) serverOptions(one *session, spec api.Spec) (server.Options, error) {
	o := server.Options{
		Listen: s.options.Listen, Addr: s.address(spec.Addr), Host: spec.Host, Replies: spec.Script,
		BodyLimit: spec.BodyLimit, MaxConnections: spec.MaxConnections, UnencryptedHTTP2: spec.UnencryptedHTTP2,
	}
	if spec.Journal != nil {
		o.Journal = journal.Limits{MaxEntries: spec.Journal.MaxEntries, MaxBytes: spec.Journal.MaxBytes}
	}
	err := setTimeouts(&o, spec.Timeouts)
	if err != nil {
		return o, err
	}
	if spec.Auth != nil {
		if o.Auth, err = one.authOf(*spec.Auth); err != nil {
			return o, err
		}
	}
	if spec.TLS != nil {
		// The authority of client certificates must be there before the fake is.
		ca, err := certs.New("fake " + spec.Name)
		if err != nil {
			return o, err
		}
		if o.TLS, err = tlsOf(*spec.TLS, ca); err != nil {
			return o, err
		}
	}
	return o, nil
}

func setTimeouts(o *server.Options, t *api.Timeouts) error {
	if t == nil {
		return nil
	}
	for _, one := range []struct {
		name, text string
		into       *time.Duration
	}{{"head", t.Head, &o.HeadTimeout}, {"body", t.Body, &o.BodyTimeout}, {"write", t.Write, &o.WriteTimeout}, {"idle", t.Idle, &o.IdleTimeout}} {
		var err error
		if *one.into, err = duration("timeouts: "+one.name, one.text, 0); err != nil {
			return err
		}
	}
	return nil
}

// address completes an address that has no host.
func (s *Server) address(text string) string { return Address(s.options.Bind, text) }

// Address completes an address: a port, or ":port", gets the host; nothing becomes a free port of the host.
func Address(host, text string) string {
	if text == "" {
		text = "0"
	}
	switch h, port, err := net.SplitHostPort(text); {
	case err == nil && h == "":
		return net.JoinHostPort(host, port)
	case err != nil && !strings.Contains(text, ":"):
		return net.JoinHostPort(host, text)
	default:
		return text
	}
}

// authOf turns what requests must show into what the fake checks.
func (s *session) authOf(a api.Auth) (server.Auth, error) {
	auth := server.Auth{Username: a.Username, Password: a.Password, Bearer: a.Bearer, Tenant: a.Tenant}
	if a.Issuer == "" {
		return auth, nil
	}
	issuer := s.find(a.Issuer)
	if issuer == nil {
		return auth, badRequest("auth: issuer %q: the session has no fake of this name", a.Issuer)
	}
	o, ok := issuer.kind.(*oauth2Kind)
	if !ok {
		return auth, badRequest("auth: issuer %q is of kind %s, not oauth2", a.Issuer, issuer.spec.Kind)
	}
	auth.Token = o.Valid
	return auth, nil
}

// versions are the versions of TLS in words.
var versions = map[string]uint16{"": 0, "1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// tlsOf turns what the API says into what the fake does, with certificates of this authority.
func tlsOf(t api.TLS, ca *certs.CA) (*server.TLS, error) {
	options := &server.TLS{CA: ca, Names: slices.Clone(t.Names), NoHTTP2: t.NoHTTP2}
	for _, v := range []struct {
		name, text string
		into       *uint16
	}{{"min", t.Min, &options.Min}, {"max", t.Max, &options.Max}} {
		number, ok := versions[v.text]
		if !ok {
			return nil, badRequest(`tls: %s %q: want "1.0", "1.1", "1.2" or "1.3"`, v.name, v.text)
		}
		*v.into = number
	}
	if options.Min != 0 && options.Max != 0 && options.Min > options.Max {
		return nil, badRequest("tls: min %s is above max %s", t.Min, t.Max)
	}
	var err error
	if options.Cert, err = certs.ParseKind(t.Certificate); err != nil {
		return nil, badRequest("tls: certificate: %v", err)
	}
	if t.ClientCertificate {
		options.ClientCA = ca
	}
	return options, nil
}
