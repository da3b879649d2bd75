package profilescrape

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	pprof "github.com/google/pprof/profile"
)

const oneTarget = "targets = [{\"__address__\" = \"app.test:80\"}]\nforward_to = [out]\n"

// status returns the one entry of the debug information.
func (r *running) status() TargetStatus {
	r.w.t.Helper()
	targets := r.DebugInfo().(DebugInfo).Targets
	if len(targets) != 1 {
		r.w.t.Fatalf("got %d targets, want 1: %+v", len(targets), targets)
	}
	return targets[0]
}

func TestOnlyValidProfilesAreForwarded(t *testing.T) {
	good := goodProfile("x")
	var empty, plain bytes.Buffer
	(&pprof.Profile{Comments: []string{"nothing was measured"}}).Write(&empty)
	z, _ := gzip.NewReader(bytes.NewReader(good))
	plain.ReadFrom(z)
	tests := []struct {
		name   string
		status int
		body   []byte
		err    string // "" for a good one
	}{
		{"gzipped", 200, good, ""},
		{"not gzipped", 200, plain.Bytes(), ""},
		{"not found", 404, good, `404 Not Found`},
		{"failing", 500, []byte("out of\nmemory"), `500 Internal Server Error: "out of"`},
		{"another success", 202, good, "202 Accepted"},
		{"nothing", 204, nil, "204"},
		{"empty", 200, nil, "the answer is empty"},
		{"page", 200, []byte("<!doctype html><html></html>"), "not a valid profile"},
		{"text", 200, []byte("goroutine profile: total 7\n"), "not a valid profile"},
		{"cut off", 200, good[:len(good)-10], "not a valid profile"},
		{"damaged", 200, append(bytes.Clone(good[:20]), bytes.Repeat([]byte{0xff}, 40)...), "not a valid profile"},
		{"no sample types", 200, empty.Bytes(), "it has no sample types"},
		{"too large", 200, make([]byte, maxBody+1), "as sent it is larger than 33554432 bytes"},
	}
	for _, tt := range tests {
		inWorld(t, func(w *world) {
			w.target("app.test:80", func(rw http.ResponseWriter, _ *http.Request) {
				rw.WriteHeader(tt.status)
				rw.Write(tt.body)
			})
			r := w.run(Phlare(), oneTarget+only)
			if got := r.status(); got.Health != "unknown" {
				t.Errorf("%s: got %+v before the first scrape", tt.name, got)
			}
			time.Sleep(15 * time.Second)
			got, status := w.out.profiles(), r.status()
			if tt.err != "" {
				if len(got) != 0 || status.Health != "down" || !strings.Contains(status.LastError, tt.err) || strings.Contains(status.LastError, "\n") {
					t.Errorf("%s: got %d profiles and %+v, want %q", tt.name, len(got), status, tt.err)
				}
				return
			}
			if len(got) != 1 || !bytes.Equal(got[0].Raw, tt.body) || status.Health != "up" || status.LastSuccess.IsZero() {
				t.Errorf("%s: got %d profiles and %+v", tt.name, len(got), status)
			}
		})
	}
}

func TestTimeoutEndsAScrape(t *testing.T) {
	inWorld(t, func(w *world) {
		lasted := make(chan time.Duration, 10)
		w.target("app.test:80", func(_ http.ResponseWriter, r *http.Request) {
			start := time.Now()
			<-r.Context().Done()
			lasted <- time.Since(start)
		})
		r := w.run(Phlare(), oneTarget+"scrape_timeout = \"3s\"\n"+only)
		time.Sleep(20 * time.Second)
		r.stop()
		if took := <-lasted; took != 3*time.Second || len(w.out.profiles()) != 0 {
			t.Errorf("got a request lasting %v and %d profiles", took, len(w.out.profiles()))
		}
	})
}

