package metricscrape

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// sink is a receiver that keeps everything as text.
type sink struct {
	mu    sync.Mutex
	lines []string
}

func (s *sink) Append(_ context.Context, columns ...column.Column) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, flat(columns)...)
	return nil
}

// of returns the values of one metric; stale stands for the marker.
func (s *sink) of(metric string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for _, line := range s.lines {
		if rest, is := strings.CutPrefix(line, "__name__="+metric+","); is {
			var v float64
			var at int64
			_, err := fmt.Sscanf(rest[strings.Index(rest, " "):], "%g @%d", &v, &at)
			if err != nil {
				panic(err)
			}
			text := fmt.Sprint(v)
			if column.IsStale(v) || text == "NaN" {
				text = "stale"
			}
			found = append(found, text)
		}
	}
	return found
}

// world is an in-memory network with one web server, and a scraper pointed at it.
type world struct {
	t        *testing.T
	net      *memnet.Network
	sink     *sink
	built    component.Component
	cancel   context.CancelFunc
	finished chan error
}

func newWorld(t *testing.T, page http.HandlerFunc, edit func(*Arguments)) *world {
	w := newIdleWorld(t, page, edit)
	w.run()
	return w
}

// newIdleWorld is newWorld with a scraper that does not run yet.
func newIdleWorld(t *testing.T, page http.HandlerFunc, edit func(*Arguments)) *world {
	w := &world{t: t, net: memnet.New(), sink: &sink{}, finished: make(chan error, 1)}
	listener, err := w.net.Listen("tcp", "app.test:80")
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: page}
	go web.Serve(listener)
	t.Cleanup(func() { web.Close() })
	w.built, err = Definition().Build(component.Options{
		ID: "prometheus.scrape.demo", Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
		Dial: w.net.Dial, Getenv: func(string) string { return "" }, UserAgent: "test/1",
	}, w.arguments(edit))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) run() {
	ctx, cancel := context.WithCancel(w.t.Context())
	w.cancel = cancel
	go func() { w.finished <- w.built.Run(ctx) }()
}

func (w *world) arguments(edit func(*Arguments)) *Arguments {
	args := Definition().Arguments().(*Arguments)
	args.Targets = []map[string]string{{"__address__": "app.test"}}
	args.ForwardTo = []column.Receiver{nil, w.sink}
	if edit != nil {
		edit(args)
	}
	if err := args.Validate(); err != nil {
		w.t.Fatal(err)
	}
	return args
}

func (w *world) update(edit func(*Arguments)) {
	w.t.Helper()
	change, err := w.built.Prepare(w.arguments(edit))
	if err != nil {
		w.t.Fatal(err)
	}
	change.Commit()
}

func (w *world) stop() {
	w.cancel()
	if err := <-w.finished; err != nil {
		w.t.Error(err)
	}
}

func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestScrapesOnceAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		var header http.Header
		w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
			times = append(times, time.Now())
			header = r.Header
			rw.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(rw)
			fmt.Fprintf(z, "n %d\n", len(times))
			z.Close()
		}, nil)
		start := time.Now()
		time.Sleep(5 * time.Minute)
		w.stop()
		equal(t, "n", w.sink.of("n"), "1", "2", "3", "4", "5")
		equal(t, "up", w.sink.of("up"), "1", "1", "1", "1", "1")
		equal(t, "added", w.sink.of("scrape_series_added"), "1", "0", "0", "0", "0")
		if first := times[0].Sub(start); first >= time.Minute {
			t.Errorf("first scrape after %s, want less than the interval", first)
		}
		for i := 1; i < len(times); i++ {
			if gap := times[i].Sub(times[i-1]); gap != time.Minute {
				t.Errorf("scrape %d came %s after the one before, want 1m0s", i+1, gap)
			}
		}
		for name, want := range map[string]string{"User-Agent": "test/1", "X-Prometheus-Scrape-Timeout-Seconds": "10"} {
			if got := header.Get(name); got != want {
				t.Errorf("header %s is %q, want %q", name, got, want)
			}
		}
	})
}

func TestFailedScrapeEndsSeries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
			switch n++; n {
			case 1, 5:
				fmt.Fprint(rw, "a 1\nb 1\n")
			case 2:
				rw.WriteHeader(http.StatusInternalServerError)
			case 3:
				fmt.Fprint(rw, "a 1\nb one\n")
			case 4:
				time.Sleep(11 * time.Second) // longer than the timeout
			case 6:
				fmt.Fprint(rw, "a 1\n")
			}
		}, nil)
		time.Sleep(6 * time.Minute)
		equal(t, "up", w.sink.of("up"), "1", "0", "0", "0", "1", "1")
		equal(t, "a", w.sink.of("a"), "1", "stale", "1", "1")
		equal(t, "b", w.sink.of("b"), "1", "stale", "1", "stale")
		targets := w.built.(component.Debugger).DebugInfo().(map[string]any)["targets"].([]Status)
		if len(targets) != 1 || targets[0].Health != "up" || targets[0].URL != "http://app.test:80/metrics" {
			t.Errorf("debug information is %+v", targets)
		}
		w.stop()
	})
}

func TestReloadKeepsWhatDidNotChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paths := map[string]int{}
		w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
			paths[r.URL.Path]++
			fmt.Fprintf(rw, "a %d\n", paths[r.URL.Path])
		}, nil)
		time.Sleep(2 * time.Minute)
		other := &sink{}
		w.update(func(a *Arguments) { a.ForwardTo = []column.Receiver{other} })
		time.Sleep(time.Minute)
		equal(t, "a before", w.sink.of("a"), "1", "2")
		equal(t, "a after", other.of("a"), "3")
		w.update(func(a *Arguments) {
			a.ForwardTo = []column.Receiver{other}
			a.Targets = []map[string]string{{"__address__": "app.test", "__metrics_path__": "/new"}}
		})
		time.Sleep(time.Minute)
		equal(t, "a of both targets", other.of("a"), "3", "stale", "1")
		equal(t, "up of both targets", other.of("up"), "1", "stale", "1")
		w.stop()
		equal(t, "a after a stop", other.of("a"), "3", "stale", "1")
	})
}

func TestArgumentsRefused(t *testing.T) {
	for want, edit := range map[string]func(*Arguments){
		"scrape_interval: scrape_interval must be more than 0, not 0s":            func(a *Arguments) { a.ScrapeInterval = 0 },
		"scrape_timeout: scrape_timeout must be more than 0, not -1s":             func(a *Arguments) { a.ScrapeTimeout = -time.Second },
		"scrape_timeout: scrape_timeout 2m is longer than":                        func(a *Arguments) { a.ScrapeTimeout = 2 * time.Minute },
		`scheme: scheme must be http or https, not "ftp"`:                         func(a *Arguments) { a.Scheme = "ftp" },
		`targets[0]: targets[0]: target has no __address__; its labels are "job"`: func(a *Arguments) { a.Targets = []map[string]string{{"job": "x"}} },
		`targets[0]: targets[0]: __address__ "h o" is not host:port`:              func(a *Arguments) { a.Targets = []map[string]string{{"__address__": "h o"}} },
		`targets[0]: targets[0]: __address__ holds a user`:                        func(a *Arguments) { a.Targets = []map[string]string{{"__address__": "u:hunter2@h"}} },
		`targets[0]: targets[0]: target "h:1" has the scheme "ftp"`: func(a *Arguments) {
			a.Targets = []map[string]string{{"__address__": "h:1", "__scheme__": "ftp"}}
		},
		"scrape_timeout: scrape_timeout 10s is longer than scrape_interval 5s": func(a *Arguments) {
			a.ScrapeInterval, a.ScrapeTimeout = 5*time.Second, 10*time.Second
		},
		`targets[0]: targets[0]: __address__ "http://x" is not host:port`: func(a *Arguments) { a.Targets = []map[string]string{{"__address__": "http://x"}} },
	} {
		args := Definition().Arguments().(*Arguments)
		edit(args)
		var field *river.FieldError
		if err := args.Validate(); !errors.As(err, &field) || !strings.HasPrefix(field.Field+": "+err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a password is shown: %v", err)
		}
	}
	short := Definition().Arguments().(*Arguments)
	short.ScrapeInterval = time.Second
	if err := short.Validate(); err != nil || short.ScrapeTimeout != time.Second {
		t.Errorf("a default timeout with a short interval: %v, %v", short.ScrapeTimeout, err)
	}
}

func TestTargetURL(t *testing.T) {
	args := Definition().Arguments().(*Arguments)
	args.Params = map[string][]string{"match": {"a", "b"}}
	args.jobName = "j"
	for _, c := range []struct {
		set       map[string]string
		url, inst string
	}{
		{map[string]string{"__address__": "h"}, "http://h:80/metrics?match=a&match=b", "h:80"},
		{map[string]string{"__address__": "h:9", "__scheme__": "https", "__metrics_path__": "/x"}, "https://h:9/x?match=a&match=b", "h:9"},
		{map[string]string{"__address__": "[::1]", "__param_match": "c", "instance": "i"}, "http://[::1]:80/metrics?match=c&match=b", "i"},
	} {
		got, err := newTarget(c.set, args)
		if err != nil || got.url.String() != c.url || got.labels[0] != (column.Label{Name: "instance", Value: c.inst}) {
			t.Errorf("%v: got %s %v, %v; want %s %s", c.set, got.url, got.labels, err, c.url, c.inst)
		}
	}
}
