package profilewrite

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestBackoffAtTheDocumentedDefaults follows the schedule of pyroscope.write@v0.38 up to its cap of five minutes.
func TestBackoffAtTheDocumentedDefaults(t *testing.T) {
	inWorld(t, func(w *world) {
		const failures = 13
		w.endpoint("api.test", func(n int, rw http.ResponseWriter, _ *http.Request) {
			if n < failures {
				rw.WriteHeader(http.StatusServiceUnavailable)
			}
		})
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://api.test\"\n max_backoff_retries = 0\n}")
		start := time.Now()
		if err := r.push("one", "data"); err != nil {
			t.Fatal(err)
		}
		want := []time.Duration{0}
		for _, wait := range []time.Duration{
			500 * time.Millisecond, 1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second,
			64 * time.Second, 128 * time.Second, 256 * time.Second, 5 * time.Minute, 5 * time.Minute, 5 * time.Minute,
		} {
			want = append(want, want[len(want)-1]+wait)
		}
		if got := w.times("api.test", start); !slices.Equal(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
		if got := w.metric("pyroscope_write_retries_total", "http://api.test"); got != failures {
			t.Errorf("got %v retries, want %d", got, failures)
		}
		if strings.Count(w.raws("api.test"), "data") != failures+1 {
			t.Error("a retry sent other bytes")
		}
	})
}

func TestNumberOfAttempts(t *testing.T) {
	for _, tt := range []struct {
		more string
		want int
	}{{"", 11}, {"max_backoff_retries = 1", 2}, {"max_backoff_retries = 3", 4}} {
		inWorld(t, func(w *world) {
			w.endpoint("api.test", always(503))
			r := w.start(Pyroscope(), "endpoint {\n url = \"http://api.test\"\n"+tt.more+"\n}")
			if err := r.push("one", "data"); err == nil || !strings.Contains(err.Error(), "503") {
				t.Errorf("got %v, want the status", err)
			}
			if got := len(w.pushes("api.test")); got != tt.want {
				t.Errorf("%q: got %d attempts, want %d", tt.more, got, tt.want)
			}
			if d := w.metric("pyroscope_write_dropped_profiles_total", "http://api.test"); d != 1 {
				t.Errorf("got %v dropped profiles, want 1", d)
			}
		})
	}
}

func TestPhlareTriesOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", always(503))
		r := w.start(Phlare(), "endpoint {\n url = \"http://api.test\"\n}")
		if err := r.push("one", "data"); err == nil {
			t.Error("got no error")
		}
		if got := len(w.pushes("api.test")); got != 1 {
			t.Errorf("got %d attempts, want 1", got)
		}
		for name, want := range map[string]float64{
			"sent_profiles": 0, "sent_bytes": 0, "dropped_profiles": 1, "dropped_bytes": 4, "retries": 0,
		} {
			if got := w.metric("phlare_write_"+name+"_total", "http://api.test"); got != want {
				t.Errorf("%s: got %v, want %v", name, got, want)
			}
		}
	})
}

func TestRemoteTimeoutIsPerAttempt(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", func(n int, rw http.ResponseWriter, r *http.Request) {
			if n < 2 {
				hang(n, rw, r)
			}
		})
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://api.test\"\n remote_timeout = \"3s\"\n}")
		start := time.Now()
		if err := r.push("one", "data"); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 3*time.Second+500*time.Millisecond+3*time.Second+time.Second {
			t.Errorf("took %v, want two timeouts of 3s and the waits 500ms and 1s", took)
		}
	})
}

func TestUnreachableEndpointIsRetried(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://later.test\"\n}")
		done := make(chan error)
		go func() { done <- r.push("one", "data") }()
		time.Sleep(2 * time.Second)
		w.endpoint("later.test", always(200))
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestEndpointsAreIndependent: one endpoint hangs, one is refused for good, one works; each scrape reaches the last at
// once.
func TestEndpointsAreIndependent(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("slow.test", hang)
		w.endpoint("refusing.test", always(401))
		w.endpoint("good.test", always(200))
		r := w.start(Pyroscope(), `
			endpoint {
			  url = "http://slow.test"
			}
			endpoint {
			  url = "http://refusing.test"
			}
			endpoint {
			  url = "http://good.test"
			}`)
		start := time.Now()
		errs := make(chan error, 3)
		for i := range 3 {
			go func() { errs <- r.push("one", fmt.Sprint(i)) }()
			time.Sleep(15 * time.Second)
		}
		if got := w.times("good.test", start); !slices.Equal(got, []time.Duration{0, 15 * time.Second, 30 * time.Second}) {
			t.Errorf("the good endpoint got its pushes at %v", got)
		}
		if got := w.raws("slow.test"); strings.ContainsAny(got, "12") {
			t.Errorf("the slow endpoint got %q beside the push being retried", got)
		}
		for range 2 {
			if err := <-errs; !errors.Is(err, errBusy) || !strings.Contains(err.Error(), "401") {
				t.Errorf("got %v, want both failures", err)
			}
		}
		if got := w.metric("pyroscope_write_skipped_profiles_total", "http://slow.test"); got != 2 {
			t.Errorf("got %v skipped profiles, want 2", got)
		}
	})
}

// TestSourcesDoNotWaitForEachOther: while the push of one source is retried, those of others are sent.
func TestSourcesDoNotWaitForEachOther(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", func(n int, rw http.ResponseWriter, _ *http.Request) {
			if w.pushes("api.test")[n].raw == "bad" {
				rw.WriteHeader(500)
			}
		})
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://api.test\"\n}")
		go r.push("one", "bad")
		synctest.Wait()
		if err := r.push("two", "good"); err != nil {
			t.Error(err)
		}
	})
}

func TestNoEndpoint(t *testing.T) {
	inWorld(t, func(w *world) {
		if err := w.start(Pyroscope(), "").push("one", "data"); err != nil {
			t.Error(err)
		}
	})
}

func TestStopTriesOnceMore(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", inOrder(503, 503, 503, 200))
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://api.test\"\n min_backoff_period = \"1m\"\n}")
		done := make(chan error, 1)
		go func() { done <- r.push("one", "data") }()
		time.Sleep(90 * time.Second) // two attempts were made, the next is due after 3m
		start := time.Now()
		r.stop()
		if err := <-done; err == nil || time.Since(start) != 0 {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		if got := len(w.pushes("api.test")); got != 3 {
			t.Errorf("got %d attempts, want one more than before", got)
		}
		if err := r.push("one", "late"); !errors.Is(err, errStopped) {
			t.Errorf("after the end: got %v", err)
		}
	})
}

func TestStopCutsOffWhatHangs(t *testing.T) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", hang)
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://api.test\"\n remote_timeout = \"1h\"\n}")
		done := make(chan error, 1)
		go func() { done <- r.push("one", "data") }()
		time.Sleep(time.Minute)
		start := time.Now()
		r.stop()
		if err := <-done; err == nil || time.Since(start) != 5*time.Second {
			t.Errorf("got %v after %v, want an end after 5s", err, time.Since(start))
		}
	})
}
