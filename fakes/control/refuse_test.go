package control_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// TestBadInputIsRefused has a row for each thing that can be wrong with a call.
func TestBadInputIsRefused(t *testing.T) {
	const base = "http://" + host
	asJSON, asText := []string{"Content-Type", "application/json"}, []string{"Content-Type", "text/plain"}
	inMemory(t, control.Options{Fakes: specs()}, func(w *world) {
		for _, test := range []struct {
			method, path, body string
			header             []string
			status             int
			want               string
		}{
			{"GET", "/api/v1/nothing", "", nil, 404, "there is no /api/v1/nothing"},
			{"GET", "/", "", nil, 404, "there is no page here"},
			{"GET", "/api/v1/fakes/mimi", "", nil, 404, `there is no fake "mimi": there are exposition, mimir,`},
			{"GET", "/api/v1/fakes/x.mimir", "", nil, 404, `there is no session "x": there are default`},
			{"GET", "/api/v1/fakes?session=x", "", nil, 404, `there is no session "x"`},
			{"GET", "/api/v1/fakes?sesion=x", "", nil, 400, `the query has a parameter "sesion": known here are session`},
			{"GET", "/api/v1/fakes?session=a&session=b", "", nil, 400, `the parameter "session" 2 times`},
			{"GET", "/api/v1/fakes?session=%zz", "", nil, 400, "read the query: "},
			{"DELETE", "/api/v1/sessions/default", "", nil, 400, `the session "default" lives as long as the process`},
			{"DELETE", "/api/v1/sessions/x", "", nil, 404, `there is no session "x"`},
			{"PUT", "/api/v1/fakes", "", nil, 405, "want one of GET, HEAD"},
			{"PATCH", "/api/v1/fakes/mimir/script", "", nil, 405, "want one of DELETE, GET, HEAD, POST, PUT"},

			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir"}]}`, asText, 415, `Content-Type "text/plain": want application/json`},
			{"POST", "/api/v1/sessions", ``, asJSON, 400, "read the body as JSON: it is empty"},
			{"POST", "/api/v1/sessions", `{"fakes":[`, asJSON, 400, "line 1 column 10: it ends too early"},
			{"POST", "/api/v1/sessions", "{\n  \"fakes\": x}", asJSON, 400, "line 2 column 12: invalid character 'x'"},
			{"POST", "/api/v1/sessions", `{"fakes":[]} {}`, asJSON, 400, "something comes after the first value"},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kin":"mimir"}]}`, asJSON, 400, `unknown field "kin"`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":7}]}`, asJSON, 400, "is a number, want string"},
			{"POST", "/api/v1/sessions", `{"fakes":[]}`, asJSON, 400, "it has no fakes"},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimi"}]}`, asJSON, 400, `fakes[0]: there is no kind "mimi": there are exposition, mimir`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir"},{"kind":"mimir"}]}`, asJSON, 400, `fakes[1]: there is another fake "mimir"`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir","name":"a.b"}]}`, asJSON, 400, `name "a.b": want letters`},
			{"POST", "/api/v1/sessions", `{"id":"a b","fakes":[{"kind":"mimir"}]}`, asJSON, 400, `session "a b": want letters`},
			{"POST", "/api/v1/sessions", `{"id":"default","fakes":[{"kind":"mimir"}]}`, asJSON, 409, `session "default" exists already`},
			{"POST", "/api/v1/sessions", `{"ttl":"soon","fakes":[{"kind":"mimir"}]}`, asJSON, 400, `ttl "soon": want a duration`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir","script":"503 50"}]}`, asJSON, 400, `start fake mimir: reply script, line 1 column 5: "50"`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir","addr":"nowhere:x"}]}`, asJSON, 400, `start fake mimir: start a fake at "nowhere:x"`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"pprof","strict":true}]}`, asJSON, 400, `"strict" is nothing for a fake of kind pprof`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir","limits":{}}]}`, asJSON, 400, `add "strict": true`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"pyroscope","strict":true,"limits":{"future":"1s"}}]}`, asJSON, 400, "a pyroscope has none of time, of series"},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir","timeouts":{"idle":"x"}}]}`, asJSON, 400, `timeouts: idle "x"`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir","tls":{"min":"1.4"}}]}`, asJSON, 400, `tls: min "1.4"`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir","tls":{"min":"1.3","max":"1.2"}}]}`, asJSON, 400, "min 1.3 is above max 1.2"},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir","tls":{"certificate":"odd"}}]}`, asJSON, 400, `tls: certificate: `},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"mimir","auth":{"issuer":"x"}}]}`, asJSON, 400, `issuer "x": the session has no fake of this name`},
			{"POST", "/api/v1/sessions", `{"fakes":[{"kind":"oauth2","oauth2":{"style":"odd"}}]}`, asJSON, 400, `unknown style "odd"`},

			{"PUT", "/api/v1/fakes/mimir/script", "200 oops", asText, 400, `reply script, line 1 column 5: "oops"`},
			{"PUT", "/api/v1/fakes/mimir/script", "200\n  5", asText, 400, `line 2 column 3: "5"`},
			{"PUT", "/api/v1/fakes/mimir/script", "200", asJSON, 415, "want text/plain"},
			{"PUT", "/api/v1/fakes/mimir/script", strings.Repeat(" ", 1<<20+1), asText, 413, "larger than 1048576 bytes"},
			{"PUT", "/api/v1/fakes/mimir/auth", `{"issuer":"pprof"}`, asJSON, 400, `issuer "pprof" is of kind pprof, not oauth2`},
			{"PUT", "/api/v1/fakes/mimir/tls", `{}`, asJSON, 400, "was started without TLS"},
			{"GET", "/api/v1/fakes/mimir/tls", "", nil, 404, "speaks no TLS"},
			{"GET", "/api/v1/fakes/mimir/ca.pem", "", nil, 404, "so it has no authority"},
			{"POST", "/api/v1/fakes/mimir/client-certificate", "{}", asJSON, 404, "so it has no authority"},
			{"PUT", "/api/v1/fakes/mimir/mode", `{"limits":{"series":1}}`, asJSON, 400, "checked in strict mode only"},
			{"PUT", "/api/v1/fakes/mimir/mode", `{"strict":true,"limits":{"sampleLabels":1}}`, asJSON, 400, "a mimir has none of profiles"},
			{"PUT", "/api/v1/fakes/mimir/mode", `{"strict":true,"limits":{"future":"soon"}}`, asJSON, 400, `limits: future "soon"`},
			{"PUT", "/api/v1/fakes/pyroscope/mode", `{"discard":true}`, asJSON, 400, `"discard" is nothing for a fake of kind pyroscope`},
			{"PUT", "/api/v1/fakes/proxy/mode", `{}`, asJSON, 404, "only a mimir and a pyroscope can be strict"},
			{"GET", "/api/v1/fakes/proxy/mode", "", nil, 404, "only a mimir and a pyroscope can be strict"},
			{"PUT", "/api/v1/fakes/proxy/serve", `{"pages":[]}`, asJSON, 400, `a proxy has "proxy" only`},
			{"GET", "/api/v1/fakes/mimir/tokens", "", nil, 404, "only an oauth2 gives tokens out"},
			{"PUT", "/api/v1/fakes/mimir/serve", "{}", asJSON, 400, "a mimir serves nothing"},
			{"PUT", "/api/v1/fakes/exposition/serve", "{}", asJSON, 400, `want "pages" or a "generator"`},
			{"PUT", "/api/v1/fakes/exposition/serve", `{"pages":[]}`, asJSON, 400, "want at least one"},
			{"PUT", "/api/v1/fakes/exposition/serve", `{"generator":{"series":1,"everyType":true}}`, asJSON, 400, "want one of series"},
			{"PUT", "/api/v1/fakes/exposition/serve", `{"generator":{"churn":{"series":2,"replaced":3}}}`, asJSON, 400, "churn: want 1 to"},
			{"PUT", "/api/v1/fakes/pprof/serve", `{"profiles":[{"path":"x"}]}`, asJSON, 400, `profiles[0]: path "x"`},
			{"PUT", "/api/v1/fakes/pprof/serve", `{"profiles":[{"path":"/x","live":"cpu"}]}`, asJSON, 400, `live "cpu"`},
			{"PUT", "/api/v1/fakes/pprof/serve", `{"profiles":[{"path":"/x","file":"?"}]}`, asJSON, 400, "read base64"},
			{"PUT", "/api/v1/fakes/oauth2/serve", `{"lifetime":"x"}`, asJSON, 400, `lifetime "x"`},

			{"GET", "/api/v1/fakes/mimir/requests?limit=0", "", nil, 400, "limit=0: want a number from 1 to 1000"},
			{"GET", "/api/v1/fakes/mimir/requests?status=9xx", "", nil, 400, `status "9xx"`},
			{"GET", "/api/v1/fakes/mimir/requests/x", "", nil, 400, `seq "x": want a number`},
			{"GET", "/api/v1/fakes/mimir/requests/1", "", nil, 404, "mimir has no request 1: the newest is 0"},
			{"GET", "/api/v1/fakes/mimir/requests/1/body", "", nil, 404, "mimir has no request 1"},
			{"GET", "/api/v1/fakes/mimir/requests/1/profiles/0", "", nil, 404, "of kind mimir, which has no profiles"},
			{"GET", "/api/v1/fakes/pyroscope/flamegraph", "", nil, 404, "built without queries"},
			{"GET", "/api/v1/fakes/pyroscope/profile", "", nil, 404, "built without queries"},
			{"GET", "/api/v1/fakes/pyroscope/held", "", nil, 404, "built without queries"},
			{"GET", "/api/v1/fakes/proxy/held", "", nil, 404, "only a mimir and a pyroscope hold data"},
			{"GET", "/api/v1/fakes/mimir/profile", "", nil, 404, "only what a pyroscope holds is merged"},
			{"GET", "/api/v1/fakes/mimir/prometheus/api/v1/query", "", nil, 404, "built without queries"},
			{"GET", "/api/v1/fakes/pprof/prometheus/api/v1/query", "", nil, 404, "only a mimir is asked PromQL"},
			{"POST", "/api/v1/fakes/mimir/wait", `{}`, asJSON, 400, "0 things to wait for: want one of samples"},
			{"POST", "/api/v1/fakes/mimir/wait", `{"samples":"up","tokens":true}`, asJSON, 400, "2 things to wait for"},
			{"POST", "/api/v1/fakes/mimir/wait", `{"samples":"up{"}`, asJSON, 400, "fake mimir: wait for 1 samples of up{: "},
			{"POST", "/api/v1/fakes/mimir/wait", `{"samples":"up","timeout":"1h"}`, asJSON, 400, "want at most 10m0s"},
			{"POST", "/api/v1/fakes/mimir/wait", `{"profiles":"{}"}`, asJSON, 400, "nothing that a fake of kind mimir can have"},
			{"POST", "/api/v1/fakes/pprof/wait", `{"scrapes":""}`, asJSON, 400, "want a path"},
			{"POST", "/api/v1/fakes/mimir/journal", "{}", asJSON, 415, "want application/x-ndjson"},
			{"GET", "/api/v1/fakes/mimir/journal?secrets=perhaps", "", nil, 400, "secrets=perhaps: want true or false"},
			{"GET", "/api/v1/events?fake=x", "", nil, 404, `there is no fake "x"`},
			{"GET", "/api/v1/events?fake=mimir&session=other", "", nil, 400, `fake "mimir" is not of session "other"`},

			{"POST", "/api/v1/fakes/mimir/down", "", []string{"Origin", "http://evil.test"}, 403, "a page of another site sent this"},
			{"POST", "/api/v1/fakes/mimir/down", "", []string{"Sec-Fetch-Site", "cross-site"}, 403, "a page of another site sent this"},
			{"GET", "/api/v1/fakes", "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403, "a page of another site sent this"},
		} {
			status, text := w.send(test.method, base+test.path, []byte(test.body), test.header...)
			var answer api.Error
			if err := json.Unmarshal([]byte(text), &answer); err != nil {
				w.Errorf("%s %s: %v", test.method, test.path, err)
			}
			if status != test.status || !strings.Contains(answer.Error, test.want) {
				w.Errorf("%s %s %.60s is answered %d %s, want %d %s", test.method, test.path, test.body, status, answer.Error, test.status, test.want)
			}
		}
		if state, err := w.fake("mimir").State(w.Context()); err != nil || !state.Up || state.Script.Total != 0 || len(w.server.Fakes()) != len(specs()) {
			w.Errorf("something of it took effect: %+v, %v", state, err)
		}
	})
}

