package profilewrite

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"connectrpc.com/connect"
	pushv1 "github.com/grafana/pyroscope/api/gen/proto/go/push/v1"
	"github.com/grafana/pyroscope/api/gen/proto/go/push/v1/pushv1connect"

	"github.com/touchstone-telemetry/touchstone/reference/profile"
)

// attempts pushes once, with one retry allowed, and returns how often the endpoint was asked and whether it worked.
func attempts(t *testing.T, more string, answer func(http.ResponseWriter)) (n int, sent bool) {
	inWorld(t, func(w *world) {
		w.endpoint("api.test", func(_ int, rw http.ResponseWriter, _ *http.Request) { answer(rw) })
		r := w.start(Pyroscope(), "endpoint {\n url = \"http://api.test\"\n max_backoff_retries = 1\n"+more+"\n}")
		sent = r.push("one", "data") == nil
		n = len(w.pushes("api.test"))
	})
	return n, sent
}

func TestPlainStatus(t *testing.T) {
	retried := map[int]bool{408: true, 429: true, 500: true, 501: true, 502: true, 503: true, 504: true, 599: true}
	for _, status := range []int{
		201, 202, 204, 300, 304, 400, 401, 402, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 425, 429, 431, 451,
		500, 501, 502, 503, 504, 599,
	} {
		want := 1
		if retried[status] {
			want = 2
		}
		n, sent := attempts(t, "", func(rw http.ResponseWriter) { rw.WriteHeader(status) })
		if n != want || sent {
			t.Errorf("%d: got %d attempts, sent %v, want %d and false", status, n, sent, want)
		}
	}
	if n, _ := attempts(t, "retry_on_http_429 = false", func(rw http.ResponseWriter) { rw.WriteHeader(429) }); n != 1 {
		t.Errorf("429 without retry_on_http_429: got %d attempts, want 1", n)
	}
}

// failing is a push service of the real library that answers with one error, or none.
type failing struct {
	pushv1connect.UnimplementedPusherServiceHandler
	code connect.Code
	got  []*connect.Request[pushv1.PushRequest]
}

func (f *failing) Push(_ context.Context, r *connect.Request[pushv1.PushRequest]) (*connect.Response[pushv1.PushResponse], error) {
	f.got = append(f.got, r)
	if f.code != 0 {
		return nil, connect.NewError(f.code, errors.New("because"))
	}
	return connect.NewResponse(&pushv1.PushResponse{}), nil
}

// TestAgainstTheRealLibrary pushes to a server made of connectrpc.com/connect, with every error that it knows.
func TestAgainstTheRealLibrary(t *testing.T) {
	retried := map[connect.Code]bool{
		connect.CodeDeadlineExceeded: true, connect.CodeUnknown: true, connect.CodeInternal: true, connect.CodeUnavailable: true,
		connect.CodeDataLoss: true, connect.CodeAborted: true, connect.CodeResourceExhausted: true,
	}
	for code := connect.Code(0); code <= connect.CodeUnauthenticated; code++ {
		for _, on429 := range []bool{true, false} {
			inWorld(t, func(w *world) {
				service := &failing{code: code}
				_, handler := pushv1connect.NewPusherServiceHandler(service)
				w.serve("api.test", handler)
				r := w.start(Pyroscope(), fmt.Sprintf("endpoint {\n url = \"http://api.test\"\n max_backoff_retries = 1\n retry_on_http_429 = %v\n}", on429))
				err := r.push("one", "data")
				want := 1
				if retried[code] && (on429 || code != connect.CodeResourceExhausted) {
					want = 2
				}
				if len(service.got) != want || (err == nil) != (code == 0) {
					t.Errorf("%v, retry_on_http_429 %v: got %d attempts and %v, want %d", code, on429, len(service.got), err, want)
				}
			})
		}
	}
}

func TestRealLibraryGetsTheProfile(t *testing.T) {
	inWorld(t, func(w *world) {
		service := &failing{}
		_, handler := pushv1connect.NewPusherServiceHandler(service, connect.WithRequireConnectProtocolHeader())
		w.serve("api.test", handler)
		r := w.start(Phlare(), "endpoint {\n url = \"http://api.test\"\n}")
		p := profile.Profile{Labels: []profile.Label{{Name: "app", Value: "é"}}, Raw: bytes.Repeat([]byte("x"), 300_000), ID: "id-1"}
		if err := r.Append(w.t.Context(), p); err != nil {
			t.Fatal(err)
		}
		series := service.got[0].Msg.Series[0]
		if l := series.Labels[0]; l.Name != "app" || l.Value != "é" || series.Samples[0].ID != "id-1" || !bytes.Equal(series.Samples[0].RawProfile, p.Raw) {
			t.Errorf("got %v", l)
		}
	})
}

func TestAnswers(t *testing.T) {
	with := func(status int, kind, body string) func(http.ResponseWriter) {
		return func(rw http.ResponseWriter) {
			rw.Header().Set("Content-Type", kind)
			rw.WriteHeader(status)
			fmt.Fprint(rw, body)
		}
	}
	zipped := func(rw http.ResponseWriter) {
		rw.Header().Set("Content-Type", "application/json")
		rw.Header().Set("Content-Encoding", "gzip")
		rw.WriteHeader(503)
		z := gzip.NewWriter(rw)
		fmt.Fprint(z, `{"code":"not_found"}`)
		z.Close()
	}
	tests := []struct {
		name   string
		answer func(http.ResponseWriter)
		want   int
		sent   bool
	}{
		{"empty answer without a type", func(rw http.ResponseWriter) {}, 1, true},
		{"the right type", with(200, "application/proto", ""), 1, true},
		{"the right type with parameters", with(200, "application/proto; charset=utf-8", ""), 1, true},
		{"a field from the future", with(200, "application/proto", "\x0a\x01x"), 1, true},
		{"not a message", with(200, "application/proto", "\x0a\x7fx"), 1, false},
		{"a web page", with(200, "text/html", "<html>"), 2, false},
		{"other application", with(200, "application/json", "{}"), 2, false},
		{"code beats status, final", with(503, "application/json", `{"code":"invalid_argument"}`), 1, false},
		{"code beats status, retried", with(400, "application/json; charset=utf-8", `{"code":"unavailable"}`), 2, false},
		{"zipped error", zipped, 1, false},
		{"unknown code", with(503, "application/json", `{"code":"nonsense"}`), 2, false},
		{"no code", with(400, "application/json", `{}`), 1, false},
		{"error of another type", with(400, "text/plain", `{"code":"unavailable"}`), 1, false},
		{"endless answer", func(rw http.ResponseWriter) {
			rw.Header().Set("Content-Type", "application/proto")
			for range 40 {
				rw.Write(make([]byte, 1<<16))
			}
		}, 2, false},
		{"truncated answer", func(rw http.ResponseWriter) {
			rw.Header().Set("Content-Length", "10")
			rw.Write([]byte("x"))
		}, 2, false},
	}
	for _, tt := range tests {
		if n, sent := attempts(t, "", tt.answer); n != tt.want || sent != tt.sent {
			t.Errorf("%s: got %d attempts, sent %v, want %d, %v", tt.name, n, sent, tt.want, tt.sent)
		}
	}
}
