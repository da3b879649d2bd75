package server_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// echo is the simplest fake: it answers with what it was sent, and a request's kind is its first path element.
type echo struct{}

func (echo) Classify(r *server.Request) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(r.Exchange.Path, "/"), "/")
	return kind
}

func (echo) Answer(r *server.Request) server.Answer {
	return server.Answer{Header: http.Header{"X-Echo": {"yes"}}, Body: r.Exchange.Body}
}

func (echo) Finish(*server.Request) {}

// world is where a test runs: real sockets, or memory and virtual time.
type world struct {
	name   string
	listen func(network, address string) (net.Listener, error)
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
}

// both runs a test in both worlds. The options and the client it gets belong together.
func both(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	t.Run("sockets", func(t *testing.T) {
		t.Parallel()
		test(t, world{name: "sockets", dial: (&net.Dialer{}).DialContext})
	})
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			n := memnet.New()
			test(t, world{name: "memory", listen: n.Listen, dial: n.Dial})
		})
	})
}

func (w world) start(t *testing.T, options server.Options) *server.Server {
	t.Helper()
	options.Listen = w.listen
	return server.StartT(t, options, echo{})
}

// client trusts the fake, and leaves nothing behind.
func (w world) client(t *testing.T, s *server.Server) *http.Client {
	t.Helper()
	transport := &http.Transport{DialContext: w.dial, TLSClientConfig: s.ClientTLS(), ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// post returns the status and body, or the error in place of a status.
func post(c *http.Client, url, body string) (status int, text string, err error) {
	resp, err := c.Post(url, "text/plain", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}
