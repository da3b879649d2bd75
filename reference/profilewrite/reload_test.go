package profilewrite

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/profile"
)

func TestMatchEndpoints(t *testing.T) {
	e := func(name, url string, timeout time.Duration) endpointSettings {
		return endpointSettings{name: name, url: url, timeout: timeout}
	}
	tests := []struct {
		why         string
		old, wanted []endpointSettings
		want        []int
	}{
		{"nothing before", nil, []endpointSettings{e("", "a", 1)}, []int{-1}},
		{"equal, moved", []endpointSettings{e("", "a", 1), e("", "b", 1)}, []endpointSettings{e("", "b", 1), e("", "a", 1)}, []int{1, 0}},
		{"same name, other URL", []endpointSettings{e("n", "a", 1), e("", "b", 1)}, []endpointSettings{e("", "x", 1), e("n", "b", 1)}, []int{1, 0}},
		{"same URL, other timeout", []endpointSettings{e("", "a", 1), e("", "b", 1)}, []endpointSettings{e("", "b", 2)}, []int{1}},
		{"what is left, in order", []endpointSettings{e("", "a", 1)}, []endpointSettings{e("", "x", 1), e("", "y", 1)}, []int{0, -1}},
		{"one taken away in front", []endpointSettings{e("", "a", 1), e("", "b", 1)}, []endpointSettings{e("", "b", 1)}, []int{1}},
		{"twice the same", []endpointSettings{e("", "a", 1), e("", "a", 1)}, []endpointSettings{e("", "a", 1), e("", "a", 1)}, []int{0, 1}},
	}
	for _, tt := range tests {
		if got := matchEndpoints(tt.old, tt.wanted); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.why, got, tt.want)
		}
	}
}

// TestReloadReachesAPushThatIsRetried changes the URL while the push waits: it arrives at the new one at once.
func TestReloadReachesAPushThatIsRetried(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("old.test", always(503))
		w.endpoint("new.test", always(200))
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://old.test\"\n min_backoff_period = \"1m\"\n}")
		done := make(chan error)
		go func() { done <- r.push("one", "data") }()
		time.Sleep(10 * time.Second)
		start := time.Now()
		r.reload("endpoint {\n url = \"http://new.test\"\n}")
		if err := <-done; err != nil || time.Since(start) != 0 {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		if got := w.raws("new.test"); got != "data" {
			t.Errorf("the new endpoint got %q", got)
		}
	})
}

func TestReloadEndsThePushesOfARemovedEndpoint(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("old.test", always(503))
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://old.test\"\n max_backoff_retries = 0\n}")
		done := make(chan error)
		go func() { done <- r.push("one", "data") }()
		time.Sleep(10 * time.Second)
		r.reload("")
		if err := <-done; !errors.Is(err, errRemoved) {
			t.Errorf("got %v", err)
		}
	})
}

// TestReloadTakesTheMetricsOfARemovedEndpointAway, and the push that it still had on its way does not bring them back.
func TestReloadTakesTheMetricsOfARemovedEndpointAway(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("old.test", always(503))
		w.endpoint("stays.test", always(200))
		const stays = "endpoint {\n url = \"http://stays.test\"\n}"
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://old.test\"\n max_backoff_retries = 0\n}\n"+stays)
		done := make(chan error)
		go func() { done <- r.push("one", "data") }()
		time.Sleep(10 * time.Second)
		r.reload(stays)
		<-done
		if got := w.metric("pyroscope_write_sent_profiles_total", "http://stays.test"); got != 1 {
			t.Errorf("the endpoint that stays was sent %v profiles, want 1", got)
		}
		families, err := w.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			if len(f.Metric) != 1 {
				t.Errorf("%s has the endpoints %v, want one", f.GetName(), f.Metric)
			}
		}
	})
}

// TestNamesTellEndpointsApart has two endpoints with one URL: metrics know them by their names.
func TestNamesTellEndpointsApart(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("p.test", always(200))
		r := w.start(Phlare(), "endpoint {\n url = \"http://p.test\"\n name = \"a\"\n}\nendpoint {\n url = \"http://p.test\"\n name = \"b\"\n}")
		if err := r.push("one", "data"); err != nil {
			t.Fatal(err)
		}
		families, err := w.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		seen := ""
		for _, f := range families {
			for _, m := range f.Metric {
				if f.GetName() == "phlare_write_sent_profiles_total" {
					seen += fmt.Sprintf("%s %v ", m.Label[1].GetValue(), m.Counter.GetValue())
				}
			}
		}
		if seen != "a 1 b 1 " {
			t.Errorf("got %q", seen)
		}
	})
}

