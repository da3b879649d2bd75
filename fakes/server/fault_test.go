package server_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

func TestFaultsOfReplies(t *testing.T) {
	long := strings.Repeat("x", 1000)
	rows := []struct {
		script  string
		outcome string
		read    int // bytes of the body that the client may get at most; -1 is no response at all
		is      error
	}{
		{"reset", server.Reset, -1, syscall.ECONNRESET},
		{"close", server.Cut, -1, io.EOF},
		{"garbage", server.Cut, -1, nil},
		{"200 cut=10", server.Cut, 10, nil},
		{"200 truncate=10", server.Cut, 10, io.ErrUnexpectedEOF},
		{"200 truncate=0", server.Cut, 0, io.ErrUnexpectedEOF},
		{"200 length=2000", server.Cut, 1000, io.ErrUnexpectedEOF},
	}
	for _, secure := range []*server.TLS{nil, {NoHTTP2: true}, {}} {
		for _, row := range rows {
			both(t, func(t *testing.T, w world) {
				s := w.start(t, server.Options{TLS: secure, Replies: row.script})
				c := w.client(t, s)
				// A request that is not idempotent is not sent again by net/http, so each takes one reply.
				status, text, err := post(c, s.URL(), long)
				if err == nil || (row.read < 0) != (status == 0) || len(text) > max(row.read, 0) {
					t.Errorf("%s: got %d, %d bytes, %v", row.script, status, len(text), err)
				}
				if secure == nil && row.is != nil && !errors.Is(err, row.is) {
					t.Errorf("%s: got %v, want %v", row.script, err, row.is)
				}
				waitFinished(t, s, 1)
				if e := s.Exchanges()[0]; e.Outcome != row.outcome && s.Exchanges()[0].Proto != "HTTP/2.0" {
					t.Errorf("%s: outcome %q, want %q", row.script, e.Outcome, row.outcome)
				}
				if status, text, err := post(c, s.URL(), long); err != nil || status != 200 || text != long {
					t.Errorf("%s: after it got %d, %d bytes, %v", row.script, status, len(text), err)
				}
			})
		}
	}
}

func TestLengthThatIsTooShort(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "200 length=3"})
		status, text, err := post(w.client(t, s), s.URL(), "12345")
		if err != nil || status != 200 || text != "123" {
			t.Errorf("got %d %q %v", status, text, err)
		}
	})
}

func TestEndlessBodyEndsWithTheClient(t *testing.T) {
	for _, secure := range []*server.TLS{nil, {}} {
		both(t, func(t *testing.T, w world) {
			s := w.start(t, server.Options{TLS: secure, Replies: "200 endless"})
			resp, err := w.client(t, s).Post(s.URL(), "text/plain", strings.NewReader("ab"))
			if err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 300_001)
			if _, err := io.ReadFull(resp.Body, b); err != nil || string(b[299_998:]) != "aba" {
				t.Errorf("read %q %v", b[299_998:], err)
			}
			resp.Body.Close()
			waitFinished(t, s, 1)
			if e := s.Exchanges()[0]; e.Outcome != server.Gone {
				t.Errorf("outcome is %q", e.Outcome)
			}
		})
	}
}

func TestRateOfABody(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "200 rate=10000"})
		start := time.Now()
		if _, text, err := post(w.client(t, s), s.URL(), strings.Repeat("x", 500)); err != nil || len(text) != 500 {
			t.Fatalf("got %d bytes, %v", len(text), err)
		}
		if took := time.Since(start); took < 50*time.Millisecond || (w.name == "memory" && took != 50*time.Millisecond) {
			t.Errorf("500 bytes at 10000 a second took %v", took)
		}
	})
}

func TestHangEndsWithTheClient(t *testing.T) {
	for _, secure := range []*server.TLS{nil, {}} {
		both(t, func(t *testing.T, w world) {
			s := w.start(t, server.Options{TLS: secure, Replies: "hang"})
			ctx, leave := context.WithCancel(t.Context())
			arrived := make(chan error, 1)
			go func() {
				arrived <- s.Wait(ctx, func(all []journal.Exchange) bool { return len(all) == 1 && len(all[0].Body) == 1 })
				leave()
			}()
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL(), strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			if response, err := w.client(t, s).Do(request); err == nil {
				t.Errorf("got %s", response.Status)
			}
			if err := <-arrived; err != nil {
				t.Fatal(err)
			}
			waitFinished(t, s, 1)
			if e := s.Exchanges()[0]; e.Outcome != server.Hung || string(e.Body) != "x" {
				t.Errorf("outcome is %q, body %q", e.Outcome, e.Body)
			}
		})
	}
}

