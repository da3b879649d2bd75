package httpclient

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
)

// maxRedirects is how many redirects of one request are followed.
const maxRedirects = 10

// redirectPolicy decides whether a redirect is followed. What is not followed comes back as the answer that it is.
func redirectPolicy(follow bool) func(req *http.Request, via []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		switch {
		case !follow || req.Method != via[0].Method:
			return http.ErrUseLastResponse
		case len(via) > maxRedirects:
			return errors.New("stopped after 10 redirects")
		}
		return nil
	}
}

// guard sends requests through signed, which adds credentials, until a redirect leads away from where the first request
// went; then through plain, without any.
type guard struct {
	signed, plain http.RoundTripper
	userAgent     string
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	away := leftOrigin(req)
	if away || req.Header.Get("User-Agent") == "" {
		req = copyOf(req)
	}
	if req.Header.Get("User-Agent") == "" && g.userAgent != "" {
		req.Header.Set("User-Agent", g.userAgent)
	}
	if !away {
		return g.signed.RoundTrip(req)
	}
	maps.DeleteFunc(req.Header, func(name string, _ []string) bool { return isSecretHeader(name) })
	return g.plain.RoundTrip(req)
}

// leftOrigin tells whether req belongs to a chain of redirects that has been at another scheme, host or port than it began
// with. Coming back does not help: what is in the URL by then is the other server's choice.
func leftOrigin(req *http.Request) bool {
	first := req
	for first.Response != nil && first.Response.Request != nil {
		first = first.Response.Request
	}
	for r := req; r != first; r = r.Response.Request {
		if origin(r.URL) != origin(first.URL) {
			return true
		}
	}
	return false
}

// origin is scheme, host and port of a URL in a comparable form.
func origin(u *url.URL) [3]string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return [3]string{u.Scheme, u.Hostname(), port}
}

// copyOf returns a copy of req whose header may be changed. It keeps the link to the answer that caused the request.
func copyOf(req *http.Request) *http.Request {
	c := req.WithContext(req.Context())
	c.Header = req.Header.Clone()
	if c.Header == nil {
		c.Header = make(http.Header)
	}
	return c
}
