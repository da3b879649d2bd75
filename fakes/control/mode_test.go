package control_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

func TestModeChangesWhileRunning(t *testing.T) {
	specs := []api.Spec{{Kind: api.Mimir, Strict: true, Limits: &api.Limits{Series: 1}}, {Kind: api.Pyroscope}}
	inMemory(t, control.Options{Fakes: specs}, func(w *world) {
		ctx, m, p := w.Context(), w.fake("mimir"), w.fake("pyroscope")
		push := func(want int, job string) {
			w.Helper()
			if got := w.push(m, "up", job, "X-Scope-OrgID", "a"); got != want {
				w.Errorf("a push of job %s is answered %d, want %d", job, got, want)
			}
		}
		push(200, "a")
		push(400, "b")
		w.must(m.SetMode(ctx, api.Mode{Strict: true, Limits: &api.Limits{IngestionRate: 1, IngestionBurst: 1}}))
		push(200, "b")
		push(429, "b")
		w.must(m.SetMode(ctx, api.Mode{Discard: true}))
		push(200, "c")
		if _, err := m.WaitFor(ctx, client.Samples("up", 1)); err == nil || !strings.Contains(err.Error(), "discards what comes") {
			w.Errorf("a wait for data that is discarded: %v", err)
		}
		w.must(m.Reset(ctx))
		mode, err := m.Mode(ctx)
		w.must(err)
		if !mode.Strict || mode.Limits == nil || mode.Limits.Series != 1 || mode.Discard {
			w.Errorf("after the reset the mode is %+v", mode)
		}
		push(200, "a")
		push(400, "b")

		ingest := func() int {
			status, _ := w.send(http.MethodPost, p.URL()+"/ingest?name=shop.cpu", []byte("main;work 3\n"))
			return status
		}
		lenient := ingest()
		w.must(p.SetMode(ctx, api.Mode{Strict: true}))
		if strict := ingest(); lenient != 200 || strict != 401 {
			w.Errorf("without a tenant it answers %d, and when strict %d", lenient, strict)
		}
	})
}

func TestReadyNamesWhoDoesNotListen(t *testing.T) {
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir}, {Kind: api.Mimir, Name: "second"}, {Kind: api.Proxy}}}, func(w *world) {
		ctx := w.Context()
		ready := func() (int, string) {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+"/readyz", nil)
			w.must(err)
			response, err := w.contract.RoundTrip(request)
			w.must(err)
			return response.StatusCode, readBody(w, response)
		}
		w.must(w.fake("second").Down(ctx))
		w.must(w.fake("proxy").Down(ctx))
		if status, text := ready(); status != 503 || !strings.Contains(text, "not listening: second, proxy\"") {
			w.Errorf("with two down: %d %s", status, text)
		}
		w.must(w.fake("second").Up(ctx))
		w.must(w.fake("proxy").Restart(ctx))
		if status, text := ready(); status != 200 || !strings.Contains(text, `"fakes":3`) {
			w.Errorf("with all up: %d %s", status, text)
		}
	})
}

func TestChanceIsToldWithItsSeed(t *testing.T) {
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir}}}, func(w *world) {
		ctx, m := w.Context(), w.fake("mimir")
		w.must(m.Replies().Default(ctx, reply.Sometimes(50, reply.Status(503))))
		state, err := m.Replies().State(ctx)
		w.must(err)
		draw := func() string {
			got := ""
			for range 30 {
				got += http.StatusText(w.push(m, "up", "a"))
			}
			return got
		}
		first := draw()
		w.must(m.Replies().Replace(ctx, state.Text))
		if second := draw(); state.Seed == 0 || first != second || !strings.Contains(first, "Service") || !strings.Contains(first, "OK") {
			w.Errorf("seed %d in %q drew\n%s\n%s", state.Seed, state.Text, first, second)
		}
		w.must(m.Replies().SetSeed(ctx, 7))
		if state, err = m.Replies().State(ctx); err != nil || state.Seed != 7 || state.Text != "seed: 7\n503* chance=50%" {
			w.Errorf("the script is %+v, %v", state, err)
		}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		_, err = m.WaitFor(ctx, client.Samples("never", 1))
		var timedOut *client.Error
		if !errors.As(err, &timedOut) || !strings.Contains(err.Error(), `"seed: 7"`) {
			w.Errorf("the failed wait does not tell the seed: %v", err)
		}
	})
}
