package profilewrite

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	pushv1 "github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/proto"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/profile"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// world is a network in memory with endpoints that note the pushes they get.
type world struct {
	t        *testing.T
	net      *memnet.Network
	registry *prometheus.Registry

	mu   sync.Mutex
	seen map[string][]seen
}

// seen is one push as an endpoint saw it.
type seen struct {
	at     time.Time
	path   string
	host   string
	header http.Header
	raw    string
	labels string // as name=value pairs, in the order sent
}

func inWorld(t *testing.T, test func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		test(&world{t: t, net: memnet.New(), registry: prometheus.NewRegistry(), seen: map[string][]seen{}})
	})
}

// endpoint listens at host:80. The handler gets the number of the push, from 0, and answers it.
func (w *world) endpoint(host string, handler func(n int, rw http.ResponseWriter, r *http.Request)) {
	w.serve(host, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		handler(w.note(host, r), rw, r)
	}))
}

func (w *world) serve(host string, handler http.Handler) {
	l, err := w.net.Listen("tcp", host+":80")
	if err != nil {
		w.t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	w.t.Cleanup(func() { server.Close(); <-done })
}

// note decodes a push with the official messages.
func (w *world) note(host string, r *http.Request) int {
	s := seen{at: time.Now(), path: r.Method + " " + r.RequestURI, host: r.Host, header: r.Header.Clone()}
	body, _ := io.ReadAll(r.Body)
	var request pushv1.PushRequest
	if err := proto.Unmarshal(body, &request); err != nil || len(request.Series) != 1 || len(request.Series[0].Samples) != 1 {
		w.t.Errorf("%s got a bad push: %v, %v", host, err, &request)
	} else {
		s.raw = string(request.Series[0].Samples[0].RawProfile)
		var pairs []string
		for _, l := range request.Series[0].Labels {
			pairs = append(pairs, l.Name+"="+l.Value)
		}
		s.labels = strings.Join(pairs, " ")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[host] = append(w.seen[host], s)
	return len(w.seen[host]) - 1
}

// pushes returns what an endpoint got so far.
func (w *world) pushes(host string) []seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[host]
}

// raws lists the profiles that an endpoint got.
func (w *world) raws(host string) string {
	var all []string
	for _, s := range w.pushes(host) {
		all = append(all, s.raw)
	}
	return strings.Join(all, " ")
}

// times lists when an endpoint got its pushes.
func (w *world) times(host string, start time.Time) []time.Duration {
	var all []time.Duration
	for _, s := range w.pushes(host) {
		all = append(all, s.at.Sub(start))
	}
	return all
}

func always(status int) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status) }
}

// inOrder answers with one status after the other, and goes on with the last one.
func inOrder(statuses ...int) func(int, http.ResponseWriter, *http.Request) {
	return func(n int, rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(statuses[min(n, len(statuses)-1)])
	}
}

// hang answers when the client has gone.
func hang(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// decode reads the body of a component into its arguments, as the agent does.
func decode(t *testing.T, d component.Definition, body string) (any, error) {
	t.Helper()
	file, err := river.Parse("test.river", []byte(d.Name+" \"x\" {\n"+body+"\n}\n"))
	if err != nil {
		t.Fatalf("parse %s: %v", body, err)
	}
	args := d.Arguments()
	return args, river.Decode(file.Body.Blocks()[0], nil, args)
}

func (w *world) args(d component.Definition, body string) any {
	w.t.Helper()
	args, err := decode(w.t, d, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return args
}

// running is a writer that runs until the end of the test.
type running struct {
	*Writer
	w    *world
	d    component.Definition
	stop func() // as the agent does; returns when Run has
}

// start runs a writer configured with this body.
func (w *world) start(d component.Definition, body string) *running {
	w.t.Helper()
	c, err := d.Build(component.Options{
		ID: d.Name + ".x", Logger: slog.New(slog.DiscardHandler), Registerer: w.registry, Dial: w.net.Dial,
		Getenv: func(string) string { return "" }, UserAgent: "touchstone/1", ShutdownTimeout: 5 * time.Second,
	}, w.args(d, body))
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
	return &running{Writer: c.(*Writer), w: w, d: d, stop: stop}
}

// reload commits another configuration.
func (r *running) reload(body string) {
	r.w.t.Helper()
	change, err := r.Prepare(r.w.args(r.d, body))
	if err != nil {
		r.w.t.Fatal(err)
	}
	change.Commit()
}

// push appends a profile of a source and waits for the end.
func (r *running) push(source, raw string) error {
	return r.Append(context.Background(), profile.Profile{
		Labels: []profile.Label{{Name: profile.NameLabel, Value: "memory"}, {Name: "app", Value: source}},
		Raw:    []byte(raw),
	})
}

// metric returns the value of a counter for an endpoint.
func (w *world) metric(name, endpoint string) float64 {
	w.t.Helper()
	families, err := w.registry.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.Metric {
			if f.GetName() == name && m.Label[0].GetValue() == endpoint {
				return m.Counter.GetValue()
			}
		}
	}
	w.t.Error(errors.New("no metric " + name + " of " + endpoint))
	return -1
}
