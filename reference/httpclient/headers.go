package httpclient

import (
	"errors"
	"maps"
	"net/http"
	"net/textproto"
	"slices"

	"golang.org/x/net/http/httpguts"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Headers is the argument headers: what a user adds to every request.
type Headers map[string]string

// Shown implements river.Shown: values are hidden, but for those of headers that are known to hold no secret.
func (h Headers) Shown() any {
	shown := make(map[string]any, len(h))
	for name, value := range h {
		if shown[name] = value; isSecretHeader(name) {
			shown[name] = river.Secret(value)
		}
	}
	return shown
}

// plainHeaders are those that hold no secret: what the agent itself sends, what describes the body, and the tenant, without
// which a server that a redirect leads to would store the data as somebody else's.
var plainHeaders = []string{
	"Accept", "Accept-Encoding", "Accept-Language", "Connect-Protocol-Version", "Connect-Timeout-Ms", "Content-Encoding",
	"Content-Language", "Content-Length", "Content-Type", "Host", "Retry-Attempt", "User-Agent",
	"X-Prometheus-Remote-Write-Version", "X-Prometheus-Scrape-Timeout-Seconds", "X-Scope-Orgid",
}

// isSecretHeader tells whether a header may hold a secret: everything that is not known to hold none.
func isSecretHeader(name string) bool {
	return !slices.Contains(plainHeaders, textproto.CanonicalMIMEHeaderKey(name))
}

// CheckHeaders refuses, for the argument named field, what net/http would refuse with every single request, and one header
// given twice in different spellings. Values are not quoted, because they may be secret.
func CheckHeaders(field string, headers map[string]string) error {
	seen := make(map[string]string, len(headers))
	var all []error
	refuse := func(format string, args ...any) {
		all = append(all, river.Fieldf(field, field+" has "+format, args...))
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch other, twice := seen[canonical]; {
		case !httpguts.ValidHeaderFieldName(name):
			refuse("%q, which is not a valid header name", name)
		case !httpguts.ValidHeaderFieldValue(headers[name]):
			refuse("a value for %q with characters that a header cannot have", name)
		case canonical == "Host" && !httpguts.ValidHostHeader(headers[name]):
			refuse("a value for %q that is no host: write host or host:port", name)
		case twice:
			refuse("%q and %q, which are the same header", other, name)
		}
		seen[canonical] = name
	}
	return errors.Join(all...)
}

// SetHeaders sets the headers of a configuration on a request's header, over those that are there. The value of "Host" comes
// back instead, empty if there is none: it belongs into http.Request.Host, where it changes the Host line but not the server.
func SetHeaders(header http.Header, headers map[string]string) (host string) {
	for name, value := range headers {
		if textproto.CanonicalMIMEHeaderKey(name) == "Host" {
			host = value
			continue
		}
		header.Set(name, value)
	}
	return host
}

// checkCredential refuses, for the argument named field, a credential that no header can carry, such as one with a line break
// at its end. Its value is not quoted.
func checkCredential(field, credential string) error {
	if !httpguts.ValidHeaderFieldValue(credential) {
		return river.Fieldf(field, "%s has characters that a header cannot have, for example a line break", field)
	}
	return nil
}
