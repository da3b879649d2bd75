package control

import (
	"context"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/proxy"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// proxyKind is the kind proxy.
type proxyKind struct{ *proxy.Server }

func startProxy(s *Server, spec api.Spec, shared server.Options) (kind, *server.Server, error) {
	o := proxy.Options{Options: shared, Dial: s.options.Dial}
	if p := spec.Proxy; p != nil {
		o.Username, o.Password, o.Hosts = p.Username, p.Password, p.Hosts
	}
	p, err := proxy.Start(o)
	if err != nil {
		return nil, nil, err
	}
	return &proxyKind{p}, p.Server, nil
}

func (k *proxyKind) endpoint() string      { return k.URL() }
func (k *proxyKind) accepted() *api.Counts { return nil }
func (k *proxyKind) forget()               { k.Forget() }

func (k *proxyKind) serve(api.Serve) error {
	return badRequest("a proxy serves nothing that could be set")
}

func (k *proxyKind) asStarted() {}

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
