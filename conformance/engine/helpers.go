package engine

import (
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/oauth2"
	"github.com/touchstone-telemetry/touchstone/fakes/proxy"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// oauth2 starts a fake that gives tokens out.
func (p *prop) oauth2(o scenario.FakeOptions, options server.Options) error {
	id, secret, _ := strings.Cut(o.Client, ":")
	options.KeepReplies = true // a token is known by the answer that gave it out
	f, err := oauth2.Start(oauth2.Options{
		Options: options, ClientID: id, ClientSecret: secret, Style: oauth2.Style(o.Style), Lifetime: o.Lifetime,
	})
	if err != nil {
		return err
	}
	p.server = f.Server
	p.decode = func(e journal.Exchange) observe.Request {
		asked := oauth2.Decode(e)
		return observe.Request{Exchange: e, Token: &observe.Token{
			Client: asked.ClientID + ":" + asked.ClientSecret, Style: string(asked.Style), Form: asked.Form, Value: asked.Token,
		}}
	}
	return nil
}

// proxy starts a fake that passes requests on.
func (s *stage) proxy(p *prop, o scenario.FakeOptions, options server.Options) error {
	setup := proxy.Options{Options: options, Hosts: map[string]string{}}
	setup.Username, setup.Password, _ = strings.Cut(o.User, ":")
	for host, fake := range o.Knows {
		setup.Hosts[host] = s.casts[fake].server.Addr()
	}
	if s.virtual() {
		setup.Dial = s.network.Dial
	}
	f, err := proxy.Start(setup)
	if err != nil {
		return err
	}
	p.server = f.Server
	p.decode = func(e journal.Exchange) observe.Request { return observe.Request{Exchange: e} }
	return nil
}
