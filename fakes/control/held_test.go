package control_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

func TestHeld(t *testing.T) {
	inMemory(t, control.Options{Fakes: specs(), Query: trees}, func(w *world) {
		for id, want := range map[string]api.Held{
			"mimir":     {From: 1000, Until: 1000},
			"pyroscope": {From: 500, Until: 3000},
		} {
			if id == "mimir" {
				w.push(w.fake(id), "up", "a")
			}
			got, err := w.fake(id).Held(w.Context())
			w.must(err)
			if got.From != want.From || got.Until != want.Until {
				w.Errorf("%s holds %+v, want %+v", id, got, want)
			}
		}
	})
}

// TestPrometheusPaths: what is linked is asked below its own prefix, however the path was escaped, and for no tenant.
func TestPrometheusPaths(t *testing.T) {
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir, Name: "prometheus"}}, Query: trees}, func(w *world) {
		status, text := w.send(http.MethodGet, "http://"+host+"/api/v1/fakes/prometheus/prometheus/api/v1/label/a%2Fb/values", nil, "X-Scope-OrgID", "a")
		var got []string
		w.must(json.Unmarshal([]byte(text), &got))
		if status != 200 || strings.Join(got, " ") != "/prometheus/api/v1/label/a%2Fb/values " {
			w.Errorf("%d %q", status, got)
		}
	})
}
