package control_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// trees answers for the queries that are not linked here: a tree is the number of samples.
var trees = control.Query{
	Flame: func(p *pyroscope.Server, selector, _ string) (any, error) {
		all, err := p.Accepted().Profiles(selector)
		return map[string]int{"total": len(all)}, err
	},
	FlameOf: func(p *profile.Profile, index int) any { return map[string]int64{"total": p.Sample[0].Value[index]} },
}

func readBody(w *world, response *http.Response) string {
	w.Helper()
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	w.must(err)
	return string(data)
}

// TestEveryRouteIsPlayed holds each operation of the document to what is really answered: the client of the world checks every call.
func TestEveryRouteIsPlayed(t *testing.T) {
	tls := api.Spec{Kind: api.Mimir, Name: "tls", TLS: &api.TLS{}}
	inMemory(t, control.Options{Fakes: append(specs(), tls), Query: trees}, func(w *world) {
		w.send(http.MethodPost, w.fake("pyroscope").URL()+"/ingest?name=shop.cpu", []byte("main;work 3\n"))
		w.send(http.MethodGet, w.fake("exposition").Endpoint(), nil)
		w.push(w.fake("mimir"), "up", "a")
		var recorded string
		for _, call := range []struct{ method, path, contentType, body string }{
			{"GET", "/livez", "", ""}, {"GET", "/readyz", "", ""}, {"GET", "/api/openapi.json", "", ""},
			{"POST", "/api/v1/sessions", "application/json", `{"id":"s","ttl":"1h","fakes":[{"kind":"mimir"}]}`},
			{"GET", "/api/v1/sessions", "", ""}, {"GET", "/api/v1/sessions/s", "", ""}, {"DELETE", "/api/v1/sessions/s", "", ""},
			{"GET", "/api/v1/fakes", "", ""}, {"GET", "/api/v1/fakes?session=default", "", ""}, {"GET", "/api/v1/fakes/mimir", "", ""},
			{"GET", "/api/v1/fakes/mimir/requests", "", ""}, {"GET", "/api/v1/fakes/mimir/requests/1", "", ""},
			{"GET", "/api/v1/fakes/pyroscope/requests/1", "", ""}, {"GET", "/api/v1/fakes/pyroscope/flamegraph?selector={}&type=x", "", ""},
			{"GET", "/api/v1/fakes/pyroscope/flamegraph?seq=1&index=0", "", ""},
			{"GET", "/api/v1/fakes/mimir/requests/1/body", "", ""}, {"GET", "/api/v1/fakes/exposition/requests/1/reply", "", ""},
			{"GET", "/api/v1/fakes/pyroscope/requests/1/profiles/0", "", ""}, {"GET", "/api/v1/fakes/mimir/connections", "", ""},
			{"POST", "/api/v1/fakes/mimir/wait", "application/json", `{"samples":"up"}`},
			{"PUT", "/api/v1/fakes/mimir/script", "text/plain", "connections: accept; 200"}, {"POST", "/api/v1/fakes/mimir/script", "text/plain", "200"},
			{"GET", "/api/v1/fakes/mimir/script", "", ""}, {"DELETE", "/api/v1/fakes/mimir/script", "", ""},
			{"GET", "/api/v1/fakes/mimir/journal", "", ""}, {"POST", "/api/v1/fakes/mimir/journal", "application/x-ndjson", "recorded"},
			{"POST", "/api/v1/fakes/mimir/down", "", ""}, {"POST", "/api/v1/fakes/mimir/up", "", ""}, {"POST", "/api/v1/fakes/mimir/restart", "", ""},
			{"POST", "/api/v1/fakes/mimir/forget", "", ""}, {"POST", "/api/v1/fakes/mimir/reset", "", ""},
			{"PUT", "/api/v1/fakes/mimir/auth", "application/json", `{"tenant":true}`}, {"GET", "/api/v1/fakes/mimir/auth", "", ""},
			{"PUT", "/api/v1/fakes/tls/tls", "application/json", `{"min":"1.3"}`}, {"GET", "/api/v1/fakes/tls/tls", "", ""},
			{"GET", "/api/v1/fakes/tls/ca.pem", "", ""}, {"POST", "/api/v1/fakes/tls/client-certificate", "application/json", `{}`},
			{"PUT", "/api/v1/fakes/exposition/serve", "application/json", `{"generator":{}}`},
			{"GET", "/api/v1/fakes/oauth2/tokens", "", ""}, {"DELETE", "/api/v1/fakes/oauth2/tokens", "", ""},
		} {
			if call.body == "recorded" {
				call.body = recorded
			}
			request, err := http.NewRequestWithContext(w.Context(), call.method, "http://"+host+call.path, strings.NewReader(call.body))
			w.must(err)
			request.Header.Set("Content-Type", call.contentType)
			response, err := w.contract.RoundTrip(request)
			w.must(err)
			text := readBody(w, response)
			if response.StatusCode/100 != 2 {
				w.Errorf("%s %s is answered %d %s", call.method, call.path, response.StatusCode, text)
			}
			if strings.HasSuffix(call.path, "/journal") {
				recorded = text
			}
		}
		w.collect(client.EventOptions{}).end()
		for path, methods := range w.contract.document["paths"].(map[string]any) {
			for method := range methods.(map[string]any) {
				if name := strings.ToUpper(method) + " " + path; !w.contract.played[name] {
					w.Errorf("%s was not played", name)
				}
			}
		}
	})
}
