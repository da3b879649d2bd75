package httpclient

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/prometheus/common/config"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// tokenSource fetches OAuth2 tokens and keeps the last one until ten seconds before it expires. A fetch belongs to the
// request that needs it and ends with that request's context.
type tokenSource struct {
	settings  *OAuth2
	secret    config.SecretReader
	transport transport
	client    *http.Client

	// turn is held by the one request that looks at the fields below, also while it waits for the token server. It is a
	// channel and not a mutex so that the others can give up waiting.
	turn    chan struct{}
	current string // the secret that grant and token belong to
	grant   *clientcredentials.Config
	token   *oauth2.Token
}

func newTokenSource(settings *OAuth2, opts Options) (*tokenSource, error) {
	t, err := newTransport(settings.TLS, settings.proxy(), false, opts)
	if err != nil {
		return nil, river.Within("oauth2", err)
	}
	return &tokenSource{
		settings:  settings,
		secret:    secret(string(settings.ClientSecret), settings.ClientSecretFile),
		transport: t,
		client: &http.Client{
			Transport:     &guard{signed: t, plain: t, userAgent: opts.UserAgent},
			CheckRedirect: stayAtOrigin,
		},
		turn: make(chan struct{}, 1),
	}, nil
}

// stayAtOrigin follows no redirect to another server: the body of a token request is a credential.
func stayAtOrigin(req *http.Request, via []*http.Request) error {
	if origin(req.URL) != origin(via[0].URL) {
		return http.ErrUseLastResponse
	}
	return redirectPolicy(true)(req, via)
}

// Token returns a valid token, fetching one if there is none. Only one request fetches at a time.
func (s *tokenSource) Token(ctx context.Context) (*oauth2.Token, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for an OAuth2 token from %s: %w", s.where(), ctx.Err())
	}
	if err := s.readSecret(ctx); err != nil {
		return nil, err
	}
	if s.token.Valid() {
		return s.token, nil
	}
	token, err := s.grant.Token(context.WithValue(ctx, oauth2.HTTPClient, s.client))
	if err != nil {
		return nil, fmt.Errorf("fetch OAuth2 token from %s: %w", s.where(), s.plainError(err))
	}
	s.token = token
	return token, nil
}

// readSecret begins anew, without a token, when the secret is not what it was.
func (s *tokenSource) readSecret(ctx context.Context) error {
	text, err := s.secret.Fetch(ctx)
	if err != nil {
		return fmt.Errorf("read OAuth2 client secret: %w", err)
	}
	if s.grant != nil && text == s.current {
		return nil
	}
	params := make(url.Values)
	for name, value := range s.settings.EndpointParams {
		params.Set(name, value)
	}
	s.current, s.token = text, nil
	s.grant = &clientcredentials.Config{
		ClientID:       s.settings.ClientID,
		ClientSecret:   text,
		TokenURL:       s.settings.TokenURL,
		Scopes:         s.settings.Scopes,
		EndpointParams: params,
	}
	return nil
}

// where is the token URL without a password and without credentials in its parameters.
func (s *tokenSource) where() string {
	return fmt.Sprintf("%q", ShownURL(s.settings.TokenURL))
}

// plainError makes one line of the library's error, which quotes the whole answer: without the URL, which is told already, and
// without what the request carried, which a server may echo.
func (s *tokenSource) plainError(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.Response == nil {
		return err
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(refused.Body)), "\n")
	return fmt.Errorf("the server answered %s: %.200q", Status(refused.Response), s.hideSecret(refused.Response, line))
}

// hideSecret takes the secret out of a text in each form in which a request carries it, and all else that Hide does.
func (s *tokenSource) hideSecret(resp *http.Response, text string) string {
	escaped := url.QueryEscape(s.current)
	basic := base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(s.settings.ClientID) + ":" + escaped))
	return Hide(resp, hide(text, []string{s.current, escaped, basic}))
}

// tokenSigner adds the token to each request.
type tokenSigner struct {
	tokens *tokenSource
	next   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s *tokenSigner) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := s.tokens.Token(req.Context())
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	req = copyOf(req)
	token.SetAuthHeader(req)
	return s.next.RoundTrip(req)
}
