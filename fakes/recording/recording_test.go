package recording

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

var begun = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func exchange(after time.Duration, body string) journal.Exchange {
	return journal.Exchange{
		Seq: 1, Kind: "samples", Method: "POST", Path: "/a%2Fb", Query: "x=1", Arrived: begun.Add(after), Body: []byte(body), BodySize: int64(len(body)),
		Header: http.Header{
			"Authorization": {"Bearer s3cret"}, "X-Scope-Orgid": {"one"}, "Content-Length": {"3"}, "Connection": {"close"}, "User-Agent": {"agent/1"},
		},
		Status: 200, Outcome: "replied",
	}
}

func TestWriteAndRead(t *testing.T) {
	all := []journal.Exchange{exchange(0, "one\x00\xff"), exchange(time.Second, "two")}
	var file bytes.Buffer
	if err := Write(&file, Header{Kind: "mimir", Fake: "m", Recorded: begun, Secrets: true, Dropped: 3}, all); err != nil {
		t.Fatal(err)
	}
	var got []journal.Exchange
	header, err := Read(&file, func(e journal.Exchange) error { got = append(got, e); return nil })
	if err != nil || header != (Header{Kind: "mimir", Fake: "m", Recorded: begun, Secrets: true, Dropped: 3}) {
		t.Fatalf("the header is %+v, %v", header, err)
	}
	if len(got) != 2 || string(got[0].Body) != "one\x00\xff" || !got[1].Arrived.Equal(all[1].Arrived) || got[0].Header.Get("Authorization") != "Bearer s3cret" {
		t.Errorf("it reads %+v", got)
	}
}

func TestSecretsAreLeftOut(t *testing.T) {
	e := exchange(0, "grant_type=x&client_secret=s3cret")
	e.Kind, e.ReplyBody = KindToken, []byte(`{"access_token":"s3cret"}`)
	e.Header.Set("Cookie", "s3cret")
	e.Header.Set("Proxy-Authorization", "s3cret")
	e.ReplyHeader = http.Header{"Set-Cookie": {"s3cret", "s3cret"}}
	var file bytes.Buffer
	if err := Write(&file, Header{Kind: "oauth2"}, []journal.Exchange{e}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(file.String(), "s3cret") || !strings.Contains(file.String(), `"Cookie":["(redacted)"]`) {
		t.Errorf("the recording is %s", file.String())
	}
	if e.Header.Get("Cookie") != "s3cret" || string(e.ReplyBody) != `{"access_token":"s3cret"}` {
		t.Error("the exchange was changed")
	}
}

func TestReadRefuses(t *testing.T) {
	var file bytes.Buffer
	if err := Write(&file, Header{Kind: "mimir"}, []journal.Exchange{exchange(0, "a"), exchange(0, "b")}); err != nil {
		t.Fatal(err)
	}
	whole := file.String()
	lines := strings.SplitAfter(whole, "\n")
	for name, test := range map[string]struct{ text, want string }{
		"empty":      {"", "it is empty"},
		"other file": {"hello\n", `line 1 is not the head of one: want {"format":"touchstone-recording"`},
		"version":    {strings.Replace(whole, `"version":1`, `"version":9`, 1), "its version is 9, and only version 1"},
		"cut":        {lines[0] + lines[1], "after 1 requests without its last line"},
		"cut inside": {whole[:len(lines[0])+40], "line 2: "},
		"missing":    {lines[0] + lines[1] + lines[3], "line 3 says that there are 2 requests, but there are 1"},
		"added":      {lines[0] + lines[1] + lines[1] + lines[2] + lines[3], "there are 3"},
		"behind":     {whole + lines[1], "line 5 comes after the last line"},
	} {
		if _, err := Read(strings.NewReader(test.text), func(journal.Exchange) error { return nil }); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: the error is %v, want %s", name, err, test.want)
		}
	}
	stop := errors.New("stop")
	if _, err := Read(strings.NewReader(whole), func(journal.Exchange) error { return stop }); !errors.Is(err, stop) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("an error of the caller comes as %v", err)
	}
}

// target notes what it is sent.
type target struct {
	requests []*http.Request
	bodies   []string
	at       []time.Duration
	begun    time.Time
	status   int
	err      error
}

func (g *target) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	g.requests, g.bodies, g.at = append(g.requests, r), append(g.bodies, string(body)), append(g.at, time.Since(g.begun))
	if g.err != nil {
		return nil, g.err
	}
	return &http.Response{StatusCode: g.status, Body: http.NoBody}, nil
}

func TestReplaySendsTheSameAgain(t *testing.T) {
	g := &target{status: 200}
	e := Redact(exchange(0, "abc"))
	summary, err := Replay(t.Context(), "http://other.test/base/?q=1#f", []journal.Exchange{e}, ReplayOptions{Transport: g})
	if err != nil || summary.Sent != 1 || summary.Same != 1 || summary.Redacted != 1 {
		t.Fatalf("it came to %s, %v", summary, err)
	}
	r := g.requests[0]
	if r.Method != "POST" || r.URL.String() != "http://other.test/base/a%2Fb?x=1" || g.bodies[0] != "abc" || r.ContentLength != 3 {
		t.Errorf("sent was %s %s with %q", r.Method, r.URL, g.bodies[0])
	}
	if h := r.Header; h.Get("X-Scope-OrgID") != "one" || h.Get("User-Agent") != "agent/1" || h.Get("Authorization") != "" || h.Get("Connection") != "" {
		t.Errorf("the headers are %v", h)
	}
}

func TestReplayKeepsTime(t *testing.T) {
	all := []journal.Exchange{exchange(0, "a"), exchange(10*time.Second, "b"), exchange(time.Minute, "c")}
	for speed, want := range map[float64][]time.Duration{
		0: {0, 0, 0}, 1: {0, 10 * time.Second, time.Minute}, 10: {0, time.Second, 6 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := &target{status: 503, begun: time.Now()}
			summary, err := Replay(t.Context(), "http://other.test", all, ReplayOptions{Transport: g, Speed: speed})
			if err != nil || summary.String() != "3 requests sent, 3 answered 503, 0 as recorded" {
				t.Errorf("it came to %s, %v", summary, err)
			}
			for i := range want {
				if g.at[i] != want[i] {
					t.Errorf("at speed %g request %d is sent after %s, want %s", speed, i, g.at[i], want[i])
				}
			}
		})
	}
}

func TestReplayCountsWhatFails(t *testing.T) {
	gone := errors.New("nobody there")
	connect := exchange(0, "")
	connect.Method = http.MethodConnect
	summary, err := Replay(t.Context(), "http://other.test", []journal.Exchange{exchange(0, "a"), connect}, ReplayOptions{Transport: &target{err: gone}})
	if err != nil || summary.Failed != 2 || !errors.Is(summary.FirstError, gone) || !strings.Contains(summary.String(), "2 failed") {
		t.Errorf("it came to %s, %v", summary, err)
	}
	if _, err := Replay(t.Context(), "other.test", nil, ReplayOptions{}); err == nil || !strings.Contains(err.Error(), `replay to "other.test": want a URL`) {
		t.Errorf("a target that is no URL gives %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	for _, speed := range []float64{0, 1} {
		if _, err := Replay(ctx, "http://other.test", []journal.Exchange{exchange(0, "a")}, ReplayOptions{Transport: &target{}, Speed: speed}); err == nil ||
			!strings.Contains(err.Error(), "enough") {
			t.Errorf("at speed %g an ended context gives %v", speed, err)
		}
	}
}
