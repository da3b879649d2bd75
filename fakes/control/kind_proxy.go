package control

import (
	"context"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/proxy"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// proxyKind is the kind proxy.
type proxyKind struct {
	*proxy.Server
	begun api.ProxyOptions
}

func startProxy(s *Server, spec api.Spec, shared server.Options) (kind, *server.Server, error) {
	k := &proxyKind{}
	if spec.Proxy != nil {
		k.begun = *spec.Proxy
	}
	p, err := proxy.Start(proxy.Options{
		Options: shared, Dial: s.options.Dial, Username: k.begun.Username, Password: k.begun.Password, Hosts: k.begun.Hosts,
	})
	if err != nil {
		return nil, nil, err
	}
	k.Server = p
	return k, p.Server, nil
}

func (k *proxyKind) endpoint() string      { return k.URL() }
func (k *proxyKind) accepted() *api.Counts { return nil }
func (k *proxyKind) forget()               { k.Forget() }

func (k *proxyKind) serve(s api.Serve) error {
	if s.Proxy == nil || s.Pages != nil || s.Generator != nil || s.Profiles != nil || s.Client != nil || s.Lifetime != "" {
		return badRequest(`a proxy has "proxy" only`)
	}
	k.set(*s.Proxy)
	return nil
}

func (k *proxyKind) set(o api.ProxyOptions) {
	k.SetUser(o.Username, o.Password)
	k.SetHosts(o.Hosts)
}

func (k *proxyKind) asStarted() { k.set(k.begun) }

func (k *proxyKind) describe(e journal.Exchange, _ int) description {
	d := description{line: e.Method + " " + e.Host}
	switch e.Kind {
	case proxy.KindConnect:
		d.content.Target, d.content.Tunnel = e.Host, true
	case proxy.KindForward:
		d.content.Target = e.Host
		d.line += e.Path
	}
	return d
}

func (k *proxyKind) wait(ctx context.Context, w api.Wait) (api.Found, bool, error) {
	if w.Target == nil {
		return api.Found{}, false, nil
	}
	found := api.Found{Condition: plural(w.AtLeast, "request") + " for " + *w.Target}
	return found, true, k.WaitFor(ctx, *w.Target, w.AtLeast)
}
