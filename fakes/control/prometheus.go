package control

import (
	"net/http"
	"net/url"
	"strings"
)

// prometheusPath is the path below which a mimir is asked PromQL, as Prometheus' own clients ask.
const prometheusPath = fakePath + "/prometheus/api/v1"

// prometheusRoutes are the calls of Prometheus' query API. Parameters come in the query or, by POST, in a form.
func prometheusRoutes() []route {
	var all []route
	for _, one := range []struct {
		path  string
		query []string
	}{
		{"/query", []string{"query", "time", "timeout", "limit", "lookback_delta", "stats"}},
		{"/query_range", []string{"query", "start", "end", "step", "timeout", "limit", "lookback_delta", "stats"}},
		{"/query_exemplars", []string{"query", "start", "end"}},
		{"/format_query", []string{"query"}},
		{"/labels", []string{"match[]", "start", "end", "limit"}},
		{"/series", []string{"match[]", "start", "end", "limit"}},
	} {
		all = append(all,
			route{"GET", prometheusPath + one.path, one.query, onFake((*Server).askPrometheus)},
			route{"POST", prometheusPath + one.path, one.query, onFake((*Server).askPrometheus)})
	}
	return append(all,
		route{"GET", prometheusPath + "/label/{label}/values", []string{"match[]", "start", "end", "limit"}, onFake((*Server).askPrometheus)},
		route{"GET", prometheusPath + "/metadata", []string{"metric", "limit"}, onFake((*Server).askPrometheus)},
		route{"GET", prometheusPath + "/status/buildinfo", nil, onFake((*Server).askPrometheus)})
}

// isPrometheus reports whether the API behind a route is Prometheus': it checks parameters itself, and takes some several times.
func (r route) isPrometheus() bool { return strings.HasPrefix(r.path, prometheusPath) }

// askPrometheus lets what is linked answer. It is asked at the control port, so the question is in no journal and no script answers it.
func (s *Server) askPrometheus(c *call, f *fake) error {
	k, ok := f.kind.(*mimirKind)
	if !ok {
		return notFound("%s is of kind %s: only a mimir is asked PromQL", f.id, f.spec.Kind)
	}
	if k.queries == nil {
		return errNoQueries
	}
	asked := c.r.Clone(c.r.Context())
	asked.URL = &url.URL{Path: belowFake(c.r.URL.Path), RawPath: belowFake(c.r.URL.EscapedPath()), RawQuery: c.r.URL.RawQuery}
	asked.Header.Del("X-Scope-OrgID") // all tenants are seen here, whatever a client is set to
	c.begun = true
	k.queries.ServeHTTP(c.w, asked)
	return nil
}

var errNoQueries = &problem{status: http.StatusNotFound, text: "this process was built without queries"}

// belowFake is what comes after /api/v1/fakes/NAME in a path.
func belowFake(path string) string {
	return "/" + strings.SplitN(path, "/", strings.Count(fakePath, "/")+2)[strings.Count(fakePath, "/")+1]
}
