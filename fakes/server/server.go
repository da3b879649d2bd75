// Package server is the listening half that all fakes share: it listens, speaks TLS, authenticates, records, plays the script and can be
// taken down and up. Start with [Start], [Options] and [Fake]. It knows nothing of what the requests carry.
package server

import (
	"context"
	"crypto/tls"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// Server is a running fake. All methods may be called by several goroutines at once.
type Server struct {
	core
	beside beside
}

// Start opens the listener and serves. Kinds are the fake's main kinds: those that replies without a selector are for (none: all).
func Start(options Options, fake Fake, mainKinds ...string) (*Server, error) {
	var s *Server
	_, err := StartAs(&s, &s, options, fake, mainKinds...)
	return s, err
}

// StartAs is Start for a type of the fake's own, which it returns when it serves. The server stands in base before the first request can come.
func StartAs[S any](own *S, base **Server, options Options, fake Fake, mainKinds ...string) (*S, error) {
	s, err := newServer(options, fake, mainKinds)
	if err != nil {
		return nil, err
	}
	listener, err := s.begin()
	if err != nil {
		return nil, err
	}
	*base = s
	s.live(listener)
	return own, nil
}

// URL is http:// or https:// with host and port, without a path.
func (s *Server) URL() string { return s.url() }

// Addr is the host and port listened on.
func (s *Server) Addr() string { return s.addr }

// CA signed the certificate; nil without TLS.
func (s *Server) CA() *certs.CA { return s.ca() }

// ClientTLS is a client's configuration that trusts the fake's authority.
func (s *Server) ClientTLS() *tls.Config { return s.clientTLS() }

// Replies is the script, to be changed at any time.
func (s *Server) Replies() *reply.Script { return s.script }

// Exchanges are the requests so far, oldest first; those that are not answered yet among them.
func (s *Server) Exchanges() []journal.Exchange { return s.exchanges.All() }

// Connections are the connections so far, oldest first.
func (s *Server) Connections() []journal.Connection { return s.connections.All() }

// ExchangeJournal and ConnectionJournal are the journals themselves: to wait on, to follow, to count what was dropped.
func (s *Server) ExchangeJournal() *journal.Journal[journal.Exchange] { return s.exchanges }

// ConnectionJournal is the journal of connections.
func (s *Server) ConnectionJournal() *journal.Journal[journal.Connection] { return s.connections }

// Wait returns nil as soon as done says yes to the requests so far. It looks again after each change, never by a timer. When the context ends
// first the error wraps its cause.
func (s *Server) Wait(ctx context.Context, done func([]journal.Exchange) bool) error {
	return s.exchanges.Wait(ctx, done)
}

// WaitConnections is Wait for connections.
func (s *Server) WaitConnections(ctx context.Context, done func([]journal.Connection) bool) error {
	return s.connections.Wait(ctx, done)
}

// SetAuth changes what requests that come from now on must show.
func (s *Server) SetAuth(a Auth) { s.setAuth(a) }

// SetTLS changes how connections that are opened from now on speak TLS. A nil CA keeps the one there was. It is an error on a plain server.
func (s *Server) SetTLS(t TLS) error { return s.setTLS(t) }

// Forget empties the journals. Scripts stay where they are.
func (s *Server) Forget() {
	s.exchanges.Reset()
	s.connections.Reset()
}

// Down refuses connections and resets those that are open; it returns when all their requests are finished, so it must not be called from
// inside one (a Fake or Middleware). Port, data and script stay. On real
// sockets the port cannot be taken by another program meanwhile: a socket that is bound but does not listen holds it.
func (s *Server) Down() { s.down() }

// Up listens again at the same address. It does nothing when the server is up.
func (s *Server) Up() error { return s.up() }

// IsUp reports whether the server listens.
func (s *Server) IsUp() bool { return s.listening.Load() }

// Restart is Down and Up.
func (s *Server) Restart() error { s.down(); return s.up() }

// Close stops for ever and waits until nothing of the server runs any more. What was recorded can still be read.
func (s *Server) Close() { s.close() }
