package reference_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/reference"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// ticker is a component that counts seconds, and takes one more to stop.
type ticker struct {
	ticks prometheus.Counter
	fail  time.Duration
}

type tickerArgs struct {
	Step     int           `river:"step,attr,optional"`
	Password river.Secret  `river:"password,attr,optional"`
	Fail     time.Duration `river:"fail,attr,optional"`
}

func (a *tickerArgs) Validate() error {
	if a.Step < 0 {
		return river.Fieldf("step", "step must not be negative")
	}
	return nil
}

func tickers() []component.Definition {
	return []component.Definition{{
		Name:      "test.ticker",
		Arguments: func() any { return &tickerArgs{Step: 1} },
		Build: func(opts component.Options, args any) (component.Component, error) {
			t := &ticker{prometheus.NewCounter(prometheus.CounterOpts{Name: "test_ticks_total", Help: "Seconds."}), args.(*tickerArgs).Fail}
			return t, opts.Registerer.Register(t.ticks)
		},
	}}
}

func (t *ticker) Exports() any { return nil }
func (t *ticker) Discard()     {}

func (t *ticker) Run(ctx context.Context) error {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			t.ticks.Inc()
			if t.fail > 0 {
				return errors.New("out of ticks")
			}
		case <-ctx.Done():
			time.Sleep(time.Second)
			return nil
		}
	}
}

func (t *ticker) Prepare(any) (component.Change, error) { return nothing{}, nil }

type nothing struct{}

func (nothing) Commit()  {}
func (nothing) Discard() {}

// harness is a running agent on a network of its own, inside a bubble.
type harness struct {
	t      *testing.T
	text   string
	agent  *reference.Agent
	client *http.Client
	cancel context.CancelFunc
	done   chan error
}

// start runs an agent that knows tickers only.
func start(t *testing.T, text string) *harness {
	t.Helper()
	return startWith(t, text, reference.Config{Components: tickers()}, newNetwork())
}

// world is the network around an agent.
type world interface {
	Dial(ctx context.Context, network, addr string) (net.Conn, error)
	Listen(network, addr string) (net.Listener, error)
}

// startWith runs an agent with a configuration of its own on a network.
func startWith(t *testing.T, text string, config reference.Config, n world) *harness {
	t.Helper()
	h := &harness{t: t, text: text, done: make(chan error, 1)}
	h.client = &http.Client{Transport: &http.Transport{DialContext: n.Dial, DisableKeepAlives: true}}
	var err error
	config.ConfigPath, config.ReadConfig = "f", func() ([]byte, error) { return []byte(h.text), nil }
	config.ListenAddr, config.Listen, config.Dial = "agent:80", n.Listen, n.Dial
	h.agent, err = reference.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	h.cancel = cancel
	go func() { h.done <- h.agent.Run(ctx) }()
	return h
}

func (h *harness) stop() {
	h.t.Helper()
	h.cancel()
	if err := <-h.done; err != nil {
		h.t.Errorf("run: %v", err)
	}
}

// ask returns status and body.
func (h *harness) ask(method, path string) (int, string) {
	h.t.Helper()
	request, err := http.NewRequest(method, "http://"+h.agent.Addr().String()+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	response, err := h.client.Do(request)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func (h *harness) expect(method, path string, status int, body string) {
	h.t.Helper()
	gotStatus, gotBody := h.ask(method, path)
	if gotStatus != status || !strings.Contains(gotBody, body) {
		h.t.Errorf("%s %s: got %d %q, want %d with %q", method, path, gotStatus, gotBody, status, body)
	}
}

func TestServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, "test.ticker \"a\" { password = \"hunter2\" }\ntest.ticker \"b\" { }")
		time.Sleep(3500 * time.Millisecond)
		h.expect("GET", "/-/ready", 200, "ready\n")
		h.expect("GET", "/-/healthy", 200, "all components are healthy\n")
		h.expect("GET", "/metrics", 200, "test_ticks_total{component_id=\"test.ticker.a\"} 3\ntest_ticks_total{component_id=\"test.ticker.b\"} 3\n")
		h.expect("GET", "/metrics", 200, "agent_config_last_load_successful 1\n")
		h.expect("GET", "/metrics", 200, "go_goroutines ")
		h.expect("GET", "/api/v0/components/test.ticker.a", 200, `"password": "(secret)"`)
		h.expect("GET", "/api/v0/components", 200, `"id": "test.ticker.b"`)
		h.expect("GET", "/api/v0/components/test.ticker.c", 404, `no component "test.ticker.c", did you mean "test.ticker.a"?`)
		h.expect("GET", "/", 200, "It is running with 2 components")
		h.expect("GET", "/components", 200, `<a href="/components/test.ticker.b">`)
		h.expect("GET", "/components/test.ticker.a", 200, "<dt>password</dt><dd><span class=\"text\">(secret)</span>")
		h.expect("GET", "/components/test.ticker.c", 404, `no component "test.ticker.c", did you mean "test.ticker.a"?`)
		h.expect("GET", "/nowhere", 404, "")
		h.expect("GET", "/debug/pprof/goroutine", 200, "")
		h.expect("GET", "/-/reload", 405, "")
		h.stop()
	})
}

func TestReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, `test.ticker "a" { }`)
		h.text = "test.ticker \"a\" {\n  step = -1\n}"
		h.expect("POST", "/-/reload", 400, "f:2:10: test.ticker.a: step must not be negative\n    2 |   step = -1\n      |          ^~")
		h.expect("GET", "/-/healthy", 500, "test.ticker.a is unhealthy: f:2:10: test.ticker.a: step must not be negative\n")
		h.expect("GET", "/metrics", 200, "agent_config_last_load_successful 0\n")
		h.text = `test.ticker "a" {`
		h.expect("POST", "/-/reload", 400, `block "test.ticker" is never closed`)
		time.Sleep(1500 * time.Millisecond)
		h.expect("GET", "/metrics", 200, "test_ticks_total{component_id=\"test.ticker.a\"} 1\n")
		h.text = "test.ticker \"a\" { step = 2 }\ntest.ticker \"b\" { }"
		h.expect("POST", "/-/reload", 200, "configuration reloaded\n")
		h.expect("GET", "/-/healthy", 200, "")
		time.Sleep(time.Second)
		h.expect("GET", "/metrics", 200, "test_ticks_total{component_id=\"test.ticker.a\"} 2\ntest_ticks_total{component_id=\"test.ticker.b\"} 1\n")
		h.stop()
	})
}

func TestStopAnswersUntilComponentsHaveStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, `test.ticker "a" { }`)
		time.Sleep(100 * time.Millisecond)
		before := time.Now()
		h.cancel()
		time.Sleep(500 * time.Millisecond)
		h.expect("GET", "/-/ready", 503, "stopping")
		reloaded := make(chan struct{})
		go func() {
			defer close(reloaded)
			h.expect("POST", "/-/reload", 503, "stopping")
		}()
		h.expect("GET", "/metrics", 200, "test_ticks_total")
		h.stop()
		// The server looks every few milliseconds whether its last answer is out.
		if got := time.Since(before).Round(100 * time.Millisecond); got != time.Second {
			t.Errorf("stopping took %s, want the 1s of the component", got)
		}
		<-reloaded
		if err := h.agent.Reload(); err == nil {
			t.Error("stopped agent took a configuration")
		}
	})
}

func TestFailedComponentIsUnhealthy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, `test.ticker "a" { fail = "1s" }`)
		time.Sleep(2 * time.Second)
		h.expect("GET", "/-/healthy", 500, "test.ticker.a is unhealthy: out of ticks\n")
		h.stop()
	})
}

func TestNewRefuses(t *testing.T) {
	n := newNetwork()
	if _, err := n.Listen("tcp", "agent:1"); err != nil {
		t.Fatal(err)
	}
	for want, config := range map[string]reference.Config{
		"read configuration: open missing.river: no such file or directory": {ConfigPath: "missing.river"},
		`f:1:1: unknown component "x" (known are test.ticker)`: {
			ConfigPath: "f", ReadConfig: func() ([]byte, error) { return []byte("x { }"), nil },
		},
		"open the HTTP server's port: listen tcp: agent:1: address already in use": {
			ConfigPath: "f", ReadConfig: func() ([]byte, error) { return nil, nil }, ListenAddr: "agent:1",
		},
	} {
		config.Listen, config.Components = n.Listen, tickers()
		if _, err := reference.New(config); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
