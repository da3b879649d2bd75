package metrics

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// metadata is what one request said about a metric.
type metadata struct {
	mimir.Metadata
	seq int
}

// about is metadata as the API shows it, under the metric's name.
type about struct {
	Type string `json:"type"`
	Help string `json:"help"`
	Unit string `json:"unit"`
}

// metricMetadata lists what was said about metrics, different sayings once each.
func (a *api) metricMetadata(r *http.Request) result {
	limit, err := numberOf(r, "limit")
	if err != nil {
		return badParameter("limit", err)
	}
	perMetric, err := numberOf(r, "limit_per_metric")
	if err != nil {
		return badParameter("limit_per_metric", err)
	}
	v, wanted := a.view(r), r.FormValue("metric")
	said := map[string][]about{}
	for _, m := range v.metadata() {
		known, ok := said[m.Metric]
		one := about{Type: m.Type, Help: m.Help, Unit: m.Unit}
		switch {
		case wanted != "" && m.Metric != wanted, slices.Contains(known, one),
			!ok && limit >= 0 && len(said) >= limit, perMetric > 0 && len(known) >= perMetric:
		default:
			said[m.Metric] = append(known, one)
		}
	}
	return result{data: said}
}

// numberOf reads a limit; -1 when none is given.
func numberOf(r *http.Request, name string) (int, error) {
	text := r.FormValue(name)
	if text == "" {
		return -1, nil
	}
	return strconv.Atoi(text)
}

// metadata is what the view's tenants said, oldest first.
func (v view) metadata() []metadata {
	v.store.mu.Lock()
	defer v.store.mu.Unlock()
	var all []metadata
	for _, name := range v.tenants {
		if t, ok := v.store.tenants[name]; ok {
			all = append(all, t.metadata...)
		}
	}
	return all
}
