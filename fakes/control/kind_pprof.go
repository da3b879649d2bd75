package control

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"sync"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/pprof"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// pprofKind is the kind pprof.
type pprofKind struct {
	*pprof.Server

	mu    sync.Mutex      // guards paths
	paths map[string]bool // at which something was set
}

func startPprof(_ *Server, _ api.Spec, shared server.Options) (kind, *server.Server, error) {
	p, err := pprof.Start(pprof.Options{Options: shared})
	if err != nil {
		return nil, nil, err
	}
	return &pprofKind{Server: p, paths: map[string]bool{}}, p.Server, nil
}

func (k *pprofKind) endpoint() string      { return k.URL() + "/debug/pprof/" }
func (k *pprofKind) accepted() *api.Counts { return nil }
func (k *pprofKind) forget()               { k.Forget() }

func (k *pprofKind) serve(s api.Serve) error {
	if s.Pages != nil || s.Generator != nil || s.Client != nil || s.Lifetime != "" || s.Proxy != nil {
		return badRequest(`a pprof serves "profiles" only`)
	}
	sources := make([]pprof.Source, len(s.Profiles))
	for i, served := range s.Profiles {
		source, err := sourceOf(served)
		if err != nil {
			return badRequest("serve: profiles[%d]: %v", i, err)
		}
		sources[i] = source
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, served := range s.Profiles {
		k.Serve(served.Path, sources[i])
		k.paths[served.Path] = true
	}
	return nil
}

func (k *pprofKind) asStarted() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for path := range k.paths {
		k.Serve(path, nil)
	}
	clear(k.paths)
}

// liveProfiles are the profiles of the process that may be served; profile is its CPU profile.
var liveProfiles = map[string]bool{"allocs": true, "heap": true, "goroutine": true, "block": true, "mutex": true, "threadcreate": true, "profile": true}

// sourceOf is what makes a profile; nil is the usual generated one.
func sourceOf(served api.ServedProfile) (pprof.Source, error) {
	ways := 0
	for _, set := range []bool{served.Stacks != 0, served.File != nil, served.Live != ""} {
		if set {
			ways++
		}
	}
	switch {
	case served.Path == "" || served.Path[0] != '/':
		return nil, fmt.Errorf("path %q: want one that begins with /", served.Path)
	case ways > 1:
		return nil, fmt.Errorf("path %s: want one of stacks, file and live", served.Path)
	case served.Stacks < 0:
		return nil, fmt.Errorf("path %s: %d stacks: want a positive number", served.Path, served.Stacks)
	case served.Stacks > 0:
		return pprof.Generated(served.Stacks), nil
	case served.File != nil:
		return pprof.File(served.File), nil
	case served.Live == "":
		return nil, nil
	case !liveProfiles[served.Live]:
		return nil, fmt.Errorf("path %s: live %q: want allocs, heap, goroutine, block, mutex, threadcreate or profile", served.Path, served.Live)
	}
	return pprof.Live(served.Live), nil
}

func (k *pprofKind) describe(e journal.Exchange, _ int) description {
	return scrapeDescription(e, k.Decode(e).Served != nil)
}

// profile is the profile that a scrape was served.
func (k *pprofKind) profile(e journal.Exchange, index int) ([]byte, error) {
	served := k.Decode(e).Served
	if index != 0 || served == nil {
		return nil, notFound("request %d was served no profile %d", e.Seq, index)
	}
	if bytes.HasPrefix(served, []byte{0x1f, 0x8b}) {
		return served, nil
	}
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	_, _ = zip.Write(served) // a buffer takes everything
	_ = zip.Close()
	return b.Bytes(), nil
}

func (k *pprofKind) wait(ctx context.Context, w api.Wait) (api.Found, bool, error) {
	if w.Scrapes == nil {
		return api.Found{}, false, nil
	}
	if *w.Scrapes == "" {
		return api.Found{}, true, badRequest(`wait for scrapes of a pprof: want a path, such as "/debug/pprof/allocs"`)
	}
	found := api.Found{Condition: plural(w.AtLeast, "scrape") + " of " + *w.Scrapes}
	return found, true, k.WaitFor(ctx, *w.Scrapes, w.AtLeast)
}

// scrapeDescription is what there is to say of a scrape.
func scrapeDescription(e journal.Exchange, served bool) description {
	d := requestLine(e)
	d.content.Served = served
	if e.ReplyBody != nil {
		d.line += ", " + plural(len(e.ReplyBody), "byte") + " served"
	}
	return d
}
