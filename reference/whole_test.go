package reference_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference"
)

// TestWholeAgentInABubble runs the real components for twenty minutes of virtual time: the agent scrapes its own metrics and its
// own profiles and pushes both.
func TestWholeAgentInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		var samples, profiles atomic.Int64
		stop := serve(t, n, "backend:80", func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			switch {
			case r.URL.Path == "/write":
				samples.Add(1)
			case strings.HasSuffix(r.URL.Path, "/push.v1.PusherService/Push"):
				profiles.Add(1)
				w.Header().Set("Content-Type", "application/proto")
			default:
				t.Errorf("backend was asked for %s", r.URL.Path)
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- reference.Run(ctx, reference.Env{
				Args:  []string{"run", "-", "--server.http.listen-addr", "agent:80", "--storage.path", t.TempDir()},
				Stdin: strings.NewReader(wholeConfig), Stderr: t.Output(), Dial: n.Dial, Listen: n.Listen,
			})
		}()
		time.Sleep(20 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		stop()
		// The first scrape comes at an offset below one minute, and stopping sends what a batch still held.
		// One request carries the samples, one the metadata.
		if got := samples.Load(); got < 19*2 || got > 21*2 {
			t.Errorf("backend got %d remote write requests in twenty minutes, want two a minute", got)
		}
		if got := profiles.Load(); got < 19*2 || got > 21*2 {
			t.Errorf("backend got %d profiles in twenty minutes, want two a minute", got)
		}
	})
}

const wholeConfig = `
prometheus.scrape "self" {
  targets         = [{"__address__" = "agent:80"}]
  scrape_interval = "1m"
  forward_to      = [prometheus.remote_write.backend.receiver]
}
prometheus.remote_write "backend" {
  endpoint { url = "http://backend/write" }
}
pyroscope.scrape "self" {
  targets         = [{"__address__" = "agent:80"}]
  scrape_interval = "1m"
  forward_to      = [pyroscope.write.backend.receiver]
  profiling_config {
    profile.process_cpu { enabled = false }
    profile.block { enabled = false }
    profile.mutex { enabled = false }
  }
}
pyroscope.write "backend" {
  endpoint { url = "http://backend" }
}
`

// serve runs an HTTP server on the network until the function it returns is called.
func serve(t *testing.T, n *network, addr string, handler http.HandlerFunc) (stop func()) {
	t.Helper()
	l, err := n.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	return func() {
		server.Close()
		<-done
	}
}
