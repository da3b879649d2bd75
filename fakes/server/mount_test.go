package server_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestHandle: a handler gets what lies below its prefix and nothing else; it is recorded, authenticated and scripted as the fake is.
func TestHandle(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Auth: server.Auth{Username: "u", Password: "p"}, Replies: "kind=mounted: 503 ok*"})
		s.Handle("/api/", "mounted", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("X-By", "handler")
			w.WriteHeader(http.StatusTeapot)
			w.WriteHeader(http.StatusOK) // too late
			_, _ = io.WriteString(w, "handled "+string(body))
		}))
		c, base := w.client(t, s), "http://u:p@"+s.URL()[len("http://"):]
		for _, test := range []struct {
			url    string
			status int
			text   string
		}{
			{s.URL() + "/api/x", 401, "unauthorized\n"},
			{base + "/api/x", 503, "Service Unavailable\n"}, // the script
			{base + "/api/x", 418, "handled body"},
			{base + "/api", 418, "handled body"},
			{base + "/apis", 200, "body"}, // the fake
			{base + "/x/api", 200, "body"},
		} {
			status, text, err := post(c, test.url, "body")
			if err != nil || status != test.status || status != 401 && text != test.text {
				t.Errorf("%s is answered %d %q (%v), want %d %q", test.url, status, text, err, test.status, test.text)
			}
		}
		s.Handle("/api/more", "later", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		if status, text, err := post(c, base+"/api/more/x", "body"); status != 200 || text != "" || err != nil {
			t.Errorf("the handler that came later answered %d %q (%v)", status, text, err)
		}
		waitFinished(t, s, 7)
		all := s.Exchanges()
		if e := all[2]; e.Kind != "mounted" || string(e.Body) != "body" || e.Status != 418 || e.ReplyHeader.Get("X-By") != "handler" {
			t.Errorf("recorded %+v", e)
		}
		if all[4].Kind != "apis" || all[6].Kind != "later" {
			t.Errorf("the kinds are %q and %q", all[4].Kind, all[6].Kind)
		}
	})
}
