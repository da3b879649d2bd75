package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// Defaults of [Options].
const (
	DefaultBodyLimit      = 64 << 20
	DefaultMaxConnections = 20_000
	DefaultHeadTimeout    = time.Minute
	DefaultBodyTimeout    = time.Minute
	DefaultWriteTimeout   = time.Minute
	DefaultIdleTimeout    = 10 * time.Minute
	DefaultMaxHeld        = 1 << 30
)

// core is the inside of a server.
type core struct {
	options     Options
	fake        Fake // mounts, around the fake itself
	mounts      *mounts
	handler     http.Handler
	script      *reply.Script
	exchanges   *journal.Journal[journal.Exchange]
	connections *journal.Journal[journal.Connection]
	addr        string
	host        string

	security atomic.Pointer[security] // nil on a plain server
	auth     atomic.Pointer[Auth]
	budget   budget

	// turn has one place: who puts something in may start and stop lives. It is no mutex, because it is held while waiting.
	turn   chan struct{}
	life   *life // nil while down
	closed bool
	hold   hold

	listening atomic.Bool
	test      T
}

// newServer makes a server that does not listen yet.
func newServer(options Options, fake Fake, mainKinds []string) (*Server, error) {
	options = options.orDefault()
	mounted := &mounts{Fake: fake}
	s := &Server{core: core{
		options:     options,
		fake:        mounted,
		mounts:      mounted,
		script:      reply.New(mainKinds...),
		exchanges:   journal.NewExchanges(options.Journal),
		connections: journal.NewConnections(options.Journal),
		turn:        make(chan struct{}, 1),
		test:        nobody{},
	}}
	s.script.SetSeed(options.Seed)
	if err := s.script.Play(options.Replies); err != nil {
		return nil, err
	}
	s.setAuth(options.Auth)
	s.budget.limit = options.MaxHeld
	s.handler = http.HandlerFunc(s.serve)
	if options.Middleware != nil {
		s.handler = options.Middleware(s.handler)
	}
	return s, nil
}

func (o Options) orDefault() Options {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.BodyLimit <= 0 {
		o.BodyLimit = DefaultBodyLimit
	}
	if o.MaxConnections <= 0 {
		o.MaxConnections = DefaultMaxConnections
	}
	for _, timeout := range []struct {
		value     *time.Duration
		otherwise time.Duration
	}{
		{&o.HeadTimeout, DefaultHeadTimeout},
		{&o.BodyTimeout, DefaultBodyTimeout},
		{&o.WriteTimeout, DefaultWriteTimeout},
		{&o.IdleTimeout, DefaultIdleTimeout},
	} {
		if *timeout.value <= 0 {
			*timeout.value = timeout.otherwise
		}
	}
	if o.MaxHeld <= 0 {
		o.MaxHeld = DefaultMaxHeld
	}
	return o
}

// begin listens for the first time, which settles the address.
func (c *core) begin() (net.Listener, error) {
	listener, err := c.hold.listen(c.options.Listen, c.options.Addr)
	if err != nil {
		return nil, fmt.Errorf("start a fake at %q: %w", c.options.Addr, err)
	}
	c.addr = listener.Addr().String()
	c.host = c.nameInURL()
	if c.options.TLS != nil {
		if err := c.secure(*c.options.TLS, nil); err != nil {
			return nil, errors.Join(err, listener.Close(), c.hold.release())
		}
	}
	return listener, nil
}

// nameInURL is the host that clients should use.
func (c *core) nameInURL() string {
	if c.options.Host != "" {
		return c.options.Host
	}
	host, _, err := net.SplitHostPort(c.addr)
	if err != nil {
		return c.addr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		return "localhost"
	}
	return host
}

func (c *core) url() string {
	scheme := "http"
	if c.security.Load() != nil {
		scheme = "https"
	}
	_, port, err := net.SplitHostPort(c.addr)
	if err != nil {
		return scheme + "://" + c.host
	}
	return scheme + "://" + net.JoinHostPort(c.host, port)
}

func (c *core) ca() *certs.CA {
	if s := c.security.Load(); s != nil {
		return s.ca
	}
	return nil
}

func (c *core) clientTLS() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS10}
	if ca := c.ca(); ca != nil {
		config.RootCAs = ca.Pool()
	}
	return config
}

func (c *core) setAuth(a Auth) { c.auth.Store(&a) }

func (c *core) down() {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	c.endLife()
}

func (c *core) endLife() {
	if c.life != nil {
		c.listening.Store(false)
		c.life.end()
		c.life = nil
	}
}

var errClosed = errors.New("the fake is closed")

func (c *core) up() error {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if c.closed {
		return errClosed
	}
	if c.life != nil {
		return nil
	}
	listener, err := c.hold.listenAgain(c.options.Listen, c.addr)
	if err != nil {
		return fmt.Errorf("bring the fake at %q up again: %w", c.addr, err)
	}
	c.live(listener)
	return nil
}

func (c *core) live(listener net.Listener) {
	c.life = newLife(c, listener)
	c.listening.Store(true)
}

func (c *core) close() {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if c.closed {
		return
	}
	c.closed = true
	c.endLife()
	_ = c.hold.release() // only frees the port; nobody can do anything about a failure
}
