package control_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

func TestScripts(t *testing.T) {
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir, Script: "500"}}}, func(w *world) {
		ctx, m := w.Context(), w.fake("mimir")
		w.must(m.Replies().ThenStatus(ctx, 503))
		w.must(m.Replies().For(reply.Match{Tenant: "b"}).Then(ctx, reply.Status(429).Header("Retry-After", "2")))
		for i, want := range []int{500, 503, 200} {
			if got := w.push(m, "up", "a"); got != want {
				w.Errorf("request %d is answered %d, want %d", i, got, want)
			}
		}
		if got := w.push(m, "up", "a", "X-Scope-OrgID", "b"); got != 429 {
			w.Errorf("tenant b is answered %d", got)
		}
		state, err := m.Replies().State(ctx)
		w.must(err)
		if state.Played != 3 || state.Total != 3 || state.Text != "500 503\ntenant=b: 429 retry-after=2" || state.Sections[0].AfterEnd != 1 {
			w.Errorf("the script is %+v", state)
		}
		w.must(m.Replies().Replace(ctx, "404*; connections: refuse"))
		if _, _, err := w.try(http.MethodPost, m.Endpoint(), nil, "Connection", "close"); err == nil {
			// The first may use a connection that was open already.
			if _, _, err = w.try(http.MethodPost, m.Endpoint(), nil); err == nil {
				w.Error("the connection is not refused")
			}
		}
		if got := w.push(m, "up", "a"); got != 404 {
			w.Errorf("after the refused connection comes %d, want 404", got)
		}
		w.must(m.Replies().Clear(ctx))
		w.must(m.Replies().Default(ctx, reply.Status(418)))
		w.must(m.Replies().ThenConnections(ctx, reply.Link{Latency: time.Second}))
		w.must(m.Replies().DefaultConnection(ctx, reply.Link{}))
		if got := w.push(m, "up", "a"); got != 418 {
			w.Errorf("the default is %d", got)
		}
		w.must(m.Reset(ctx))
		if state, err = m.Replies().State(ctx); err != nil || state.Text != "500" || state.Played != 0 {
			w.Errorf("after the reset the script is %+v, %v", state, err)
		}
	})
}

func TestWaitFindsOrTellsWhatCameNearest(t *testing.T) {
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir, Script: "503"}}}, func(w *world) {
		m := w.fake("mimir")
		ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
		defer cancel()
		w.push(m, "up", "a")
		w.push(m, "up", "b")
		_, err := m.WaitFor(ctx, client.Samples(`up{job="a"}`, 1))
		var refused *client.Error
		if !errors.As(err, &refused) || refused.Status != http.StatusRequestTimeout {
			w.Fatalf("the error is %v", err)
		}
		for _, want := range []string{`wait for 1 samples of up{job="a"}: timed out after`, `nearest: up{job="b"}`, "request 1 was not accepted", "it held 1 of what is waited for"} {
			if !strings.Contains(err.Error(), want) {
				w.Errorf("the error lacks %q: %v", want, err)
			}
		}

		begun := time.Now()
		go func() {
			time.Sleep(time.Hour)
			_, _, _ = w.try(http.MethodPost, m.Endpoint(), write(w.T, "up", "a"), "Content-Type", "application/x-protobuf")
		}()
		found, err := m.WaitFor(w.Context(), client.Samples(`up{job="a"}`, 1))
		w.must(err)
		if waited := time.Since(begun); waited != time.Hour {
			w.Errorf("it waited %s", waited)
		}
		if len(found.Series) != 1 || found.Series[0].Samples[0].Value != 1.5 || found.Series[0].Labels.Get("job") != "a" {
			w.Errorf("found %+v", found)
		}
	})
}

