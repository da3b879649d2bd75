package httpclient

import (
	"maps"
	"net/textproto"
	"slices"

	"golang.org/x/net/http/httpguts"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// CheckHeaders refuses, for the argument named field, what net/http would refuse with every single request, and one header
// given twice in different spellings. Values are not quoted, because they may be secret.
func CheckHeaders(field string, headers map[string]string) error {
	seen := make(map[string]string, len(headers))
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch other, twice := seen[canonical]; {
		case !httpguts.ValidHeaderFieldName(name):
			return river.Fieldf(field, "%s has %q, which is not a valid header name", field, name)
		case !httpguts.ValidHeaderFieldValue(headers[name]):
			return river.Fieldf(field, "%s has a value for %q with characters that a header cannot have", field, name)
		case twice:
			return river.Fieldf(field, "%s has %q and %q, which are the same header", field, other, name)
		}
		seen[canonical] = name
	}
	return nil
}