// TestSlowTargetIsScrapedOneAtATime: a target that takes 20s of a 15s interval is asked every 30s.
func TestSlowTargetIsScrapedOneAtATime(t *testing.T) {
	inWorld(t, func(w *world) {
		w.target("app.test:80", func(rw http.ResponseWriter, _ *http.Request) {
			time.Sleep(20 * time.Second)
			rw.Write(goodProfile("slow"))
		})
		w.run(Phlare(), oneTarget+"scrape_timeout = \"25s\"\n"+only)
		time.Sleep(2 * time.Minute)
		times := w.requests()["http://app.test/g"]
		if times == nil {
			times = w.requests()["http://app.test:80/g"]
		}
		for i := range times[1:] {
			if gap := times[i+1] - times[i]; gap != 30*time.Second {
				t.Errorf("got requests at %v, want 30s apart", times)
			}
		}
		if len(times) < 4 {
			t.Errorf("got requests at %v", times)
		}
	})
}

// TestReceiversDoNotWaitForEachOther: one receiver never returns, the other gets every profile in time.
func TestReceiversDoNotWaitForEachOther(t *testing.T) {
	inWorld(t, func(w *world) {
		w.target("app.test:80", nil)
		w.out.block = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		r := w.run(Phlare(), "targets = [{\"__address__\" = \"app.test:80\"}]\nforward_to = [null, out, other]\n"+only)
		time.Sleep(time.Minute)
		if got := len(w.other.profiles()); got != 4 {
			t.Errorf("the other receiver got %d profiles, want 4", got)
		}
		start := time.Now()
		r.stop()
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("stopping took %v, want the shutdown timeout", took)
		}
	})
}

func TestPushErrorIsShownBesideTheScrape(t *testing.T) {
	inWorld(t, func(w *world) {
		w.target("app.test:80", nil)
		w.out.block = func(context.Context) error { return errors.New("no room") }
		r := w.run(Phlare(), oneTarget+only)
		time.Sleep(15 * time.Second)
		if got := r.status(); got.Health != "up" || got.LastPushError != "no room" || got.Labels["job"] != "phlare.scrape.local" || got.Profile != "goroutine" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestFanOutLatency(t *testing.T) {
	for d, name := range map[string]string{"phlare": "phlare_fanout_latency", "pyroscope": "pyroscope_fanout_latency"} {
		inWorld(t, func(w *world) {
			w.target("app.test:80", nil)
			w.out.block = func(context.Context) error { time.Sleep(2 * time.Second); return nil }
			definition := Phlare()
			if d == "pyroscope" {
				definition = Pyroscope()
			}
			w.run(definition, oneTarget+only)
			time.Sleep(20 * time.Second)
			families, err := w.registry.Gather()
			if err != nil {
				t.Fatal(err)
			}
			h := families[0].Metric[0].Histogram
			if families[0].GetName() != name || h.GetSampleCount() == 0 || h.GetSampleSum() != 2*float64(h.GetSampleCount()) {
				t.Errorf("got %v", families)
			}
		})
	}
}

// TestReloadReachesRunningLoops: another receiver gets the next profile, and the loop keeps its rhythm.
func TestReloadReachesRunningLoops(t *testing.T) {
	inWorld(t, func(w *world) {
		w.target("app.test:80", nil)
		r := w.run(Phlare(), oneTarget+only)
		time.Sleep(time.Minute)
		r.reload("targets = [{\"__address__\" = \"app.test:80\"}]\nforward_to = [other]\nscrape_timeout = \"7s\"\n" + only)
		time.Sleep(time.Minute)
		if a, b := len(w.out.profiles()), len(w.other.profiles()); a != 4 || b != 4 {
			t.Errorf("got %d profiles before and %d after, want 4 and 4", a, b)
		}
		times := slices.Collect(func(yield func(time.Duration) bool) {
			for _, s := range w.seen {
				if !yield(s.at) {
					return
				}
			}
		})
		for i := range times[1:] {
			if times[i+1]-times[i] != 15*time.Second {
				t.Errorf("got requests at %v, want no break in the rhythm", times)
			}
		}
	})
}

func TestReloadChangesTargetsAndInterval(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, host := range []string{"a.test", "b.test", "c.test"} {
			w.target(host+":80", nil)
		}
		targets := func(hosts ...string) string {
			var all []string
			for _, h := range hosts {
				all = append(all, fmt.Sprintf(`{"__address__" = "%s:80"}`, h))
			}
			return "targets = [" + strings.Join(all, ", ") + "]\nforward_to = [out]\n"
		}
		r := w.run(Phlare(), targets("a.test", "b.test")+only)
		time.Sleep(time.Minute)
		r.reload(targets("b.test", "c.test") + only)
		time.Sleep(time.Minute)
		r.reload(targets("c.test") + "scrape_interval = \"1m\"\n" + only)
		time.Sleep(2 * time.Minute)
		for host, want := range map[string]int{"a.test": 4, "b.test": 8, "c.test": 6} {
			if got := len(w.requests()["http://"+host+":80/g"]) + len(w.requests()["http://"+host+"/g"]); got != want {
				t.Errorf("%s was scraped %d times, want %d", host, got, want)
			}
		}
	})
}

func TestRefusedReloadChangesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		w.target("app.test:80", nil)
		r := w.run(Pyroscope(), oneTarget+only)
		args, err := decode(t, Pyroscope(), w.scope(), oneTarget+"tls_config {\n ca_file = \"/nowhere/ca\"\n}\n"+only)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Prepare(args); err == nil || !strings.Contains(err.Error(), "/nowhere/ca") {
			t.Errorf("got %v, want the file", err)
		}
		time.Sleep(time.Minute)
		if got := len(w.out.profiles()); got != 4 {
			t.Errorf("got %d profiles, want 4", got)
		}
	})
}

