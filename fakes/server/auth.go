package server

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// TenantHeader names the tenant, for Mimir and Pyroscope alike.
const TenantHeader = "X-Scope-OrgID"

// check says what a request lacks; the zero Answer and true when nothing.
func (a Auth) check(r *Request) (Answer, bool) {
	switch {
	case (a.Username != "" || a.Password != "") && !a.basicRight(r.HTTP):
		return unauthorised("Basic", "basic authentication is missing or wrong\n"), false
	case (a.Bearer != "" || a.Token != nil) && !a.tokenRight(r.Token):
		return unauthorised("Bearer", "the bearer token is missing or wrong\n"), false
	case a.Tenant && r.Tenant == "":
		return Text(http.StatusUnauthorized, "no org id\n"), false
	}
	return Answer{}, true
}

func (a Auth) basicRight(r *http.Request) bool {
	name, password, ok := r.BasicAuth()
	return ok && same(name, a.Username) && same(password, a.Password)
}

func (a Auth) tokenRight(token string) bool {
	if a.Bearer != "" && !same(token, a.Bearer) {
		return false
	}
	return token != "" && (a.Token == nil || a.Token(token))
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func unauthorised(scheme, text string) Answer {
	answer := Text(http.StatusUnauthorized, text)
	answer.Header.Set("WWW-Authenticate", scheme+` realm="fake"`)
	return answer
}

// bearer is what Authorization: Bearer carries, if it does.
func bearer(h http.Header) string {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
