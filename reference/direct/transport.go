// Package direct exchanges small requests over plain HTTP/1.1 in the goroutine of their caller: [Transport] is an
// http.RoundTripper that leaves everything else to another one.
//
// net/http hands each request to one goroutine and takes its answer from another. Without that a shard with 500 samples a request
// went from 3.5 to 5.2 M samples/s, and from 0.22 to 0.13 CPU-s per million. It knows no TLS, no proxy, no HTTP/2 and no Expect.
package direct

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"
)

const (
	// maxBody is how large a body may be. A larger one may not fit into the buffers of a connection, so that it takes a second
	// goroutine after all; nor does it gain much.
	maxBody = 128 << 10
	// idleTimeout and maxIdle say how long, and how many, unused connections to one host are kept.
	idleTimeout = 5 * time.Minute
	maxIdle     = 1000
)

// Memory is a request body that lies in memory. Bytes returns what Read would; it is called while the request is made only.
type Memory interface{ Bytes() []byte }

// General is what other requests are left to.
type General interface {
	http.RoundTripper
	CloseIdleConnections()
}

// Transport is an http.RoundTripper. Dial and General are needed. Safe for concurrent use.
type Transport struct {
	// Dial opens connections.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Proxy tells which proxy a request goes through, if any; such a request is left to General. Nil means none does.
	Proxy func(*http.Request) (*url.URL, error)
	// General makes the requests that are not for this transport.
	General General

	mu   sync.Mutex // guards what follows
	idle map[string][]*conn
	// closing is whether connections are closed instead of kept, until the next request.
	closing bool
}

// RoundTrip implements http.RoundTripper. A request whose body is a [Memory] is sent on a connection that the other end has
// not closed, as far as that is known. When nothing of it could be written it is sent on another one; otherwise never twice.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, ok := t.suits(req)
	if !ok {
		return t.General.RoundTrip(req)
	}
	defer req.Body.Close()
	for {
		c, err := t.connect(req.Context(), address(req.URL))
		if err != nil {
			return nil, err
		}
		resp, err := c.exchange(req, body)
		if !errors.Is(err, errUntouched) { // which a new connection never gives
			return resp, err
		}
	}
}

// suits tells whether a request is one for this transport, and returns its body.
func (t *Transport) suits(req *http.Request) ([]byte, bool) {
	m, ok := req.Body.(Memory)
	if !ok || req.URL.Scheme != "http" || req.ContentLength <= 0 || req.ContentLength > maxBody || req.Close || !simple(req) {
		return nil, false
	}
	if t.Proxy != nil {
		if through, err := t.Proxy(req); through != nil || err != nil {
			return nil, false
		}
	}
	body := m.Bytes()
	return body, int64(len(body)) == req.ContentLength
}

// simple tells whether the request needs nothing but to be written down. What cannot be written is refused by General.
func simple(req *http.Request) bool {
	if len(req.TransferEncoding) > 0 || len(req.Trailer) > 0 ||
		!printable(req.URL.Host) || !printable(req.Host) || !printable(req.URL.RequestURI()) {
		return false
	}
	for name, values := range req.Header {
		switch name {
		case "Connection", "Expect", "Upgrade", "Te", "Trailer", "Transfer-Encoding":
			return false
		}
		if !httpguts.ValidHeaderFieldName(name) {
			return false
		}
		for _, v := range values {
			if !httpguts.ValidHeaderFieldValue(v) {
				return false
			}
		}
	}
	return true
}

// printable tells whether a text is of visible ASCII characters.
func printable(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// connect returns an unused connection that still works, or else a new one.
func (t *Transport) connect(ctx context.Context, addr string) (*conn, error) {
	for c := t.take(addr); c != nil; c = t.take(addr) {
		if time.Since(c.since) < idleTimeout && c.alive() {
			return c, nil
		}
		c.raw.Close()
	}
	raw, err := t.Dial(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, errors.New("dial returned no connection")
	}
	return newConn(t, addr, raw), nil
}

// take returns the unused connection that was used last, nil if there is none.
func (t *Transport) take(addr string) *conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closing = false
	unused := t.idle[addr]
	if len(unused) == 0 {
		return nil
	}
	last := len(unused) - 1
	c := unused[last]
	unused[last] = nil
	t.idle[addr] = unused[:last]
	return c
}

// keep puts a connection aside for the next request, and closes it or the oldest if there is no room for it.
func (t *Transport) keep(c *conn) {
	c.since = time.Now()
	c.watch()
	if old := t.swap(c); old != nil {
		old.raw.Close()
	}
}

func (t *Transport) swap(c *conn) (old *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closing {
		return c
	}
	if t.idle == nil {
		t.idle = make(map[string][]*conn)
	}
	unused := t.idle[c.addr]
	if len(unused) > 0 && (len(unused) >= maxIdle || time.Since(unused[0].since) > idleTimeout) {
		old = unused[0]
		unused = unused[:copy(unused, unused[1:])]
	}
	t.idle[c.addr] = append(unused, c)
	return old
}

// CloseIdleConnections closes the connections that are not in use. Those in use are closed afterwards, unless there are
// further requests.
func (t *Transport) CloseIdleConnections() {
	t.mu.Lock()
	idle := t.idle
	t.idle, t.closing = nil, true
	t.mu.Unlock()
	for _, unused := range idle {
		for _, c := range unused {
			c.raw.Close()
		}
	}
	t.General.CloseIdleConnections()
}
