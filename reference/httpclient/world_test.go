package httpclient

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
)

// world is a network in memory with servers that note what they are asked.
type world struct {
	t   *testing.T
	net *memnet.Network
	env map[string]string

	mu   sync.Mutex
	seen []seen
}

// seen is one request as a server saw it.
type seen struct {
	host, line, auth, body string
	header                 http.Header
	http2                  bool
}

// inWorld runs a test in a bubble of virtual time with a network of its own.
func inWorld(t *testing.T, test func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		test(&world{t: t, net: memnet.New(), env: map[string]string{}})
	})
}

// serve notes each request to addr and then lets the handler answer it.
func (w *world) serve(addr string, secure *tls.Config, handler http.HandlerFunc) {
	l, err := w.net.Listen("tcp", addr)
	if err != nil {
		w.t.Fatal(err)
	}
	host, _, _ := strings.Cut(addr, ":")
	server := &http.Server{TLSConfig: secure, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		w.note(seen{host, r.Method + " " + r.RequestURI, r.Header.Get("Authorization"), string(body), r.Header.Clone(), r.ProtoMajor == 2})
		handler(rw, r)
	})}
	server.ErrorLog = quiet
	done := make(chan struct{})
	go func() {
		defer close(done)
		if secure != nil {
			server.ServeTLS(l, "", "")
		} else {
			server.Serve(l)
		}
	}()
	w.t.Cleanup(func() { server.Close(); <-done })
}

func (w *world) note(s seen) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, s)
}

// requests returns what host was asked so far.
func (w *world) requests(host string) []seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	var of []seen
	for _, s := range w.seen {
		if s.host == host {
			of = append(of, s)
		}
	}
	return of
}

// client makes a client from the body of a configuration block and closes it with the test.
func (w *world) client(body string) *Client {
	w.t.Helper()
	c, err := mustDecode(w.t, body).Client(w.options())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.Close)
	return c
}

func (w *world) options() Options {
	return Options{Dial: w.net.Dial, Getenv: func(k string) string { return w.env[k] }, UserAgent: "touchstone/1"}
}

// post sends a push and returns the status, or the error's text.
func (w *world) post(c *Client, url string) string {
	return w.do(context.Background(), c, http.MethodPost, url, nil)
}

func (w *world) do(ctx context.Context, c *Client, method, url string, header http.Header) string {
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader("data")
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		w.t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	resp, err := c.Do(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.Status
}

// file writes a file and returns its path.
func (w *world) file(name, content string) string {
	path := filepath.Join(w.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func ok(http.ResponseWriter, *http.Request) {}

func redirect(status int, to string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, to, status) }
}
