package server_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

func TestRecordsWhatWasSentAndAnswered(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{})
		status, text, err := post(w.client(t, s), s.URL()+"/a%20b?x=1", "hello")
		if err != nil || status != 200 || text != "hello" {
			t.Fatalf("got %d %q %v, want 200 \"hello\"", status, text, err)
		}
		waitFinished(t, s, 1)
		e := s.Exchanges()[0]
		if e.Seq != 1 || e.Conn != 1 || e.Method != "POST" || e.Path != "/a%20b" || e.Query != "x=1" || string(e.Body) != "hello" || e.BodySize != 5 {
			t.Errorf("the exchange is %+v", e)
		}
		if e.Kind != "a%20b" || e.Status != 200 || e.Outcome != server.Replied || e.ReplyHeader.Get("X-Echo") != "yes" {
			t.Errorf("its end is kind %q, %d %q %v", e.Kind, e.Status, e.Outcome, e.ReplyHeader)
		}
		if e.Arrived.IsZero() || e.Read.Before(e.Arrived) || e.Replied.Before(e.Read) {
			t.Errorf("times are out of order: %v %v %v", e.Arrived, e.Read, e.Replied)
		}
		if c := s.Connections(); len(c) != 1 || c[0].Remote == "" || c[0].TLS != nil {
			t.Errorf("connections are %+v", c)
		}
	})
}

// waitFinished waits until n exchanges have an outcome.
func waitFinished(t *testing.T, s *server.Server, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := s.Wait(ctx, func(all []journal.Exchange) bool {
		done := 0
		for _, e := range all {
			if e.Outcome != "" {
				done++
			}
		}
		return done >= n
	})
	if err != nil {
		t.Fatalf("%v: %+v", err, s.Exchanges())
	}
}

func TestScriptInOrderThenDefault(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "503 429 retry-after=7 200; kind=other: 404*"})
		c := w.client(t, s)
		var got []int
		for _, path := range []string{"/x", "/other", "/x", "/other", "/x", "/x"} {
			status, _, err := post(c, s.URL()+path, "b")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, status)
		}
		want := []int{503, 404, 429, 404, 200, 200}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
		if e := s.Exchanges()[2]; e.ReplyHeader.Get("Retry-After") != "7" {
			t.Errorf("the 429 has headers %v", e.ReplyHeader)
		}
	})
}

func TestDelayIsExactInVirtualTime(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "delay=30ms 200"})
		start := time.Now()
		if _, _, err := post(w.client(t, s), s.URL(), ""); err != nil {
			t.Fatal(err)
		}
		took := time.Since(start)
		if took < 30*time.Millisecond || (w.name == "memory" && took != 30*time.Millisecond) {
			t.Errorf("took %v", took)
		}
	})
}

func TestConnectErrorBody(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: `connect:resource_exhausted message="too many" connect:internal/200`})
		c := w.client(t, s)
		status, text, err := post(c, s.URL(), "x")
		if err != nil || status != 429 || text != `{"code":"resource_exhausted","message":"too many"}` {
			t.Errorf("got %d %s %v", status, text, err)
		}
		if status, text, err := post(c, s.URL(), "x"); err != nil || status != 200 || !strings.Contains(text, `"internal"`) {
			t.Errorf("got %d %s %v", status, text, err)
		}
	})
}

func TestRedirectAndOwnBody(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: `307 location=/there 200 body=no type=text/x header="X-A: b"`})
		resp, err := w.client(t, s).Post(s.URL()+"/here", "text/plain", strings.NewReader("again"))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || string(body) != "no" || resp.Header.Get("X-A") != "b" || resp.Header.Get("Content-Type") != "text/x" {
			t.Errorf("got %q %v %v", body, resp.Header, err)
		}
		all := s.Exchanges()
		if len(all) != 2 || all[1].Path != "/there" || string(all[1].Body) != "again" {
			t.Errorf("exchanges are %+v", all)
		}
	})
}

func TestAuthentication(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Auth: server.Auth{Username: "u", Password: "p"}, Replies: "500"})
		c := w.client(t, s)
		if status, _, err := post(c, s.URL(), "x"); err != nil || status != 401 {
			t.Errorf("without: got %d %v, want 401", status, err)
		}
		if status, _, err := post(c, strings.Replace(s.URL(), "://", "://u:p@", 1), "x"); err != nil || status != 500 {
			t.Errorf("the refused request took a reply of the script: got %d %v, want 500", status, err)
		}
		s.SetAuth(server.Auth{Bearer: "t", Tenant: true})
		for _, row := range []struct {
			token, tenant string
			want          int
		}{{"t", "a", 200}, {"t", "", 401}, {"wrong", "a", 401}, {"", "a", 401}} {
			req, err := http.NewRequest("POST", s.URL(), nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "bearer "+row.token)
			req.Header.Set("X-Scope-OrgID", row.tenant)
			resp, err := c.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != row.want {
				t.Errorf("%+v: got %d", row, resp.StatusCode)
			}
		}
	})
}