func TestFaultsOfConnections(t *testing.T) {
	body := strings.Repeat("x", 20_000)
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "connections: refuse accept cut-in=1000 accept cut-out=50"})
		for range 3 {
			if status, _, err := post(w.client(t, s), s.URL(), body); err == nil {
				t.Errorf("got %d", status)
			}
		}
		if status, _, err := post(w.client(t, s), s.URL(), body); err != nil || status != 200 {
			t.Errorf("at the end of the list: %d %v", status, err)
		}
		closed := func(all []journal.Connection) bool {
			return !slices.ContainsFunc(all[:3], func(c journal.Connection) bool { return c.Closed.IsZero() })
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := s.WaitConnections(ctx, closed); err != nil {
			t.Errorf("the first three are not closed: %v", err)
		}
	})
}

func TestLatencyAndBandwidth(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "connections: accept latency=40ms accept bandwidth=100000"})
		for _, row := range []struct {
			body string
			at   time.Duration
		}{{"x", 40 * time.Millisecond}, {strings.Repeat("x", 5000), 100 * time.Millisecond}} {
			start := time.Now()
			if _, _, err := post(w.client(t, s), s.URL(), row.body); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took < row.at || (w.name == "memory" && took > row.at+10*time.Millisecond) {
				t.Errorf("took %v, want %v", took, row.at)
			}
		}
	})
}

func TestMuteConnectionIsEndedByDown(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "connections: mute"})
		failed := make(chan error, 1)
		c := w.client(t, s)
		go func() { _, _, err := post(c, s.URL(), "x"); failed <- err }()
		if err := s.WaitConnections(t.Context(), func(all []journal.Connection) bool { return len(all) == 1 }); err != nil {
			t.Fatal(err)
		}
		s.Down()
		if err := <-failed; err == nil {
			t.Error("was answered")
		}
		if n := len(s.Exchanges()); n != 0 {
			t.Errorf("%d requests were read", n)
		}
	})
}

func TestSlowClose(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "200 truncate=1; connections: accept slow-close=50ms accept slow-close=1h"})
		start := time.Now()
		if _, text, err := post(w.client(t, s), s.URL(), "ab"); err == nil || text != "a" {
			t.Fatalf("got %q %v", text, err)
		}
		if took := time.Since(start); took < 50*time.Millisecond || (w.name == "memory" && took != 50*time.Millisecond) {
			t.Errorf("the end came after %v", took)
		}
		s.Replies().Then(reply.Fail(reply.Close))
		failed := make(chan error, 1)
		c := w.client(t, s)
		go func() { _, _, err := post(c, s.URL(), "x"); failed <- err }()
		waitFinished(t, s, 2)
		s.Down()
		if err := <-failed; err == nil {
			t.Error("was answered")
		}
	})
}

func TestStatusWithoutABody(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "204 304 201"})
		c := w.client(t, s)
		for _, want := range []int{204, 304, 201} {
			status, text, err := post(c, s.URL(), "x")
			if err != nil || status != want || (text != "") != (want == 201) {
				t.Errorf("got %d %q %v, want %d", status, text, err, want)
			}
		}
		waitFinished(t, s, 3)
		for _, e := range s.Exchanges() {
			if e.Outcome != server.Replied {
				t.Errorf("%d: outcome is %q", e.Status, e.Outcome)
			}
		}
	})
}

func TestRepliesAreKeptWhenAskedFor(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{KeepReplies: true, Replies: "200 200 truncate=1"})
		c := w.client(t, s)
		for range 2 {
			_, _, _ = post(c, s.URL(), "abc") // the second is cut off on purpose
		}
		waitFinished(t, s, 2)
		if all := s.Exchanges(); string(all[0].ReplyBody) != "abc" || all[1].ReplyBody != nil {
			t.Errorf("kept %q and %q", all[0].ReplyBody, all[1].ReplyBody)
		}
	})
}
