package sabotage

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestForgottenTokensEndAtOnce(t *testing.T) {
	for answer, want := range map[string]string{
		`{"access_token":"t","expires_in":3600}`: `{"access_token":"t","expires_in":1}`,
		`{"error":"invalid_client"}`:             `{"error":"invalid_client"}`,
		"no JSON":                                "no JSON",
	} {
		a := parse(t, "forgets-tokens")
		issuer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) })
		seen := httptest.NewRecorder()
		a.Token(issuer).ServeHTTP(seen, httptest.NewRequest(http.MethodPost, "/token", nil))
		if got := seen.Body.String(); got != want || (a.Touched() == 1) != (got != answer) {
			t.Errorf("%s: got %s, touched %d", answer, got, a.Touched())
		}
	}
}
