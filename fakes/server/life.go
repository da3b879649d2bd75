package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

type listenFunc = func(network, address string) (net.Listener, error)

// errDown is why a context ends when the fake goes down.
var errDown = errors.New("the fake went down")

// life is a server from one Up to the next Down. It owns the listener, the connections, and all goroutines that serve them.
type life struct {
	core     *core
	listener net.Listener
	http     *http.Server
	ctx      context.Context
	cancel   context.CancelCauseFunc
	ready    chan net.Conn // connections that net/http may have
	running  *work

	mu    sync.Mutex // guards conns
	conns map[*conn]struct{}
}

func newLife(c *core, listener net.Listener) *life {
	ctx, cancel := context.WithCancelCause(context.Background())
	l := &life{
		core: c, listener: listener, ctx: ctx, cancel: cancel,
		ready: make(chan net.Conn), conns: map[*conn]struct{}{}, running: newWork(),
	}
	l.http = l.newHTTP()
	l.running.start(l.accept)
	l.running.start(func() { _ = l.http.Serve(gate{l}) }) // ends with http.ErrServerClosed, when the life does
	return l
}

func (l *life) newHTTP() *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(l.core.options.UnencryptedHTTP2)
	return &http.Server{
		Handler:           http.HandlerFunc(l.handle),
		Protocols:         protocols,
		TLSConfig:         &tls.Config{NextProtos: []string{"h2", "http/1.1"}}, // handshakes are done before net/http sees a connection
		ReadHeaderTimeout: l.core.options.HeadTimeout,
		IdleTimeout:       l.core.options.IdleTimeout,
		BaseContext:       func(net.Listener) context.Context { return l.ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, underlying(c))
		},
		ErrorLog: log.New(io.Discard, "", 0), // what it would say stands in the journals
	}
}

// end stops everything and waits for it.
func (l *life) end() {
	l.cancel(errDown)
	_ = l.listener.Close() // an error says that it is closed already
	for _, c := range l.open() {
		c.reset()
	}
	_ = l.http.Close() // closes what is closed already
	l.running.wait()
}

func (l *life) open() []*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	conns := make([]*conn, 0, len(l.conns))
	for c := range l.conns {
		conns = append(conns, c)
	}
	return conns
}

// accept takes connections until the listener closes. Other errors, such as too many open files, are waited out.
func (l *life) accept() {
	for {
		raw, err := l.listener.Accept()
		switch {
		case err == nil:
			l.admit(raw)
		case l.ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			return
		case !l.sleep(5 * time.Millisecond):
			return
		}
	}
}

// sleep reports false when the life ended first.
func (l *life) sleep(d time.Duration) bool {
	return sleep(l.ctx, d) == nil
}

// admit records a connection and begins to serve it.
func (l *life) admit(raw net.Conn) {
	link := l.core.script.Connections().Next()
	c := newConn(l, raw, link)
	c.seq = l.core.connections.Add(journal.Connection{Opened: time.Now(), Remote: raw.RemoteAddr().String()})
	if !l.adopt(c) || link.Refuse {
		c.reset()
		return
	}
	if !l.running.start(func() { l.welcome(c) }) {
		c.reset()
	}
}

// adopt reports false when there are too many connections, or the life has ended and nobody would reset this one.
func (l *life) adopt(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil || len(l.conns) >= l.core.options.MaxConnections {
		return false
	}
	l.conns[c] = struct{}{}
	return true
}

func (l *life) disown(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

// welcome shakes hands, if there is TLS, and gives the connection to net/http.
func (l *life) welcome(c *conn) {
	served := net.Conn(c)
	if s := l.core.security.Load(); s != nil {
		secured, err := s.handshake(l.ctx, c, l.core.options.HeadTimeout)
		if err != nil {
			_ = c.Close() // the handshake's error is what counts, and is in the journal
			return
		}
		served = secured
	}
	select {
	case l.ready <- served:
	case <-l.ctx.Done():
		c.reset()
	}
}

// gate is the listener that net/http sees.
type gate struct{ life *life }

func (g gate) Accept() (net.Conn, error) {
	select {
	case c := <-g.life.ready:
		return c, nil
	case <-g.life.ctx.Done():
		return nil, net.ErrClosed
	}
}

func (g gate) Close() error   { return nil }
func (g gate) Addr() net.Addr { return g.life.listener.Addr() }

// handle lets a request in unless the life is ending.
func (l *life) handle(w http.ResponseWriter, r *http.Request) {
	if !l.running.enter() {
		panic(http.ErrAbortHandler)
	}
	defer l.running.leave()
	l.core.handler.ServeHTTP(w, r)
}
