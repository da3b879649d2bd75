package httpclient

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

const (
	// hidden stands in the place of a secret.
	hidden = "(secret)"
	// shortest is the length in bytes below which a secret is left in a text: taken out wherever it occurs, it would be told
	// by its absence.
	shortest = 4
	// telling is how much of a secret's beginning tells that it is one, wherever it occurs.
	telling = 12
	// longestReason is how much of an error is kept, in bytes. Some quote what a server or a proxy has sent.
	longestReason = 1024
)

// Hide takes out of a text what the request that led to an answer carried and nobody else may see: credentials, cookies,
// values of the user's headers and of parameters named like credentials, also those of the requests before a redirect. A
// server may echo them, and its words go into errors and logs. What a server has encoded in its own way is not recognised, and
// an answer that does not come from a [Client] is not known.
func Hide(resp *http.Response, text string) string {
	if resp.Request == nil {
		return text
	}
	if c := carriedBy(resp.Request.Context()); c != nil {
		return c.hide(text)
	}
	return text
}

// Echoes tells whether Hide would take anything out of a text.
func Echoes(resp *http.Response, text string) bool { return Hide(resp, text) != text }

// Status is the status of an answer in the words of the standard, not the server's.
func Status(resp *http.Response) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
}

// carried remembers the requests of one exchange. Safe for concurrent use.
type carried struct {
	fixed []string // secrets of the configuration

	mu       sync.Mutex // guards requests
	requests []*http.Request
}

type carriedKey struct{}

func carriedBy(ctx context.Context) *carried {
	c, _ := ctx.Value(carriedKey{}).(*carried)
	return c
}

// noting is a transport that remembers what it is given, with the credentials that were added on the way.
type noting struct{ transport }

// RoundTrip implements http.RoundTripper.
func (n noting) RoundTrip(req *http.Request) (*http.Response, error) {
	if c := carriedBy(req.Context()); c != nil {
		c.mu.Lock()
		c.requests = append(c.requests, req)
		c.mu.Unlock()
	}
	return n.transport.RoundTrip(req)
}

func (c *carried) hide(text string) string {
	c.mu.Lock()
	requests := c.requests
	c.mu.Unlock()
	secrets := slices.Clone(c.fixed)
	for _, req := range requests {
		secrets = append(secrets, secretsOf(req)...)
	}
	return hide(text, secrets)
}

// secretsOf lists what a request carries.
func secretsOf(req *http.Request) (secrets []string) {
	for name, values := range req.Header {
		for _, v := range values {
			if isSecretHeader(name) {
				secrets = append(append(secrets, v), withinHeader(v)...)
			}
		}
	}
	return append(secrets, withinURL(req.URL)...)
}

// withinHeader takes credentials apart: what stands after the scheme, and the password in it.
func withinHeader(value string) []string {
	_, credentials, ok := strings.Cut(value, " ")
	if !ok {
		return nil
	}
	parts := []string{credentials}
	if plain, err := base64.StdEncoding.DecodeString(credentials); err == nil {
		_, password, _ := strings.Cut(string(plain), ":")
		parts = append(parts, string(plain), password)
	}
	return parts
}

// withinURL lists the password and the parameters named like credentials.
func withinURL(u *url.URL) (secrets []string) {
	if password, is := u.User.Password(); is {
		secrets = append(secrets, password, base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password)))
	}
	for name, values := range u.Query() {
		if river.SoundsSecret(name) {
			secrets = append(secrets, values...)
		}
	}
	return secrets
}

// hide takes secrets out of a text, in the forms in which requests carry them. The longest go first, as one may lie in
// another. What was cut inside of a secret loses its beginning too.
func hide(text string, secrets []string) string {
	var forms []string
	for _, s := range secrets {
		forms = append(forms, s, strings.TrimSpace(s), url.QueryEscape(s), url.PathEscape(s), base64.StdEncoding.EncodeToString([]byte(s)))
	}
	forms = slices.DeleteFunc(forms, func(form string) bool { return len(form) < shortest })
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	for _, form := range forms {
		text = strings.ReplaceAll(text, form, hidden)
	}
	for _, form := range forms {
		text = hideCut(text, form)
	}
	return text
}

// hideCut hides the beginning of a secret: a long one anywhere, a short one at the end of a text.
func hideCut(text, secret string) string {
	for len(secret) > telling {
		before, after, found := strings.Cut(text, secret[:telling])
		if !found {
			break
		}
		rest := secret[telling:]
		for rest != "" && after != "" && rest[0] == after[0] {
			rest, after = rest[1:], after[1:]
		}
		text = before + hidden + after
	}
	for n := min(len(secret)-1, len(text)); n >= shortest; n-- {
		if strings.HasSuffix(text, secret[:n]) {
			return text[:len(text)-n] + hidden
		}
	}
	return text
}

// hiddenError is an error with another text.
type hiddenError struct {
	text string
	error
}

// Error returns the text without secrets.
func (e *hiddenError) Error() string { return e.text }

// Unwrap returns the error as it was, for errors.Is.
func (e *hiddenError) Unwrap() error { return e.error }

// hideError shortens an error and takes the secrets out.
func (c *carried) hideError(err error) error {
	text := err.Error()
	if len(text) > longestReason {
		text = strings.ToValidUTF8(text[:longestReason], string(utf8.RuneError))
	}
	text = c.hide(text)
	if text == err.Error() {
		return err
	}
	return &hiddenError{text, err}
}

// secrets lists what the settings themselves hold. Files and the environment are read when they are needed; what comes of them
// is found in the requests.
func (c *Config) secrets() []string {
	secrets := append(c.proxy().secrets(), string(c.BearerToken))
	if c.BasicAuth != nil {
		secrets = append(secrets, string(c.BasicAuth.Password))
	}
	if c.Authorization != nil {
		secrets = append(secrets, string(c.Authorization.Credentials))
	}
	if c.OAuth2 != nil {
		secrets = append(secrets, c.OAuth2.secrets()...)
	}
	return secrets
}

func (o *OAuth2) secrets() []string {
	secrets := append(o.proxy().secrets(), string(o.ClientSecret))
	if u, err := url.Parse(o.TokenURL); err == nil {
		secrets = append(secrets, withinURL(u)...)
	}
	for name, value := range o.EndpointParams {
		if river.SoundsSecret(name) {
			secrets = append(secrets, value)
		}
	}
	return secrets
}

func (p proxy) secrets() (secrets []string) {
	if u, err := url.Parse(p.url); err == nil {
		secrets = withinURL(u)
	}
	for _, values := range p.connectHeader {
		for _, v := range values {
			secrets = append(append(secrets, string(v)), withinHeader(string(v))...)
		}
	}
	return secrets
}
