package recording

import (
	"net/http"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// Redacted stands in place of a secret.
const Redacted = "(redacted)"

// KindToken is the kind of requests whose bodies and answers are secrets themselves.
const KindToken = "token"

// secretHeaders carry who somebody is, in a request or an answer.
var secretHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}

// Redact returns the exchange with its secrets replaced by [Redacted]: the values of Authorization, Proxy-Authorization, Cookie and Set-Cookie, and both
// bodies of a request for a token. The exchange given is not changed.
func Redact(e journal.Exchange) journal.Exchange {
	e.Header, e.ReplyHeader = RedactHeader(e.Header), RedactHeader(e.ReplyHeader)
	if e.Kind == KindToken {
		e.Body, e.ReplyBody = redactBody(e.Body), redactBody(e.ReplyBody)
	}
	return e
}

func redactBody(body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	return []byte(Redacted)
}

// RedactHeader returns a copy in which each value of a secret header is [Redacted].
func RedactHeader(header http.Header) http.Header {
	header = header.Clone()
	for _, name := range secretHeaders {
		for i := range header[name] {
			header[name][i] = Redacted
		}
	}
	return header
}

// IsSecret reports whether the values of a header, by its canonical name, are secrets.
func IsSecret(name string) bool {
	for _, secret := range secretHeaders {
		if name == secret {
			return true
		}
	}
	return false
}