func TestOtherNamesAreRefused(t *testing.T) {
	inMemory(t, control.Options{Fakes: specs()}, func(w *world) {
		for name, want := range map[string]int{
			"evil.test": 421, "evil.test:80": 421, "localhost.evil.test": 421, "": 400, "control.test": 200, "CONTROL.test:80": 200,
			"localhost": 200, "fakes.localhost:9": 200, "127.0.0.1:80": 200, "[::1]:80": 200, "localhost.": 200,
		} {
			request, err := http.NewRequestWithContext(w.Context(), http.MethodGet, "http://"+host+"/livez", nil)
			w.must(err)
			if request.Host = name; name == "" {
				continue // net/http sends no empty Host
			}
			response, err := w.data.Do(request)
			w.must(err)
			_ = response.Body.Close()
			if response.StatusCode != want {
				w.Errorf("Host %q is answered %d, want %d", name, response.StatusCode, want)
			}
		}
	})
}

func TestSameSiteMayCommand(t *testing.T) {
	inMemory(t, control.Options{Fakes: specs()}, func(w *world) {
		for _, header := range [][]string{{"Origin", "http://" + host}, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, nil} {
			if status, text := w.send(http.MethodPost, "http://"+host+"/api/v1/fakes/mimir/restart", nil, header...); status != 200 {
				w.Errorf("%v is answered %d %s", header, status, text)
			}
		}
	})
}