// TestReloadLeavesOthersAlone: a push in flight to an endpoint that stays is neither repeated nor broken off, and its
// backoff goes on.
func TestReloadLeavesOthersAlone(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("stays.test", func(n int, rw http.ResponseWriter, _ *http.Request) {
			time.Sleep(5 * time.Second)
			if n < 2 {
				rw.WriteHeader(503)
			}
		})
		w.endpoint("changes.test", always(200))
		const stays = "endpoint {\n url = \"http://stays.test\"\n}\n"
		r := w.start(Pyroscope(), stays)
		done := make(chan error)
		start := time.Now()
		go func() { done <- r.push("one", "data") }()
		for range 6 {
			time.Sleep(time.Second)
			r.reload("endpoint {\n url = \"http://changes.test\"\n}\n" + stays)
			r.reload(stays)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		want := []time.Duration{0, 5500 * time.Millisecond, 11500 * time.Millisecond}
		if got := w.times("stays.test", start); !slices.Equal(got, want) {
			t.Errorf("got attempts at %v, want %v", got, want)
		}
	})
}

func TestReloadChangesExternalLabelsAndKeepsTheReceiver(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", always(200))
		const endpoint = "endpoint {\n url = \"http://api.test\"\n}\n"
		r := w.start(Pyroscope(), endpoint+`external_labels = {"env" = "a"}`)
		before := r.Exports().(Exports).Receiver
		if err := r.push("one", "1"); err != nil {
			t.Fatal(err)
		}
		r.reload(endpoint + `external_labels = {"env" = "b"}`)
		if before != r.Exports().(Exports).Receiver {
			t.Error("the exported receiver changed")
		}
		if err := before.Append(w.t.Context(), profile.Profile{Labels: []profile.Label{{Name: "app", Value: "one"}}}); err != nil {
			t.Fatal(err)
		}
		got := w.pushes("api.test")
		if got[0].labels != "__name__=memory app=one env=a" || got[1].labels != "app=one env=b" {
			t.Errorf("got %q and %q", got[0].labels, got[1].labels)
		}
	})
}

func TestRefusedReloadChangesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", always(200))
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://api.test\"\n}")
		_, err := r.Prepare(w.args(r.d, "endpoint {\n url = \"http://other.test\"\n tls_config {\n ca_file = \"/nowhere/ca\"\n}\n}"))
		if err == nil || !strings.Contains(err.Error(), "/nowhere/ca") {
			t.Errorf("got %v, want the file", err)
		}
		if err := r.push("one", "data"); err != nil || w.raws("api.test") != "data" {
			t.Errorf("got %v and %q at the old endpoint", err, w.raws("api.test"))
		}
	})
}

// TestDiscardedReloadLeavesNothing relies on the bubble, which fails a test that leaves goroutines.
func TestDiscardedReloadLeavesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", always(200))
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://api.test\"\n}")
		change, err := r.Prepare(w.args(r.d, "endpoint {\n url = \"http://api.test\"\n remote_timeout = \"1s\"\n}\nendpoint {\n url = \"http://b.test\"\n}"))
		if err != nil {
			t.Fatal(err)
		}
		change.Discard()
		if err := r.push("one", "data"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}

// TestArgumentsAreNotChanged builds twice from one set of arguments and pushes in between.
func TestArgumentsAreNotChanged(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", always(200))
		const body = `
			endpoint {
			  url = "http://api.test"
			  headers = {"x-a" = "1"}
			}
			external_labels = {"env" = "a", "gone" = ""}`
		r := w.start(Pyroscope(), body)
		args := w.args(r.d, body)
		change, err := r.Prepare(args)
		if err != nil {
			t.Fatal(err)
		}
		change.Commit()
		if err := r.push("one", "data"); err != nil {
			t.Fatal(err)
		}
		if again := w.args(r.d, body); !reflect.DeepEqual(args, again) {
			t.Errorf("got %+v, want %+v", args, again)
		}
	})
}
