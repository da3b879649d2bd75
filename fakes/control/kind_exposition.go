package control

import (
	"context"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// expositionKind is the kind exposition.
type expositionKind struct{ *exposition.Server }

func startExposition(_ *Server, _ api.Spec, shared server.Options) (kind, *server.Server, error) {
	x, err := exposition.Start(exposition.Options{Options: shared})
	if err != nil {
		return nil, nil, err
	}
	return &expositionKind{x}, x.Server, nil
}

func (k *expositionKind) endpoint() string      { return k.URL() + "/metrics" }
func (k *expositionKind) accepted() *api.Counts { return nil }
func (k *expositionKind) forget()               { k.Forget() }

// maxSeries is how many series a generator may be asked for.
const maxSeries = 1_000_000

func (k *expositionKind) serve(s api.Serve) error {
	switch {
	case s.Profiles != nil || s.Client != nil || s.Lifetime != "" || s.Proxy != nil:
		return badRequest(`an exposition serves "pages" or a "generator" only`)
	case (s.Pages == nil) == (s.Generator == nil):
		return badRequest(`serve: want "pages" or a "generator"`)
	case s.Pages != nil:
		if len(s.Pages) == 0 {
			return badRequest("serve: pages is empty: want at least one")
		}
		k.SetPages(each(s.Pages, func(p api.Page) exposition.Page { return exposition.Page(p) })...)
		return nil
	}
	source, err := generatorOf(*s.Generator)
	if err == nil {
		k.SetSource(source)
	}
	return err
}

func generatorOf(g api.Generator) (exposition.Source, error) {
	ways := 0
	for _, set := range []bool{g.Series != 0, g.Churn != nil, g.EveryType} {
		if set {
			ways++
		}
	}
	switch {
	case ways > 1:
		return nil, badRequest("serve: generator: want one of series, churn and everyType")
	case g.EveryType:
		return exposition.EveryType, nil
	case g.Churn != nil && (g.Churn.Series < 1 || g.Churn.Series > maxSeries || g.Churn.Replaced < 0 || g.Churn.Replaced > g.Churn.Series):
		return nil, badRequest("serve: generator: churn: want 1 to %d series, and no more of them replaced than there are", maxSeries)
	case g.Churn != nil:
		return exposition.Churn(g.Churn.Series, g.Churn.Replaced), nil
	case g.Series < 0 || g.Series > maxSeries:
		return nil, badRequest("serve: generator: %d series: want 1 to %d", g.Series, maxSeries)
	}
	return exposition.Series(g.Series), nil
}

func (k *expositionKind) asStarted() { k.SetSource(exposition.Series(0)) }

func (k *expositionKind) describe(e journal.Exchange, _ int) description {
	return scrapeDescription(e, k.Decode(e).Served != nil)
}

func (k *expositionKind) wait(ctx context.Context, w api.Wait) (api.Found, bool, error) {
	if w.Scrapes == nil {
		return api.Found{}, false, nil
	}
	if *w.Scrapes != "" {
		return api.Found{}, true, badRequest(`wait for scrapes of an exposition: it serves the same at every path: want ""`)
	}
	return api.Found{Condition: plural(w.AtLeast, "scrape")}, true, k.WaitFor(ctx, w.AtLeast)
}