func TestWaitForRequestsOfAnyKind(t *testing.T) {
	inMemory(t, control.Options{Fakes: specs()}, func(w *world) {
		ctx := w.Context()
		w.send(http.MethodGet, w.fake("exposition").Endpoint(), nil)
		w.send(http.MethodGet, w.fake("pprof").URL()+"/debug/pprof/allocs", nil)
		w.send(http.MethodPost, w.fake("pyroscope").URL()+"/ingest?name=shop.cpu", []byte("main;work 3\n"))
		w.send(http.MethodPost, w.fake("oauth2").Endpoint(), []byte("grant_type=client_credentials&client_id=x"), "Content-Type", "application/x-www-form-urlencoded")
		w.push(w.fake("mimir"), "up", "a")
		for id, c := range map[string]client.Condition{
			"exposition": client.Scrapes("", 1), "pprof": client.Scrapes("/debug/pprof/allocs", 1), "oauth2": client.Tokens(1),
			"pyroscope": client.Profiles(`{service_name="shop"}`, 1), "mimir": client.DistinctSeries("up", 1),
		} {
			if _, err := w.fake(id).WaitFor(ctx, c); err != nil {
				w.Errorf("%s: %v", id, err)
			}
			if _, err := w.fake(id).WaitFor(ctx, client.Connections(1)); err != nil {
				w.Errorf("%s: %v", id, err)
			}
			if found, err := w.fake(id).WaitFor(ctx, client.Requests(api.Filter{Status: "2xx"}, 1)); err != nil || len(found.Requests) != 1 {
				w.Errorf("%s: found %+v, %v", id, found, err)
			}
		}
		if _, err := w.fake("pprof").WaitFor(ctx, client.Samples("up", 1)); err == nil || !strings.Contains(err.Error(), "nothing that a fake of kind pprof can have") {
			w.Errorf("waiting for samples of a pprof gives %v", err)
		}
	})
}

func TestSessionsDoNotSeeEachOther(t *testing.T) {
	inMemory(t, control.Options{}, func(w *world) {
		ctx := w.Context()
		one := w.client.StartT(w, api.Spec{Kind: api.Mimir, Script: "503"}).Fake("mimir")
		two := w.client.StartT(w, api.Spec{Kind: api.Mimir}).Fake("mimir")
		if got := w.push(one, "up", "one"); got != 503 {
			w.Errorf("the first is answered %d", got)
		}
		if got := w.push(two, "up", "two"); got != 200 {
			w.Errorf("the second is answered %d", got)
		}
		w.must(one.Down(ctx))
		for _, f := range []*client.Fake{one, two} {
			requests, err := f.Requests(ctx, api.Filter{})
			if err != nil || len(requests) != 1 || requests[0].Fake != f.ID() {
				w.Errorf("%s has seen %+v, %v", f.ID(), requests, err)
			}
		}
		if state, err := two.State(ctx); err != nil || !state.Up {
			w.Errorf("the second is %+v, %v", state, err)
		}
	})
}

func TestSessionWithATTLGoesWhenNobodyUsesIt(t *testing.T) {
	inMemory(t, control.Options{}, func(w *world) {
		ctx := w.Context()
		s, err := w.client.Start(ctx, api.NewSession{ID: "mine", TTL: "1m", Fakes: []api.Spec{{Kind: api.Mimir}}})
		w.must(err)
		m := s.Fake("mimir")
		time.Sleep(50 * time.Second)
		if _, err := m.State(ctx); err != nil { // which counts as use
			w.Fatal(err)
		}
		waiting, cancel := context.WithTimeout(ctx, 3*time.Minute)
		defer cancel()
		if _, err := m.WaitFor(waiting, client.Samples("up", 1)); err == nil || !strings.Contains(err.Error(), "timed out") {
			w.Errorf("a long wait gives %v", err)
		}
		time.Sleep(59 * time.Second)
		if _, err := m.State(ctx); err != nil {
			w.Errorf("it is gone too early: %v", err)
		}
		time.Sleep(61 * time.Second)
		var gone *client.Error
		if _, err := m.State(ctx); !errors.As(err, &gone) || gone.Status != http.StatusNotFound {
			w.Errorf("it is still there: %v", err)
		}
		if conn, err := w.net.Dial(ctx, "tcp", m.Addr()); err == nil {
			conn.Close()
			w.Error("its fake still listens")
		}
	})
}

func TestDeletingASessionEndsItsWaits(t *testing.T) {
	inMemory(t, control.Options{}, func(w *world) {
		s, err := w.client.Start(w.Context(), api.NewSession{Fakes: []api.Spec{{Kind: api.Mimir}}})
		w.must(err)
		go func() {
			time.Sleep(time.Second)
			_ = s.Close(context.Background())
		}()
		var gone *client.Error
		if _, err := s.Fake("mimir").WaitFor(w.Context(), client.Samples("up", 1)); !errors.As(err, &gone) || gone.Status != http.StatusNotFound {
			w.Errorf("the wait gives %v", err)
		}
	})
}

