package server_test

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestSlowClientsAreCutOff: with the defaults, a client that pauses for a minute in the head or in the body has lost.
func TestSlowClientsAreCutOff(t *testing.T) {
	for text, answer := range map[string]string{
		"POST / HTTP/1.1\r\nHos": "",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf":            "HTTP/1.1 408",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe": "HTTP/1.1 408",
	} {
		virtually(t, func(t *testing.T, w world) {
			s := w.start(t, server.Options{})
			start := time.Now()
			got := w.send(t, s, text)
			if took := time.Since(start); took != time.Minute || !strings.HasPrefix(got, answer) {
				t.Errorf("%q: got %.40q after %v; on record: %+v", text, got, took, s.Exchanges())
			}
		})
	}
}

// virtually runs a test in memory and virtual time only.
func virtually(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		test(t, world{name: "memory", dial: n.Dial, listen: n.Listen})
	})
}

// TestIdleConnectionsAreClosed: between requests a client may take ten minutes, over HTTP/1.1 and HTTP/2.
func TestIdleConnectionsAreClosed(t *testing.T) {
	for _, secure := range []*server.TLS{nil, {}} {
		virtually(t, func(t *testing.T, w world) {
			s := w.start(t, server.Options{TLS: secure})
			c := w.client(t, s)
			for _, pause := range []time.Duration{9 * time.Minute, 11 * time.Minute, 0} {
				if status, _, err := post(c, s.URL(), "x"); err != nil || status != 200 {
					t.Fatal(status, err)
				}
				time.Sleep(pause)
			}
			all := s.Connections()
			if len(all) != 2 || all[0].Closed.Sub(all[0].Opened).Truncate(time.Minute) != 19*time.Minute {
				t.Errorf("the connections are %+v", all)
			}
		})
	}
}

// TestClientThatDoesNotReadIsCutOff: who takes nothing of an endless answer for a minute has lost, and is on record.
func TestClientThatDoesNotReadIsCutOff(t *testing.T) {
	for _, secure := range []*server.TLS{nil, {NoHTTP2: true}, {}} {
		virtually(t, func(t *testing.T, w world) {
			s := w.start(t, server.Options{TLS: secure, Replies: "200 endless"})
			start := time.Now()
			response, err := w.client(t, s).Post(s.URL(), "text/plain", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			time.Sleep(2 * time.Minute)
			if e := s.Exchanges()[0]; e.Replied.Sub(start).Round(time.Minute) != time.Minute || e.Outcome != server.Gone || e.Status != 200 {
				t.Errorf("%s: the exchange is %+v", response.Proto, e)
			}
		})
	}
}

// TestClientThatReadsSlowlyIsServed: what counts is the pause, and neither the script's rate nor a link's bandwidth is one.
func TestClientThatReadsSlowlyIsServed(t *testing.T) {
	for _, script := range []string{"200 rate=10", "connections: accept bandwidth=400"} {
		for _, secure := range []*server.TLS{nil, {}} {
			virtually(t, func(t *testing.T, w world) {
				s := w.start(t, server.Options{TLS: secure, Replies: script})
				body := strings.Repeat("x", 2000) // takes more than three minutes at the script's rate
				if strings.Contains(script, "bandwidth") {
					body = strings.Repeat(body, 15)
				}
				if status, got, err := post(w.client(t, s), s.URL(), body); err != nil || status != 200 || got != body {
					t.Errorf("%s: got %d and %d bytes, %v", script, status, len(got), err)
				}
			})
		}
	}
}

// TestSlowButSteadyIsServed: what counts is the pause, not the whole.
func TestSlowButSteadyIsServed(t *testing.T) {
	virtually(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{})
		conn, err := w.dial(t.Context(), "tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, part := range []string{"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\n", "a", "b", "c"} {
			if _, err := io.WriteString(conn, part); err != nil {
				t.Fatal(err)
			}
			time.Sleep(50 * time.Second)
		}
		if got, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 200") {
			t.Errorf("got %.40q %v", got, err)
		}
	})
}