func TestMiddlewareComesBeforeTheJournal(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Middleware: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/swallowed" {
					rw.WriteHeader(http.StatusTeapot)
					return
				}
				r.Header.Del("X-Gone")
				r.Body = io.NopCloser(strings.NewReader("changed"))
				r.ContentLength = 7
				next.ServeHTTP(rw, r)
			})
		}})
		c := w.client(t, s)
		if status, _, err := post(c, s.URL()+"/swallowed", "x"); err != nil || status != http.StatusTeapot {
			t.Errorf("got %d %v", status, err)
		}
		if _, text, err := post(c, s.URL(), "x"); err != nil || text != "changed" {
			t.Errorf("got %q %v", text, err)
		}
		if all := s.Exchanges(); len(all) != 1 || string(all[0].Body) != "changed" {
			t.Errorf("exchanges are %+v", all)
		}
	})
}

func TestDownUpKeepsPortAndData(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{})
		c := w.client(t, s)
		before := s.URL()
		if _, _, err := post(c, s.URL(), "1"); err != nil {
			t.Fatal(err)
		}
		s.Down()
		s.Down()
		if _, _, err := post(c, s.URL(), "2"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("down: got %v, want connection refused", err)
		}
		if err := errors.Join(s.Up(), s.Up()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := post(c, s.URL(), "3"); err != nil || s.URL() != before {
			t.Errorf("up: got %v at %s, want an answer at %s", err, s.URL(), before)
		}
		if err := s.Restart(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := post(c, s.URL(), "4"); err != nil {
			t.Errorf("restarted: %v", err)
		}
		if n := len(s.Exchanges()); n != 3 {
			t.Errorf("%d exchanges, want 3", n)
		}
		s.Close()
		s.Close()
		if err := s.Up(); err == nil {
			t.Error("a closed fake came up")
		}
	})
}

func TestDownResetsWhatIsOpen(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "hang delay=1h 200"})
		c := w.client(t, s)
		failed := make(chan error, 2)
		for range 2 {
			go func() { _, _, err := post(c, s.URL(), "x"); failed <- err }()
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Wait(ctx, func(all []journal.Exchange) bool {
			return len(all) == 2 && !all[0].Read.IsZero() && !all[1].Read.IsZero()
		}); err != nil {
			t.Fatal(err)
		}
		s.Down()
		for range 2 {
			if err := <-failed; err == nil {
				t.Error("a request was answered by a fake that is down")
			}
		}
		for _, e := range s.Exchanges() {
			if e.Outcome != server.Reset && e.Outcome != server.Hung {
				t.Errorf("outcome is %q", e.Outcome)
			}
		}
	})
}

func TestClientThatLeavesIsGone(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Replies: "delay=1h 200"})
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, "POST", s.URL(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := w.client(t, s).Do(req); err == nil {
			resp.Body.Close()
			t.Fatal("was answered")
		}
		waitFinished(t, s, 1)
		if e := s.Exchanges()[0]; e.Outcome != server.Gone || e.Status != 0 {
			t.Errorf("the exchange ended %q with %d", e.Outcome, e.Status)
		}
	})
}

func TestTooLongBodyIsCutOff(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{BodyLimit: 10})
		status, _, err := post(w.client(t, s), s.URL(), "0123456789")
		if err != nil || status != 200 {
			t.Errorf("at the limit: got %d %v", status, err)
		}
		status, _, err = post(w.client(t, s), s.URL(), "0123456789a")
		if err != nil || status != 413 {
			t.Errorf("over the limit: got %d %v", status, err)
		}
		waitFinished(t, s, 2)
		if e := s.Exchanges()[1]; string(e.Body) != "0123456789" || e.BodyError == "" {
			t.Errorf("kept %q, error %q", e.Body, e.BodyError)
		}
	})
}

func TestBadScriptIsRefusedAtTheStart(t *testing.T) {
	_, err := server.Start(server.Options{Replies: "200 5o3"}, echo{})
	var wrong *reply.ParseError
	if !errors.As(err, &wrong) || wrong.Column != 5 {
		t.Errorf("got %v", err)
	}
}
