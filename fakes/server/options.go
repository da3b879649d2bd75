package server

import (
	"net"
	"net/http"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// Options are what all fakes share. The zero value listens on a free port of 127.0.0.1, in plain HTTP/1.1, without authentication.
type Options struct {
	// Listen opens the listener; nil means real sockets. Give [memnet.Network.Listen] here to stay in memory.
	Listen func(network, address string) (net.Listener, error)
	// Addr is host:port; empty means 127.0.0.1:0.
	Addr string
	// Host is the name that URL uses in place of the host of Addr; with TLS the certificate is for it too.
	Host string
	// TLS turns TLS on; nil is plain.
	TLS *TLS
	// Auth is what every request must show.
	Auth Auth
	// Replies is the script of replies to begin with, in the syntax of package reply.
	Replies string
	// Seed settles what the script leaves to chance; 0 takes one, which [reply.Script.Seed] and the failures of waits tell. A seed in Replies goes
	// before.
	Seed uint32
	// Middleware wraps the whole fake: after TLS, before recording and authentication. It sees each request first and may
	// change, hold, duplicate or answer it.
	Middleware func(http.Handler) http.Handler
	// BodyLimit is how many bytes of a request's body are read and kept; a longer one is answered 413. 0 means 64 MiB.
	BodyLimit int64
	// Journal bounds the journals of requests and connections.
	Journal journal.Limits
	// KeepReplies keeps the bodies answered in the journal, under the same limits. Those of refusals (4xx and 5xx) of up to a KiB are kept anyway.
	KeepReplies bool
	// UnencryptedHTTP2 also serves HTTP/2 without TLS, to clients that begin with it.
	UnencryptedHTTP2 bool
	// HeadTimeout is how long a client may take for the TLS handshake, and again for the head of a request. 0 means a minute.
	HeadTimeout time.Duration
	// BodyTimeout is how long a client may pause while it sends a body; after that it is answered 408 and cut off. 0 means a minute.
	BodyTimeout time.Duration
	// WriteTimeout is how long a client may take no byte of its answer; then it is cut off. What the script or a link slows down does not
	// count. 0 means a minute.
	WriteTimeout time.Duration
	// IdleTimeout is how long a connection is kept open that has no request. 0 means ten minutes.
	IdleTimeout time.Duration
	// MaxHeld is how many bytes all requests that are not finished may hold together: their bodies, and what the fake made of them.
	// Beyond that requests are answered 503. 0 means 1 GiB. What is finished counts for Journal alone.
	MaxHeld int64
	// MaxConnections is how many connections may be open at once; more are reset. 0 means 20,000.
	MaxConnections int
}

// TLS is how a fake speaks TLS. The zero value has a good certificate of its own authority, TLS 1.2 and 1.3, and HTTP/2.
type TLS struct {
	// Min and Max are versions of crypto/tls, for example tls.VersionTLS12; 0 means 1.2 and 1.3.
	Min, Max uint16
	// CA signs the certificate; nil makes one: see [Server.CA].
	CA *certs.CA
	// Cert is how good the certificate is.
	Cert certs.Kind
	// Names are hosts that the certificate is for, beside those of the address.
	Names []string
	// ClientCA, if set, requires a client certificate that it signed.
	ClientCA *certs.CA
	// NoHTTP2 offers HTTP/1.1 only.
	NoHTTP2 bool
}

// Auth is what every request must show; all that is set must be right. A request that fails is recorded and answered 401, and takes no
// reply from the script.
type Auth struct {
	// Username and Password require basic authentication when Username or Password is set.
	Username, Password string
	// Bearer requires this bearer token.
	Bearer string
	// Token, if set, decides about the bearer token: for tokens of an issuer.
	Token func(token string) bool
	// Tenant requires the header X-Scope-OrgID.
	Tenant bool
}
