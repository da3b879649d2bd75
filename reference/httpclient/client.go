package httpclient

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
)

// Options is what a client gets from the agent around it. The zero value dials with the standard library and sees an empty
// environment.
type Options struct {
	// Dial opens every connection: to the endpoint, the proxy and the token server.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Getenv is asked for the variables of proxy_from_environment, once.
	Getenv func(string) string
	// UserAgent is set on every request that has no User-Agent yet, token requests included.
	UserAgent string
	// Direct makes package direct exchange those requests that it can: plain HTTP/1.1 with a small body in memory.
	Direct bool
}

// Client sends requests as a [Config] says. Safe for concurrent use.
type Client struct {
	http  *http.Client
	parts []idler
	// secrets are those that the settings hold.
	secrets []string

	mu      sync.Mutex
	running int // requests whose answer's body is not closed yet
	closed  bool
}

// idler is a transport whose unused connections can be closed.
type idler interface {
	CloseIdleConnections()
}

// Client makes a client. It reads the TLS files, so that an unusable certificate is refused with the configuration; the error
// is then a *river.FieldError that names the argument. Files with passwords and tokens are read with each request only.
func (c *Config) Client(opts Options) (*Client, error) {
	opts = opts.withDefaults()
	base, err := newTransport(c.TLS, c.proxy(), c.EnableHTTP2, opts)
	if err != nil {
		return nil, err
	}
	client := &Client{parts: []idler{base}, secrets: append(c.secrets(), environmentSecrets(c, opts.Getenv)...)}
	signed, err := c.sign(base, client, opts)
	if err != nil {
		return nil, err
	}
	client.http = &http.Client{
		Transport:     &guard{signed: signed, plain: base, userAgent: opts.UserAgent},
		CheckRedirect: redirectPolicy(c.FollowRedirects),
	}
	return client, nil
}

func (o Options) withDefaults() Options {
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	return o
}

// Do sends one request. Redirects are followed (up to ten) if follow_redirects says so and the request stays what it is: a
// POST is replayed on 307 and 308, while 301, 302 and 303, which would turn it into a GET without a body, come back
// to the caller as they are. Once a redirect has left the scheme, host or port of the first request, the rest of the chain
// carries neither credentials nor the user's own headers. The answer's body must be closed.
//
// Errors are *url.Error; what they quote of other servers' words is without the secrets that the request carried.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.running++
	c.mu.Unlock()
	sent := &carried{fixed: c.secrets}
	resp, err := c.http.Do(req.WithContext(context.WithValue(req.Context(), carriedKey{}, sent)))
	if err != nil {
		c.finish()
		if e := (*url.Error)(nil); errors.As(err, &e) {
			e.Err = sent.hideError(e.Err)
		}
		return nil, err
	}
	resp.Body = &trackedBody{ReadCloser: resp.Body, finish: c.finish}
	return resp, nil
}

// Close closes all connections: those in use as soon as their request has ended. A client that is used again afterwards
// opens new ones and closes them after each request.
func (c *Client) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.closeIdle()
}

// finish ends one request. The last one of a closed client closes what Close had to leave open.
func (c *Client) finish() {
	c.mu.Lock()
	c.running--
	last := c.closed && c.running == 0
	c.mu.Unlock()
	if last {
		c.closeIdle()
	}
}

func (c *Client) closeIdle() {
	for _, p := range c.parts {
		p.CloseIdleConnections()
	}
}

// trackedBody tells the client when the answer is done with.
type trackedBody struct {
	io.ReadCloser
	once   sync.Once
	finish func()
}

// Close implements io.Closer.
func (b *trackedBody) Close() error {
	err := b.ReadCloser.Close()
	b.once.Do(b.finish)
	return err
}