func TestClientSettingsAreUsed(t *testing.T) {
	inWorld(t, func(w *world) {
		w.target("app.test:80", func(rw http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer t" || r.Method != "GET" || r.UserAgent() != "touchstone/1" {
				t.Errorf("got %s by %s with %v", r.Method, r.UserAgent(), r.Header)
			}
			rw.Write(goodProfile(""))
		})
		r := w.run(Phlare(), oneTarget+"http_client_config {\n bearer_token = \"t\"\n}\n"+only)
		time.Sleep(time.Minute)
		r.reload(oneTarget + "http_client_config {\n authorization {\n credential = \"t\"\n }\n}\n" + only)
		time.Sleep(time.Minute)
		if got := len(w.out.profiles()); got != 8 {
			t.Errorf("got %d profiles, want 8", got)
		}
	})
}

func TestTargetWithoutAddressIsShown(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.run(Phlare(), "targets = [{\"app\" = \"x\"}]\nforward_to = [out]\n"+only)
		if got := r.status(); got.Health != "down" || got.LastError != "target has no __address__" || got.Labels["app"] != "x" {
			t.Errorf("got %+v", got)
		}
	})
}

// TestFailuresAreLoggedOnceWithoutSecrets scrapes a target that fails for a while, with a token in the URL.
func TestFailuresAreLoggedOnceWithoutSecrets(t *testing.T) {
	inWorld(t, func(w *world) {
		w.target("h:1", func(rw http.ResponseWriter, r *http.Request) {
			if time.Since(w.start) < 5*time.Minute {
				http.Error(rw, "go away", http.StatusForbidden)
				return
			}
			rw.Write(goodProfile("x"))
		})
		var log bytes.Buffer
		w.logger = slog.New(slog.NewTextHandler(&log, nil))
		r := w.run(Phlare(), "targets = [{\"__address__\" = \"h:1\", \"__param_token\" = \"hunter2\"}]\nforward_to = [out]\n"+only)
		time.Sleep(10 * time.Minute)
		r.stop()
		if text := log.String(); strings.Count(text, "scrape failed") != 1 || strings.Count(text, "scrape works again") != 1 ||
			strings.Contains(text, "hunter2") {
			t.Errorf("want one failure and one recovery without the token, got\n%s", text)
		}
		if got := r.status().URL; got != "http://h:1/g?token=(secret)" {
			t.Errorf("the URL is shown as %s", got)
		}
	})
}
