package control

import (
	"net/http"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// holder is what kinds add that hold data which can be queried.
type holder interface {
	held() (api.Held, error)
}

// getHeld says of what time the data is that a fake holds, and of profiles which there are.
func (s *Server) getHeld(c *call, f *fake) error {
	k, ok := f.kind.(holder)
	if !ok {
		return notFound("%s is of kind %s: only a mimir and a pyroscope hold data", f.id, f.spec.Kind)
	}
	held, err := k.held()
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, held)
}

// span is a time that grows.
type span struct {
	api.Held
	begun bool
}

// add takes a moment in, in milliseconds since 1970.
func (s *span) add(t int64) {
	if !s.begun || t < s.From {
		s.From = t
	}
	if !s.begun || t > s.Until {
		s.Until = t
	}
	s.begun = true
}

func (k *mimirKind) held() (api.Held, error) {
	var all span
	for _, a := range k.AcceptedSince(0) {
		a.Series(func(one mimir.Series) {
			for _, sample := range one.Samples {
				all.add(sample.Timestamp)
			}
			for i := range one.Histograms {
				all.add(one.Histograms[i].Timestamp)
			}
		})
	}
	return all.Held, nil
}

func (k *pyroscopeKind) held() (api.Held, error) {
	if k.queries.Held == nil {
		return api.Held{}, errNoQueries
	}
	var all span
	for _, one := range k.queries.Held() {
		from, until := one.From.UnixMilli(), one.Until.UnixMilli()
		all.add(from)
		all.add(until)
		all.Profiles = append(all.Profiles, api.ProfileSeries{
			Type: one.Type, Tenant: one.Tenant, Labels: append(labels.Labels{}, one.Labels...), Profiles: one.Profiles,
			From: from, Until: until,
		})
	}
	return all.Held, nil
}
