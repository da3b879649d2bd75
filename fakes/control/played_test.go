package control_test

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// trees answers for the queries that are not linked here: what is merged is the first profile, a tree is its first value, and PromQL is
// answered with the path that was asked.
var trees = control.Query{
	Mimir: func(*mimir.Server) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, "[%q, %q]", r.URL.EscapedPath(), r.Header.Get("X-Scope-OrgID"))
		})
	},
	Pyroscope: func(p *pyroscope.Server) control.Profiles {
		return control.Profiles{
			Merge: func(q control.ProfileQuery) (*profile.Profile, error) {
				all, err := p.Accepted().Profiles(cmp.Or(q.Selector, "{}"))
				if err != nil {
					return nil, err
				}
				return p.Parse(all[0]).Parsed, nil
			},
			Held: func() []control.HeldProfiles {
				return []control.HeldProfiles{{Type: "a", Profiles: 2, From: time.UnixMilli(1000), Until: time.UnixMilli(3000)},
					{Type: "b", Profiles: 1, From: time.UnixMilli(500), Until: time.UnixMilli(500)}}
			},
		}
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

const form = "application/x-www-form-urlencoded"

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
			{"GET", "/api/v1/fakes/pyroscope/flamegraph?seq=1&index=0", "", ""}, {"GET", "/api/v1/fakes/pyroscope/profile?from=2006-01-02T15:04:05Z", "", ""},
			{"GET", "/api/v1/fakes/pyroscope/held", "", ""}, {"GET", "/api/v1/fakes/mimir/held", "", ""},
			{"GET", "/api/v1/fakes/mimir/prometheus/api/v1/query?query=up", "", ""}, {"POST", "/api/v1/fakes/mimir/prometheus/api/v1/query", form, "query=up"},
			{"GET", "/api/v1/fakes/mimir/prometheus/api/v1/query_range", "", ""}, {"POST", "/api/v1/fakes/mimir/prometheus/api/v1/query_range", form, "step=1"},
			{"GET", "/api/v1/fakes/mimir/prometheus/api/v1/query_exemplars", "", ""}, {"POST", "/api/v1/fakes/mimir/prometheus/api/v1/query_exemplars", form, ""},
			{"GET", "/api/v1/fakes/mimir/prometheus/api/v1/format_query", "", ""}, {"POST", "/api/v1/fakes/mimir/prometheus/api/v1/format_query", form, ""},
			{"GET", "/api/v1/fakes/mimir/prometheus/api/v1/labels", "", ""}, {"POST", "/api/v1/fakes/mimir/prometheus/api/v1/labels", form, ""},
			{"GET", "/api/v1/fakes/mimir/prometheus/api/v1/series?match[]=a&match[]=b", "", ""}, {"POST", "/api/v1/fakes/mimir/prometheus/api/v1/series", form, ""},
			{"GET", "/api/v1/fakes/mimir/prometheus/api/v1/label/job/values", "", ""}, {"GET", "/api/v1/fakes/mimir/prometheus/api/v1/metadata", "", ""},
			{"GET", "/api/v1/fakes/mimir/prometheus/api/v1/status/buildinfo", "", ""},
			{"GET", "/api/v1/fakes/mimir/requests/1/body", "", ""}, {"GET", "/api/v1/fakes/exposition/requests/1/reply", "", ""},
			{"GET", "/api/v1/fakes/pyroscope/requests/1/profiles/0", "", ""}, {"GET", "/api/v1/fakes/mimir/connections", "", ""},
			{"POST", "/api/v1/fakes/mimir/wait", "application/json", `{"samples":"up"}`},
			{"PUT", "/api/v1/fakes/mimir/script", "text/plain", "connections: accept; 200"}, {"POST", "/api/v1/fakes/mimir/script", "text/plain", "200"},
			{"GET", "/api/v1/fakes/mimir/script", "", ""}, {"DELETE", "/api/v1/fakes/mimir/script", "", ""},
			{"GET", "/api/v1/fakes/mimir/journal", "", ""}, {"POST", "/api/v1/fakes/mimir/journal", "application/x-ndjson", "recorded"},
			{"POST", "/api/v1/fakes/mimir/down", "", ""}, {"POST", "/api/v1/fakes/mimir/up", "", ""}, {"POST", "/api/v1/fakes/mimir/restart", "", ""},
			{"POST", "/api/v1/fakes/mimir/forget", "", ""}, {"POST", "/api/v1/fakes/mimir/reset", "", ""},
			{"PUT", "/api/v1/fakes/mimir/auth", "application/json", `{"tenant":true}`}, {"GET", "/api/v1/fakes/mimir/auth", "", ""},
			{"PUT", "/api/v1/fakes/mimir/mode", "application/json", `{"strict":true,"limits":{"series":5}}`}, {"GET", "/api/v1/fakes/mimir/mode", "", ""},
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