func TestRequestsAndTheirParts(t *testing.T) {
	inMemory(t, control.Options{Fakes: specs()}, func(w *world) {
		ctx, m, p := w.Context(), w.fake("mimir"), w.fake("pyroscope")
		for _, tenant := range []string{"a", "b", "a"} {
			w.push(m, "up", "job-"+tenant, "X-Scope-OrgID", tenant, "Authorization", "Bearer s3cret")
		}
		for _, test := range []struct {
			filter api.Filter
			want   []int
		}{
			{api.Filter{}, []int{1, 2, 3}}, {api.Filter{Tenant: "a"}, []int{1, 3}}, {api.Filter{Tenant: "a", After: 1}, []int{3}},
			{api.Filter{Search: "JOB-B"}, []int{2}}, {api.Filter{Search: "s3cret"}, nil}, {api.Filter{Status: "5xx"}, nil}, {api.Filter{Status: "200"}, []int{1, 2, 3}},
			{api.Filter{Status: "replied", Path: "/api/v1/push"}, []int{1, 2, 3}}, {api.Filter{Path: "/"}, nil}, {api.Filter{Kind: "metadata"}, nil},
		} {
			list, err := m.Requests(ctx, test.filter)
			var got []int
			for _, r := range list {
				got = append(got, r.Seq)
			}
			if err != nil || !slices.Equal(got, test.want) {
				w.Errorf("%+v lets %v through, want %v (%v)", test.filter, got, test.want, err)
			}
		}
		r, err := m.Request(ctx, 1)
		w.must(err)
		if r.Content.Series[0].Labels.Get("job") != "job-a" || r.Counts.Samples != 1 || r.Header.Get("Authorization") != "(redacted)" {
			w.Errorf("the request is %+v", r)
		}
		if r, err = m.RequestWithSecrets(ctx, 1); err != nil || r.Header.Get("Authorization") != "Bearer s3cret" {
			w.Errorf("with secrets the request is %+v, %v", r, err)
		}
		if body, err := m.Body(ctx, 1); err != nil || !bytes.Equal(body, write(w.T, "up", "job-a")) {
			w.Errorf("the body is %q, %v", body, err)
		}
		w.send(http.MethodPost, p.URL()+"/ingest?name=shop.cpu", []byte("main;work 3\n"))
		data, err := p.Profile(ctx, 1, 0)
		w.must(err)
		if parsed, err := profile.ParseData(data); err != nil || len(parsed.Sample) != 1 || parsed.Sample[0].Value[0] != 3 {
			w.Errorf("the profile is %v, %v", parsed, err)
		}
		if connections, err := m.Connections(ctx); err != nil || len(connections) != 1 || connections[0].Seq != 1 {
			w.Errorf("the connections are %+v, %v", connections, err)
		}
	})
}

func TestDownUpForget(t *testing.T) {
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir}}}, func(w *world) {
		ctx, m := w.Context(), w.fake("mimir")
		w.push(m, "up", "a")
		w.must(m.Down(ctx))
		if _, _, err := w.try(http.MethodPost, m.Endpoint(), nil); err == nil {
			w.Error("it answers while it is down")
		}
		if state, err := m.State(ctx); err != nil || state.Up || state.Requests != 1 {
			w.Errorf("while it is down it is %+v, %v", state, err)
		}
		w.must(m.Up(ctx))
		w.must(m.Restart(ctx))
		w.push(m, "up", "b")
		w.must(m.Forget(ctx))
		state, err := m.State(ctx)
		if err != nil || !state.Up || state.Requests != 0 || state.Last != 2 || state.Accepted.Samples != 2 {
			w.Errorf("after forgetting it is %+v, %v", state, err)
		}
		w.push(m, "up", "c")
		if list, err := m.Requests(ctx, api.Filter{}); err != nil || len(list) != 1 || list[0].Seq != 3 {
			w.Errorf("after forgetting came %+v, %v", list, err)
		}
	})
}
