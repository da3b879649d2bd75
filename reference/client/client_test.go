package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// doer answers requests with a function.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func answer(status int, body string, headers ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: make(http.Header), Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(headers); i += 2 {
		resp.Header.Set(headers[i], headers[i+1])
	}
	return resp
}

func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	if o.URL == "" {
		o.URL = "http://mimir:9009/api/v1/push"
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatIsSent(t *testing.T) {
	var seen *http.Request
	var body string
	take := doer(func(r *http.Request) (*http.Response, error) {
		seen = r
		text, err := io.ReadAll(r.Body)
		body = string(text)
		return answer(200, ""), err
	})
	protocol := map[string]string{"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"}
	headers := map[string]string{"X-Scope-OrgID": "t1", "content-type": "mine"}
	c := newClient(t, Options{HTTP: take, Protocol: protocol, UserAgent: "agent/1", Headers: headers, URL: "http://h:1/a%2Fb?x=1"})
	maps.Copy(headers, map[string]string{"X-Scope-OrgID": "changed later"})

	for retry := range 3 {
		if r := c.Send(t.Context(), []byte("payload"), retry); r.Err != nil {
			t.Fatal(r.Err)
		}
		want := http.Header{"X-Scope-Orgid": {"t1"}, "Content-Type": {"mine"}, "Content-Encoding": {"snappy"}, "User-Agent": {"agent/1"}}
		if retry > 0 {
			want.Set("Retry-Attempt", fmt.Sprint(retry))
		}
		if got := seen.Header; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("retry %d: headers are %v, want %v", retry, got, want)
		}
		if seen.Method != "POST" || seen.URL.String() != "http://h:1/a%2Fb?x=1" || body != "payload" || seen.ContentLength != 7 {
			t.Errorf("retry %d: %s %s with %q of %d bytes", retry, seen.Method, seen.URL, body, seen.ContentLength)
		}
	}
}

func TestHostHeaderSetsTheHost(t *testing.T) {
	take := doer(func(r *http.Request) (*http.Response, error) {
		if r.Host != "tenant.example" || r.Header.Get("Host") != "" {
			t.Errorf("host is %q, header %q", r.Host, r.Header.Get("Host"))
		}
		return answer(204, ""), nil
	})
	newClient(t, Options{HTTP: take, Headers: map[string]string{"host": "tenant.example"}}).Send(t.Context(), nil, 0)
}

// TestEveryStatus walks through all there are.
func TestEveryStatus(t *testing.T) {
	for status := 200; status < 600; status++ {
		for _, flag := range []bool{false, true} {
			c := newClient(t, Options{RetryOn429: flag, HTTP: doer(func(*http.Request) (*http.Response, error) {
				return answer(status, "some\nreason"), nil
			})})
			got := c.Send(t.Context(), nil, 0)
			accepted := status < 300
			retryable := status >= 500 || status == 429 && flag
			if (got.Err == nil) != accepted || got.Retryable != retryable || got.Status != status {
				t.Errorf("status %d with retry_on_http_429 = %v gives %+v", status, flag, got)
			}
			if !accepted && !strings.Contains(got.Err.Error(), fmt.Sprint(status)) {
				t.Errorf("status %d is not in %q", status, got.Err)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const on, off = true, false
		soon := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
		past := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)
		tests := []struct {
			status int
			flag   bool
			header string
			want   time.Duration
		}{
			{429, on, "2", 2 * time.Second},
			{429, on, " 17 ", 17 * time.Second},
			{429, on, soon, 90 * time.Second},
			{429, off, "2", 0}, // final: there is no next attempt
			{503, off, "3", 3 * time.Second},
			{503, off, soon, 90 * time.Second},
			{500, on, "2", 0}, // only 429 and 503 may ask for a pause
			{400, on, "2", 0},
			{429, on, "", 0},
			{429, on, "0", 0},
			{429, on, "-5", 0},
			{429, on, "1.5", 0},
			{429, on, "soon", 0},
			{429, on, past, 0},
			{429, on, "9223372036854775807", 10 * time.Minute},
			{429, on, "601", 10 * time.Minute},
			{429, on, "599", 599 * time.Second},
			{429, on, "99999999999999999999", 0},
		}
		for _, tt := range tests {
			c := newClient(t, Options{RetryOn429: tt.flag, HTTP: doer(func(*http.Request) (*http.Response, error) {
				return answer(tt.status, "", "Retry-After", tt.header), nil
			})})
			if got := c.Send(t.Context(), nil, 0).RetryAfter; got != tt.want {
				t.Errorf("%d with %q: got %v, want %v", tt.status, tt.header, got, tt.want)
			}
		}
	})
}

func TestReasons(t *testing.T) {
	long := strings.Repeat("x", 5000)
	tests := []struct{ body, want string }{
		{"", "server returned HTTP status 400 Bad Request"},
		{"out of order\nmore", "server returned HTTP status 400 Bad Request: out of order"},
		{"\n\n  padded \r\n", "server returned HTTP status 400 Bad Request: padded"},
		{"bad \xff bytes", "server returned HTTP status 400 Bad Request: bad ? bytes"},
		{long, "server returned HTTP status 400 Bad Request: " + long[:1024]},
	}
	for _, tt := range tests {
		c := newClient(t, Options{HTTP: doer(func(*http.Request) (*http.Response, error) { return answer(400, tt.body), nil })})
		if got := c.Send(t.Context(), nil, 0).Err.Error(); got != tt.want {
			t.Errorf("%.20q: got %q", tt.body, got)
		}
	}
}

