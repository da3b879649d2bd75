package remotewrite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// world holds servers that can be reached by host name, and makes components that reach them. It works in virtual time.
type world struct {
	t *testing.T
	// network, unless nil, reaches hosts instead.
	network func(ctx context.Context, network, addr string) (net.Conn, error)

	mu    sync.Mutex
	hosts map[string]*backend
}

func newWorld(t *testing.T) *world {
	return &world{t: t, hosts: map[string]*backend{}}
}

// backend is a server that records what it is sent and answers with its status; 0 refuses connections.
type backend struct {
	mu      sync.Mutex
	status  int
	posts   []post
	conns   chan net.Conn
	accepts map[string][]sample // by series
	// poison, unless empty, is a series whose requests are answered with 500.
	poison string
	// delay is how long each answer takes.
	delay time.Duration
}

type post struct {
	status  int
	header  http.Header
	samples int
}

type sample struct {
	t int64
	v float64
}

// serve makes a server for a host.
func (w *world) serve(host string, status int) *backend {
	b := &backend{status: status, conns: make(chan net.Conn), accepts: map[string][]sample{}}
	server := &http.Server{Handler: b, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	l := &pipes{conns: b.conns, closed: make(chan struct{})}
	go server.Serve(l)
	w.t.Cleanup(func() { server.Close() })
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts[host] = b
	return b
}

func (w *world) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if w.network != nil {
		return w.network(ctx, network, addr)
	}
	w.mu.Lock()
	b := w.hosts[addr]
	w.mu.Unlock()
	if b == nil || b.answer() == 0 {
		return nil, fmt.Errorf("dial %s: connection refused", addr)
	}
	ours, theirs := net.Pipe()
	select {
	case b.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pipes is a listener.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (b *backend) answer() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status
}

func (b *backend) set(status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = status
}

// ServeHTTP implements http.Handler.
func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	series, decodeErr := decode(body)
	b.mu.Lock()
	status, delay := b.status, b.delay
	if errors.Join(err, decodeErr) != nil {
		status = http.StatusBadRequest
	}
	p := post{status: status, header: r.Header.Clone()}
	if series[b.poison] != nil {
		p.status = http.StatusInternalServerError
	}
	status = p.status
	for name, all := range series {
		p.samples += len(all)
		if status/100 == 2 {
			b.accepts[name] = append(b.accepts[name], all...)
		}
	}
	b.posts = append(b.posts, p)
	b.mu.Unlock()
	time.Sleep(delay)
	w.WriteHeader(status)
}

func decode(body []byte) (map[string][]sample, error) {
	raw, err := snappy.Decode(nil, body)
	if err != nil {
		return nil, err
	}
	var req prompb.WriteRequest
	if err := req.Unmarshal(raw); err != nil {
		return nil, err
	}
	series := map[string][]sample{}
	for _, ts := range req.Timeseries {
		var text []string
		for _, l := range ts.Labels {
			text = append(text, l.Name+"="+l.Value)
		}
		name := strings.Join(text, ",")
		for _, s := range ts.Samples {
			series[name] = append(series[name], sample{s.Timestamp, s.Value})
		}
	}
	return series, nil
}

// accepted are the samples of a series that were answered with a 2xx, in the order of their arrival.
func (b *backend) accepted(series string) []sample {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]sample(nil), b.accepts[series]...)
}

// count is the number of all samples accepted.
func (b *backend) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, all := range b.accepts {
		n += len(all)
	}
	return n
}

func (b *backend) requests() []post {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]post(nil), b.posts...)
}

// agent is a running component.
type agent struct {
	*Component
	registry *prometheus.Registry
	t        *testing.T
	stop     func()
}

// arguments decodes the body of a component.
func arguments(t *testing.T, body string) (*Arguments, error) {
	t.Helper()
	file, err := river.Parse("test.river", []byte("prometheus.remote_write \"w\" {\n"+body+"\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	a := new(Arguments)
	return a, river.Decode(file.Body.Blocks()[0], river.Builtins(nil), a)
}

func mustArguments(t *testing.T, body string) *Arguments {
	t.Helper()
	a, err := arguments(t, body)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// run starts a component on a folder.
func (w *world) run(dir, body string) *agent {
	w.t.Helper()
	registry := prometheus.NewRegistry()
	built, err := Definition().Build(component.Options{
		ID: "prometheus.remote_write.w", Logger: slog.New(slog.DiscardHandler), Registerer: registry, DataPath: dir,
		Dial: w.dial, Getenv: func(string) string { return "" }, UserAgent: "reference/test", ShutdownTimeout: 5 * time.Second,
	}, mustArguments(w.t, body))
	if err != nil {
		w.t.Fatal(err)
	}
	a := &agent{Component: built.(*Component), registry: registry, t: w.t}
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- built.Run(ctx) }()
	a.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("run returned %v", err)
		}
	})
	return a
}

func (a *agent) reload(body string) {
	a.t.Helper()
	change, err := a.Prepare(mustArguments(a.t, body))
	if err != nil {
		a.t.Fatal(err)
	}
	change.Commit()
}

// layout is one of n series.
func layout(n int) *column.Layout {
	l := &column.Layout{}
	for i := range n {
		l.Series = append(l.Series, column.Series{Labels: []column.Label{{Name: "__name__", Value: "m"}, {Name: "i", Value: fmt.Sprint(i)}}})
	}
	return l
}

// append writes one value for every series, now.
func (a *agent) append(l *column.Layout, v float64) {
	a.t.Helper()
	values := make([]float64, len(l.Series))
	for i := range values {
		values[i] = v
	}
	receiver := a.Exports().(Exports).Receiver
	if err := receiver.Append(a.t.Context(), column.Column{Layout: l, T: time.Now().UnixMilli(), Values: values}); err != nil {
		a.t.Errorf("append: %v", err)
	}
}

// metrics are the values on the metrics page, as "name{label=value}".
func (a *agent) metrics() map[string]float64 {
	a.t.Helper()
	families, err := a.registry.Gather()
	if err != nil {
		a.t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			sort.Strings(labels)
			name := f.GetName()
			if len(labels) > 0 {
				name += "{" + strings.Join(labels, ",") + "}"
			}
			switch {
			case m.Counter != nil:
				all[name] = m.Counter.GetValue()
			case m.Gauge != nil:
				all[name] = m.Gauge.GetValue()
			case m.Histogram != nil:
				all[name+" count"] = float64(m.Histogram.GetSampleCount())
			}
		}
	}
	return all
}
