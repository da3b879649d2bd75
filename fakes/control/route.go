package control

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// route is one path with one method.
type route struct {
	method, path string
	query        []string // the parameters that it takes
	handle       func(*Server, *call) error
}

// fakePath is the path of a fake.
const fakePath = api.Version + "/fakes/{fake}"

// routes are the whole API. openapi.json says the same; a test compares them.
func routes() []route {
	const fake = fakePath
	return append([]route{
		{"GET", "/livez", nil, (*Server).getLive},
		{"GET", "/readyz", nil, (*Server).getReady},
		{"GET", "/api/openapi.json", nil, (*Server).getDocument},

		{"GET", "/api/v1/sessions", nil, (*Server).getSessions},
		{"POST", "/api/v1/sessions", nil, (*Server).postSession},
		{"GET", "/api/v1/sessions/{session}", nil, (*Server).getSession},
		{"DELETE", "/api/v1/sessions/{session}", nil, (*Server).deleteSession},

		{"GET", "/api/v1/fakes", []string{"session"}, (*Server).getFakes},
		{"GET", fake, nil, onFake((*Server).getFake)},
		{"GET", fake + "/requests", []string{"after", "limit", "kind", "tenant", "status", "path", "search"}, onFake((*Server).getRequests)},
		{"GET", fake + "/requests/{seq}", []string{"limit", "secrets"}, onFake((*Server).getRequest)},
		{"GET", fake + "/requests/{seq}/body", nil, onFake((*Server).getBody)},
		{"GET", fake + "/requests/{seq}/reply", nil, onFake((*Server).getReply)},
		{"GET", fake + "/requests/{seq}/profiles/{index}", nil, onFake((*Server).getProfile)},
		{"GET", fake + "/connections", []string{"after", "limit"}, onFake((*Server).getConnections)},
		{"GET", fake + "/held", nil, onFake((*Server).getHeld)},
		{"GET", fake + "/profile", []string{"selector", "type", "from", "until"}, onFake((*Server).getMerged)},
		{"GET", fake + "/flamegraph", []string{"selector", "type", "from", "until", "seq", "index"}, onFake((*Server).getFlamegraph)},
		{"POST", fake + "/wait", nil, onFake((*Server).postWait)},

		{"GET", fake + "/script", nil, onFake((*Server).getScript)},
		{"PUT", fake + "/script", nil, onFake((*Server).putScript)},
		{"POST", fake + "/script", nil, onFake((*Server).postScript)},
		{"DELETE", fake + "/script", nil, onFake((*Server).deleteScript)},

		{"POST", fake + "/down", nil, onFake((*Server).postDown)},
		{"POST", fake + "/up", nil, onFake((*Server).postUp)},
		{"POST", fake + "/restart", nil, onFake((*Server).postRestart)},
		{"POST", fake + "/forget", nil, onFake((*Server).postForget)},
		{"POST", fake + "/reset", nil, onFake((*Server).postReset)},

		{"GET", fake + "/auth", nil, onFake((*Server).getAuth)},
		{"PUT", fake + "/auth", nil, onFake((*Server).putAuth)},
		{"GET", fake + "/tls", nil, onFake((*Server).getTLS)},
		{"PUT", fake + "/tls", nil, onFake((*Server).putTLS)},
		{"GET", fake + "/mode", nil, onFake((*Server).getMode)},
		{"PUT", fake + "/mode", nil, onFake((*Server).putMode)},
		{"GET", fake + "/ca.pem", nil, onFake((*Server).getCA)},
		{"POST", fake + "/client-certificate", nil, onFake((*Server).postClientCertificate)},
		{"PUT", fake + "/serve", nil, onFake((*Server).putServe)},
		{"GET", fake + "/tokens", nil, onFake((*Server).getTokens)},
		{"DELETE", fake + "/tokens", []string{"token"}, onFake((*Server).deleteTokens)},

		{"GET", fake + "/journal", []string{"secrets"}, onFake((*Server).getJournal)},
		{"POST", fake + "/journal", nil, onFake((*Server).postJournal)},
		{"GET", "/api/v1/events", []string{"session", "fake"}, (*Server).getEvents},
	}, prometheusRoutes()...)
}

// onFake finds the fake of the path, keeps its session alive meanwhile, and ends the call when the fake closes.
func onFake(handle func(*Server, *call, *fake) error) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		of, f, err := s.fake(c.r.PathValue("fake"))
		if err != nil {
			return err
		}
		defer of.use()()
		return handle(s, c, f)
	}
}

// newHandler serves the routes, and the page at all that is not the API.
func (s *Server) newHandler() http.Handler {
	mux := http.NewServeMux()
	byPath := map[string][]route{}
	for _, one := range routes() {
		byPath[one.path] = append(byPath[one.path], one)
	}
	for path, methods := range byPath {
		mux.Handle(path, s.methods(methods))
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, notFound("there is no %s: GET /api/openapi.json lists the paths", r.URL.Path))
	})
	if s.options.Page != nil {
		mux.Handle("/", s.options.Page)
	} else {
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			fail(w, notFound("there is no page here: the API begins at /api/v1/fakes, GET /api/openapi.json describes it"))
		})
	}
	return s.guarded(mux)
}

// methods serves one path.
func (s *Server) methods(routes []route) http.Handler {
	var allowed []string
	for _, one := range routes {
		if allowed = append(allowed, one.method); one.method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(routes, func(one route) bool {
			return one.method == r.Method || one.method == http.MethodGet && r.Method == http.MethodHead
		})
		if i < 0 {
			fail(w, &problem{
				status: http.StatusMethodNotAllowed, header: http.Header{"Allow": {strings.Join(allowed, ", ")}},
				text: r.Method + " " + r.URL.Path + ": want one of " + strings.Join(allowed, ", "),
			})
			return
		}
		s.play(routes[i], &call{w: w, r: r})
	})
}

func (s *Server) play(one route, c *call) {
	var err error
	if !one.isPrometheus() {
		err = c.checkQuery(one.query)
	}
	if err == nil {
		err = one.handle(s, c)
	}
	if err != nil && !c.begun {
		fail(c.w, err)
	}
}

// fail answers with an error.
func fail(w http.ResponseWriter, err error) {
	p := asProblem(err)
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(p.status)
	_ = json.NewEncoder(w).Encode(p.body()) // the client may be gone
}