// endless is an answer that never ends.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) { e.read += len(b); return len(b), nil }
func (e *endless) Close() error               { return nil }

func TestOnlySoMuchOfAnAnswerIsRead(t *testing.T) {
	for _, status := range []int{200, 400, 503} {
		body := &endless{}
		c := newClient(t, Options{HTTP: doer(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: body}, nil
		})})
		c.Send(t.Context(), nil, 0)
		if body.read > 1<<20 {
			t.Errorf("status %d: read %d bytes", status, body.read)
		}
	}
}

func TestNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := func(err error) doer {
			return func(r *http.Request) (*http.Response, error) {
				return nil, &url.Error{Op: "Post", URL: "http://user:secret@h/", Err: err}
			}
		}
		hangs := doer(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, &url.Error{Op: "Post", URL: "http://h/", Err: r.Context().Err()}
		})
		tests := []struct {
			name string
			doer doer
			want string
			took time.Duration
		}{
			{"refused", fails(errors.New("dial tcp: connection refused")), "dial tcp: connection refused", 0},
			{"hangs", hangs, "no answer within remote_timeout 30s", 30 * time.Second},
		}
		for _, tt := range tests {
			begin := time.Now()
			got := newClient(t, Options{HTTP: tt.doer, Timeout: 30 * time.Second}).Send(t.Context(), []byte("x"), 0)
			if !got.Retryable || got.Status != 0 || got.Err == nil || got.Err.Error() != tt.want {
				t.Errorf("%s: got %+v", tt.name, got)
			}
			if took := time.Since(begin); took != tt.took {
				t.Errorf("%s: took %v, want %v", tt.name, took, tt.took)
			}
		}
	})
}

func TestCancelEndsAnAttempt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := newClient(t, Options{Timeout: time.Hour, HTTP: doer(func(r *http.Request) (*http.Response, error) {
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	})})
	if got := c.Send(ctx, nil, 0); !got.Retryable || !errors.Is(got.Err, context.Canceled) {
		t.Errorf("got %+v", got)
	}
}

func TestUnusableURLIsNotQuoted(t *testing.T) {
	_, err := New(Options{URL: "http://user:hunter2@host:port%zz"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

// TestBodyIsReplayedOnRedirect runs over real HTTP.
func TestBodyIsReplayedOnRedirect(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/start", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		http.Redirect(w, r, "/end", http.StatusPermanentRedirect)
	})
	mux.HandleFunc("/end", func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); r.Method != "POST" || string(body) != "again" {
			t.Errorf("%s with %q", r.Method, body)
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	c := newClient(t, Options{URL: server.URL + "/start", HTTP: server.Client()})
	if got := c.Send(t.Context(), []byte("again"), 0); got.Err != nil {
		t.Error(got.Err)
	}
}

// TestBodyMayBeReusedAfterAnEarlyAnswer is for the race detector: the server answers before it has read the body, while the
// transport is still sending it.
func TestBodyMayBeReusedAfterAnEarlyAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	c := newClient(t, Options{URL: server.URL, HTTP: server.Client(), Timeout: time.Minute})
	body := make([]byte, 8<<20)
	for i := range 5 {
		c.Send(t.Context(), body, i)
		clear(body)
	}
}

func TestConfirmationOfVersion2(t *testing.T) {
	const prefix = "X-Prometheus-Remote-Write-"
	for _, c := range []struct {
		answer  *http.Response
		written *Written
		failed  bool
	}{
		{answer(200, ""), nil, true},
		{answer(204, "", prefix+"Samples-Written", "0", prefix+"Exemplars-Written", "none"), &Written{}, true},
		{answer(204, "", prefix+"Samples-Written", "3", prefix+"Histograms-Written", "2", prefix+"Exemplars-Written", "1"), &Written{3, 2, 1}, false},
		{answer(200, "", prefix+"Samples-Written", "-3", prefix+"Exemplars-Written", "1"), &Written{Exemplars: 1}, false},
		{answer(400, "", prefix+"Samples-Written", "7"), &Written{Samples: 7}, true},
		{answer(415, "no"), nil, true},
	} {
		client := newClient(t, Options{Confirmed: true, HTTP: doer(func(*http.Request) (*http.Response, error) { return c.answer, nil })})
		r := client.Send(t.Context(), []byte("body"), 0)
		if (r.Err != nil) != c.failed || r.Retryable || (r.Written == nil) != (c.written == nil) || r.Written != nil && *r.Written != *c.written {
			t.Errorf("%d %v: got %+v", c.answer.StatusCode, c.answer.Header, r)
		}
	}
	plain := newClient(t, Options{HTTP: doer(func(*http.Request) (*http.Response, error) { return answer(200, ""), nil })})
	if r := plain.Send(t.Context(), nil, 0); r.Err != nil || r.Written != nil {
		t.Errorf("version 1.0: got %+v", r)
	}
}
