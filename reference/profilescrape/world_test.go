package profilescrape

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	pprof "github.com/google/pprof/profile"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/profile"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// world is a network in memory with programs that can be scraped, and receivers that keep what they get.
type world struct {
	t        *testing.T
	net      *memnet.Network
	registry *prometheus.Registry
	start    time.Time
	out      *sink // named out in configurations
	other    *sink // named other
	logger   *slog.Logger

	mu   sync.Mutex
	seen []scraped
}

// scraped is one request as a target saw it.
type scraped struct {
	at  time.Duration
	url string
	ua  string
}

func inWorld(t *testing.T, test func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		test(&world{
			t: t, net: memnet.New(), registry: prometheus.NewRegistry(), start: time.Now(), out: &sink{}, other: &sink{},
			logger: slog.New(slog.DiscardHandler),
		})
	})
}

// target serves profiles at addr and notes who asks; the handler may be nil for a target that always has a good profile.
func (w *world) target(addr string, handler http.HandlerFunc) {
	l, err := w.net.Listen("tcp", addr)
	if err != nil {
		w.t.Fatal(err)
	}
	if handler == nil {
		handler = func(rw http.ResponseWriter, r *http.Request) { rw.Write(goodProfile(r.URL.Path)) }
	}
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.seen = append(w.seen, scraped{time.Since(w.start), "http://" + r.Host + r.RequestURI, r.UserAgent()})
		w.mu.Unlock()
		handler(rw, r)
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	w.t.Cleanup(func() { server.Close(); <-done })
}

// requests returns when each URL was asked for.
func (w *world) requests() map[string][]time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	by := map[string][]time.Duration{}
	for _, s := range w.seen {
		by[s.url] = append(by[s.url], s.at)
	}
	return by
}

// goodProfile is a small valid profile, gzipped, that carries a comment.
func goodProfile(comment string) []byte {
	var b bytes.Buffer
	p := &pprof.Profile{SampleType: []*pprof.ValueType{{Type: "samples", Unit: "count"}}, Comments: []string{comment}}
	if err := p.Write(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// sink is a receiver that keeps what it gets; block makes it take its time.
type sink struct {
	mu    sync.Mutex
	got   []profile.Profile
	block func(ctx context.Context) error
}

func (s *sink) Append(ctx context.Context, p profile.Profile) error {
	s.mu.Lock()
	s.got = append(s.got, p)
	s.mu.Unlock()
	if s.block != nil {
		return s.block(ctx)
	}
	return nil
}

func (s *sink) profiles() []profile.Profile {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]profile.Profile(nil), s.got...)
}

// scope is what configurations in these tests may refer to.
func (w *world) scope() river.Scope {
	return river.Scope{"out": profile.Receiver(w.out), "other": profile.Receiver(w.other)}
}

func decode(t *testing.T, d component.Definition, scope river.Scope, body string) (any, error) {
	t.Helper()
	file, err := river.Parse("test.river", []byte(d.Name+" \"local\" {\n"+body+"\n}\n"))
	if err != nil {
		t.Fatalf("parse %s: %v", body, err)
	}
	args := d.Arguments()
	return args, river.Decode(file.Body.Blocks()[0], scope, args)
}

// running is a scraper that runs until the end of the test.
type running struct {
	*Scraper
	w    *world
	d    component.Definition
	stop func() // as the agent does; returns when Run has
}

// run starts a scraper configured with this body.
func (w *world) run(d component.Definition, body string) *running {
	w.t.Helper()
	args, err := decode(w.t, d, w.scope(), body)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := d.Build(component.Options{
		ID: d.Name + ".local", Logger: w.logger, Registerer: w.registry, Dial: w.net.Dial,
		Getenv: func(string) string { return "" }, UserAgent: "touchstone/1", ShutdownTimeout: 5 * time.Second,
	}, args)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := c.Run(ctx); err != nil {
			w.t.Error(err)
		}
	}()
	stop := func() { cancel(); <-done }
	w.t.Cleanup(stop)
	return &running{Scraper: c.(*Scraper), w: w, d: d, stop: stop}
}

// reload commits another configuration.
func (r *running) reload(body string) {
	r.w.t.Helper()
	args, err := decode(r.w.t, r.d, r.w.scope(), body)
	if err != nil {
		r.w.t.Fatal(err)
	}
	change, err := r.Prepare(args)
	if err != nil {
		r.w.t.Fatal(err)
	}
	change.Commit()
}

// only is a profiling_config that scrapes nothing but a custom profile named goroutine, every 15s.
const only = `
	profiling_config {
	  profile.memory {
	    enabled = false
	  }
	  profile.block {
	    enabled = false
	  }
	  profile.goroutine {
	    enabled = false
	  }
	  profile.mutex {
	    enabled = false
	  }
	  profile.process_cpu {
	    enabled = false
	  }
	  profile.custom "goroutine" {
	    enabled = true
	    path    = "/g"
	  }
	}
`
