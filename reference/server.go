package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/page"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Handler answers the agent's HTTP requests:
//
//	/                     a page with links to the others
//	/components           the components as a page for people; /components/ID is one of them
//	/-/ready              200 while it runs, 503 once it stops
//	/-/healthy            200, or 500 with the unhealthy components and their reasons
//	/-/reload             POST: 200, 400 with the reason, or 503 once it stops
//	/metrics              the metrics of the agent and of its components
//	/api/v0/components    the components as JSON; /api/v0/components/ID is one of them
//	/debug/pprof/         the profiles of the process
func (a *Agent) Handler() http.Handler { return a.handler }

func (a *Agent) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.homePage)
	mux.HandleFunc("GET /components", a.componentsPage)
	mux.HandleFunc("GET /components/{id}", a.componentPage)
	mux.HandleFunc("GET /-/ready", a.ready)
	mux.HandleFunc("GET /-/healthy", a.healthy)
	mux.HandleFunc("POST /-/reload", a.reload)
	mux.Handle("GET /metrics", a.metrics.handler())
	mux.HandleFunc("GET /api/v0/components", a.components)
	mux.HandleFunc("GET /api/v0/components/{id}", a.component)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

func (a *Agent) ready(w http.ResponseWriter, _ *http.Request) {
	if a.stopping.Load() {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

func (a *Agent) healthy(w http.ResponseWriter, _ *http.Request) {
	list := a.graph.Unhealthy()
	if len(list) == 0 {
		fmt.Fprintln(w, "all components are healthy")
		return
	}
	var text strings.Builder
	for _, info := range list {
		fmt.Fprintf(&text, "%s is unhealthy: %s\n", info.ID, info.Health.Message)
	}
	http.Error(w, strings.TrimSuffix(text.String(), "\n"), http.StatusInternalServerError)
}

func (a *Agent) reload(w http.ResponseWriter, _ *http.Request) {
	err := a.reloadAndLog()
	if errors.Is(err, component.ErrStopping) {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	if err != nil {
		http.Error(w, strings.TrimSuffix(river.Explain(err), "\n"), http.StatusBadRequest)
		return
	}
	fmt.Fprintln(w, "configuration reloaded")
}

func (a *Agent) components(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, a.graph.Components())
}

func (a *Agent) component(w http.ResponseWriter, r *http.Request) {
	if info, ok := a.find(w, r); ok {
		writeJSON(w, info)
	}
}

// find returns the component that a path names, or answers that there is none.
func (a *Agent) find(w http.ResponseWriter, r *http.Request) (component.Info, bool) {
	info, ok := a.graph.Component(r.PathValue("id"))
	if !ok {
		var ids []string
		for _, other := range a.graph.Overview() {
			ids = append(ids, other.ID)
		}
		http.Error(w, notFound(r.PathValue("id"), ids), http.StatusNotFound)
	}
	return info, ok
}

func (a *Agent) homePage(w http.ResponseWriter, _ *http.Request) {
	page.Home(w, page.Agent{
		Version: Version(), Ready: !a.stopping.Load(), Components: len(a.graph.Overview()), Unhealthy: len(a.graph.Unhealthy()),
	})
}

func (a *Agent) componentsPage(w http.ResponseWriter, _ *http.Request) {
	page.Components(w, a.graph.Overview())
}

func (a *Agent) componentPage(w http.ResponseWriter, r *http.Request) {
	if info, ok := a.find(w, r); ok {
		page.Component(w, info)
	}
}

func notFound(id string, ids []string) string {
	text := fmt.Sprintf("no component %q", id)
	if near := river.Nearest(id, ids); near != "" {
		text += fmt.Sprintf(", did you mean %q?", near)
	}
	return text
}

// writeJSON marshals before it answers, so that half an answer is never sent.
func writeJSON(w http.ResponseWriter, v any) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, fmt.Sprintf("write components as JSON: %v", err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(text, '\n'))
}
