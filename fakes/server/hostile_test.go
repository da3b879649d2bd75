package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// fragile panics on what it is sent.
type fragile struct{ echo }

func (fragile) Classify(*server.Request) string { panic("cannot read this") }

func TestFakeThatPanicsAnswers500(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := server.StartT(t, server.Options{Listen: w.listen}, fragile{})
		for range 2 {
			status, text, err := post(w.client(t, s), s.URL(), "x")
			if err != nil || status != 500 || !strings.Contains(text, "cannot read this") {
				t.Errorf("got %d %q %v", status, text, err)
			}
		}
		waitFinished(t, s, 2)
	})
}

// send writes bytes as they are and returns what comes back before the connection ends.
func (w world) send(t *testing.T, s *server.Server, text string) string {
	t.Helper()
	conn, err := w.dial(t.Context(), "tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(conn) // a reset is an end too
	return string(got)
}

func TestBrokenRequests(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{BodyLimit: 1000, HeadTimeout: 50 * time.Millisecond})
		rows := map[string]string{
			"nonsense\r\n\r\n": "400",
			"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999\r\n\r\n" + strings.Repeat("x", 2000): "413",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX":                     "",
			"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: -1\r\n\r\n":                    "400",
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/9.9\r\n\r\n":  "200",
			"POST / HTTP/1.1\r\nHost:": "", // and nothing more: the head times out
		}
		for text, want := range rows {
			if got := w.send(t, s, text); want != "" && !strings.HasPrefix(got, "HTTP/1.1 "+want) || want == "" && strings.Contains(got, "200") {
				t.Errorf("%.60q: got %.60q, want %s", text, got, want)
			}
		}
		if status, _, err := post(w.client(t, s), s.URL(), "x"); err != nil || status != 200 {
			t.Errorf("afterwards: %d %v", status, err)
		}
	})
}

func TestBodyThatBreaksOff(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "500"})
		conn, err := w.dial(t.Context(), "tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf"); err != nil {
			t.Fatal(err)
		}
		conn.Close()
		waitFinished(t, s, 1)
		if e := s.Exchanges()[0]; string(e.Body) != "half" || e.BodySize != 4 || e.BodyError == "" || e.Outcome != server.Gone || e.Status != 0 {
			t.Errorf("the exchange is %+v", e)
		}
		// It took no reply of the script.
		if status, _, err := post(w.client(t, s), s.URL(), "x"); err != nil || status != http.StatusInternalServerError {
			t.Errorf("the next one: %d %v", status, err)
		}
	})
}
