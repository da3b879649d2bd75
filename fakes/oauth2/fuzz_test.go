package oauth2

import (
	"net/http"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// FuzzRead reads anything as a request for a token: none may panic, and whoever is refused is told why.
func FuzzRead(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", "", []byte("grant_type=client_credentials&client_id=a&client_secret=b&scope=x+y"))
	f.Add("application/x-www-form-urlencoded; charset=utf-8", "Basic YSUyMGI6Yw==", []byte("grant_type=password"))
	f.Add("text/plain", "Bearer x", []byte("%zz;&&=&a=%"))
	i := newIssuer(Options{ClientID: "a", ClientSecret: "b", Scopes: []string{"x"}, Params: map[string]string{"p": "1"}})
	f.Fuzz(func(t *testing.T, contentType, authorization string, body []byte) {
		header := http.Header{"Content-Type": {contentType}, "Authorization": {authorization}}
		r := read(journal.Exchange{Header: header, Body: body})
		i.judge(r)
		if r.Error != "" && r.Reason == "" || r.size() < int64(len(body)) {
			t.Fatalf("error %q for %q, size %d", r.Error, r.Reason, r.size())
		}
		Decode(journal.Exchange{Header: header, ReplyBody: body})
	})
}
