package engine

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// prop is one fake on the stage.
type prop struct {
	name, kind string
	server     *server.Server
	// alias is the host and port that configurations know it by, where it cannot be at that place.
	alias string
	// decode says what an exchange meant.
	decode func(journal.Exchange) observe.Request
	// setPage changes what is served; only for exposition.
	setPage func(text string)
	// texts are its certificates as PEM, by the property of the template that names them.
	texts map[string][]byte
	// known are the decoded exchanges that will not change any more.
	known map[int]observe.Request
}

// startFake starts a fake as the step says.
func (s *stage) startFake(step *scenario.StartFake) error {
	p := &prop{name: step.Name, kind: step.Kind, texts: map[string][]byte{}, known: map[int]observe.Request{}}
	options, err := s.options(p, step)
	if err != nil {
		return err
	}
	if err := s.cast(p, step, options); err != nil {
		return fmt.Errorf("start fake %s: %w", step.Name, err)
	}
	s.casts[p.name] = p
	s.order = append(s.order, p)
	if ca := p.server.CA(); ca != nil {
		p.texts["ca"] = ca.PEM()
	}
	if err := s.publish(p); err != nil {
		return err
	}
	if step.Options.Down {
		p.server.Down()
	}
	return nil
}

// options are what all kinds of fakes have in common.
func (s *stage) options(p *prop, step *scenario.StartFake) (server.Options, error) {
	script, err := scenario.Fill(step.Script, s.value)
	if err != nil {
		return server.Options{}, err
	}
	o := server.Options{Replies: script, Middleware: s.middleware(step.Kind)}
	if step.Options.Debug != "" {
		o.Middleware = s.split(s.casts[step.Options.Debug].server.Addr(), o.Middleware)
	}
	if s.virtual() {
		o.Listen = s.network.Listen
		if step.Options.Host != "" {
			o.Addr = net.JoinHostPort(step.Options.Host, cmp.Or(step.Options.Port, "0"))
		}
	} else if step.Options.Port != "" {
		p.alias = step.Options.Host + ":" + step.Options.Port
	}
	if step.Options.TLS != "" {
		o.TLS, err = p.security(step.Options)
	}
	return o, err
}

// middleware is where the sabotage of a case stands.
func (s *stage) middleware(kind string) func(http.Handler) http.Handler {
	switch {
	case s.play.Act == nil:
		return nil
	case kind == "mimir" || kind == "pyroscope":
		return s.play.Act.Push
	case kind == "oauth2":
		return s.play.Act.Token
	case kind == "proxy":
		return nil
	}
	return s.play.Act.Scrape
}

var versions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// security is how the fake speaks TLS. It makes the client certificates that the fake asks for.
func (p *prop) security(o scenario.FakeOptions) (*server.TLS, error) {
	kind, err := certs.ParseKind(o.TLS)
	if err != nil {
		return nil, err
	}
	t := &server.TLS{Min: versions[o.Min], Max: versions[o.Max], Cert: kind, NoHTTP2: o.NoHTTP2}
	if o.Host != "" {
		t.Names = []string{o.Host}
	}
	if !o.ClientCert {
		return t, nil
	}
	if t.ClientCA, err = certs.New("clients of " + p.name); err != nil {
		return nil, err
	}
	pair, err := t.ClientCA.Client("client of " + p.name)
	p.texts["client.cert"], p.texts["client.key"] = pair.CertPEM, pair.KeyPEM
	return t, err
}

// secret is a property that is not put on record: certificates and keys as text.
func (p *prop) secret(property string) (string, bool) {
	for name, text := range p.texts {
		if property == name+".pem" {
			return string(text), true
		}
	}
	return "", false
}

// record returns what the fake has seen so far. Exchanges that are complete are decoded once.
func (p *prop) record() observe.Fake {
	exchanges := p.server.ExchangeJournal()
	f := observe.Fake{Name: p.name, Kind: p.kind, Connections: p.server.Connections()}
	for _, e := range exchanges.All() {
		r, ok := p.known[e.Seq]
		if !ok {
			r = p.decode(e)
			if !e.Replied.IsZero() {
				p.known[e.Seq] = r
			}
		}
		f.Requests = append(f.Requests, r)
	}
	f.Dropped = exchanges.Dropped() + p.server.ConnectionJournal().Dropped()
	return f
}
