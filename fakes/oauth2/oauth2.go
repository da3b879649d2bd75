// Package oauth2 is a fake token issuer: it answers the client-credentials grant of OAuth 2.0 (RFC 6749, section 4.4), records each request, and
// misbehaves on demand. Start with [StartT] (or [Start]), [Server.TokenURL] and [Server.Valid].
//
//	o := oauth2.StartT(t, oauth2.Options{ClientID: "agent", ClientSecret: "s3cret", Lifetime: time.Minute})
//	m := mimir.StartT(t, mimir.Options{Options: server.Options{Auth: server.Auth{Token: o.Valid}}})
//
// What it does not do: other grants, refresh tokens, signed tokens, discovery, client assertions.
package oauth2

import (
	"context"
	"fmt"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// The kinds of requests, as scripts select them. Replies without a selector are for Token.
const (
	KindToken = "token"
	KindOther = "other" // anything but POST
)

// Style is how a client says who it is.
type Style string

// The styles.
const (
	AnyStyle Style = ""
	InHeader Style = "header" // basic authentication, both parts form-encoded
	InBody   Style = "body"   // client_id and client_secret in the form
)

// DefaultLifetime is how long a token lives when nobody says.
const DefaultLifetime = time.Hour

// Options say who gets a token. The zero value gives one to everybody, at every path of a free port of 127.0.0.1. BodyLimit is 1 MiB
// unless it is set.
type Options struct {
	server.Options
	// ClientID and ClientSecret are what the client must show; without ClientID any client will do.
	ClientID, ClientSecret string
	// Style is the only one accepted. A client that tries the other first is answered invalid_client, as issuers do.
	Style Style
	// Scopes are those that may be asked for; empty allows all.
	Scopes []string
	// Params are form parameters that the request must have, with these values.
	Params map[string]string
	// Lifetime is how long a token is valid; 0 means [DefaultLifetime].
	Lifetime time.Duration
	// SilentExpiry leaves expires_in out: the client cannot know when the token ends.
	SilentExpiry bool
	// TokenType is told to the client; empty means Bearer.
	TokenType string
	// Form answers form-encoded in place of JSON, as some issuers do.
	Form bool
}

// Server is a running fake. It has all methods of [server.Server]. They may be called by several goroutines at once.
type Server struct {
	*server.Server
	issuer   *issuer
	requests *journal.Journal[Request]
}

// defaultBodyLimit is less than that of other fakes: requests for tokens are short.
const defaultBodyLimit = 1 << 20

// Start opens the listener and serves until Close.
func Start(options Options) (*Server, error) {
	switch options.Style {
	case AnyStyle, InHeader, InBody:
	default:
		return nil, fmt.Errorf("start a fake token issuer: unknown style %q", options.Style)
	}
	if options.BodyLimit <= 0 {
		options.BodyLimit = defaultBodyLimit
	}
	s := &Server{
		issuer: newIssuer(options),
		requests: journal.New(journal.Options[Request]{
			Limits: options.Journal,
			Size:   (*Request).size,
		}),
	}
	return server.StartAs(s, &s.Server, options.Options, (*handler)(s), KindToken)
}

// StartT starts the fake for a test with at most one Options, and closes it when the test ends. A [Server.WaitFor] that fails then
// also ends the test.
func StartT(t server.T, options ...Options) *Server {
	t.Helper()
	return server.ForTest(t, "oauth2", Start, options...)
}

// TokenURL is where to ask for tokens.
func (s *Server) TokenURL() string { return s.URL() + "/token" }

// Valid says whether the fake gave this token out and it has neither ended nor been revoked: for Auth.Token of other fakes.
func (s *Server) Valid(token string) bool { return s.issuer.valid(token) }

// Tokens are the tokens given out, oldest first; the oldest are forgotten when there are many.
func (s *Server) Tokens() []Token { return s.issuer.all() }

// Revoke ends a token early, or all of them when it is empty.
func (s *Server) Revoke(token string) { s.issuer.revoke(token) }

// SetClient changes who gets a token from now on.
func (s *Server) SetClient(id, secret string) { s.issuer.setClient(id, secret) }

// SetLifetime changes how long tokens that are given out from now on live; 0 means [DefaultLifetime].
func (s *Server) SetLifetime(d time.Duration) { s.issuer.setLifetime(d) }

// Requests are the requests for a token so far, in order of arrival.
func (s *Server) Requests() []Request { return s.requests.All() }

// WaitFor waits until n tokens were given out, without polling. The error says how the requests were answered.
func (s *Server) WaitFor(ctx context.Context, n int) error {
	given := 0
	err := s.requests.Wait(ctx, func(all []Request) bool {
		given = 0
		for _, r := range all {
			if r.Token != "" && r.Status/100 == 2 {
				given++
			}
		}
		return given >= n
	})
	if err == nil {
		return nil
	}
	s.Test().Helper()
	return s.GiveUp(fmt.Errorf("fake oauth2: wait for %d tokens: %w\n\t%d were given out, and %s", n, context.Cause(ctx), given, refusals(s.requests.All())))
}

// Forget empties the journals. Tokens stay valid.
func (s *Server) Forget() {
	s.Server.Forget()
	s.requests.Reset()
}
