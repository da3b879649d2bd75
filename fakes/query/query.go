// Package query is where the fakes are asked what they hold: package metrics below it answers PromQL over what a fake Mimir accepted, package
// profiles answers Pyroscope's query API. [Linked] gives both to a process of fakes. Its tests play clients and programs of others, and
// transcripts that compare the fakes with real servers: see testdata/transcripts.
package query

import (
	"net/http"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/query/metrics"
	"github.com/touchstone-telemetry/touchstone/fakes/query/profiles"
)

// Linked is what [control.Options] needs for all queries: those at the fakes' own ports, and those at the control port, which see what all
// tenants sent. Both share what was made of a fake's data.
func Linked() control.Query {
	return control.Query{
		Mimir: func(m *mimir.Server) http.Handler {
			store := metrics.StoreOf(m)
			m.Handle(metrics.Prefix, metrics.Kind, store.Handler())
			return store.Handler(metrics.Options{AllTenants: true})
		},
		Pyroscope: func(p *pyroscope.Server) control.Profiles {
			store := profiles.StoreOf(p)
			p.Handle(profiles.Prefix, profiles.Kind, store.Handler())
			return control.Profiles{
				Merge: func(q control.ProfileQuery) (*profile.Profile, error) { return store.Merge(profiles.Query(q)) },
				Held:  func() []control.HeldProfiles { return held(store) },
			}
		},
		FlameOf: func(p *profile.Profile, index int) any { return profiles.FlameOf(p, index) },
	}
}

func held(store *profiles.Store) []control.HeldProfiles {
	all := store.Held()
	converted := make([]control.HeldProfiles, len(all))
	for i, one := range all {
		converted[i] = control.HeldProfiles(one)
	}
	return converted
}
