package metrics

import (
	"net/http"
	"slices"
	"strings"
)

// routes are the paths of Prometheus' API that Mimir has and the fake answers.
func (a *api) routes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range []struct {
		methods, path string
		answer        func(*http.Request) result
	}{
		{"GET POST", "/api/v1/query", a.query},
		{"GET POST", "/api/v1/query_range", a.queryRange},
		{"GET POST", "/api/v1/query_exemplars", a.queryExemplars},
		{"GET POST", "/api/v1/format_query", a.formatQuery},
		{"GET POST", "/api/v1/labels", a.labelNames},
		{"GET", "/api/v1/label/{name}/values", a.labelValues},
		{"GET POST", "/api/v1/series", a.series},
		{"GET", "/api/v1/metadata", a.metricMetadata},
		{"GET", "/api/v1/status/buildinfo", buildInfo},
		{"GET", "/api/v1/rules", noRules},
		{"GET", "/api/v1/alerts", noAlerts},
	} {
		for method := range strings.FieldsSeq(r.methods) {
			mux.HandleFunc(method+" "+Prefix+r.path, func(w http.ResponseWriter, request *http.Request) {
				a.serve(w, request, r.answer)
			})
		}
	}
	return mux
}

// serve answers in Prometheus' envelope, or refuses as Mimir refuses who does not say for which tenant they ask.
func (a *api) serve(w http.ResponseWriter, r *http.Request, answer func(*http.Request) result) {
	if a.fake.Strict() && !a.options.AllTenants && tenantOf(r) == "" {
		http.Error(w, "no org id", http.StatusUnauthorized)
		return
	}
	if err := r.ParseForm(); err != nil {
		badData("error parsing form values: %w", err).write(w)
		return
	}
	answer(r).write(w)
}

func tenantOf(r *http.Request) string { return r.Header.Get("X-Scope-OrgID") }

// view is what the request may see: one tenant, several that it names as a|b, or all.
func (a *api) view(r *http.Request) view {
	tenant := tenantOf(r)
	switch {
	case tenant == "" && a.options.AllTenants:
		return a.store.view(a.store.names(), true)
	case strings.Contains(tenant, "|"):
		names := strings.Split(tenant, "|")
		slices.Sort(names)
		return a.store.view(slices.Compact(names), true)
	default:
		return a.store.view([]string{tenant}, false)
	}
}

// buildInfo tells Grafana that it speaks to a Mimir without rules and alerts.
func buildInfo(*http.Request) result {
	return result{data: map[string]any{
		"application": "Grafana Mimir",
		"version":     "touchstone",
		"revision":    "", "branch": "", "buildUser": "", "buildDate": "", "goVersion": "",
		"features": map[string]string{
			"ruler_config_api":        "false",
			"alertmanager_config_api": "false",
			"query_sharding":          "false",
			"federated_rules":         "false",
		},
	}}
}

func noRules(*http.Request) result { return result{data: map[string]any{"groups": []any{}}} }

func noAlerts(*http.Request) result { return result{data: map[string]any{"alerts": []any{}}} }
