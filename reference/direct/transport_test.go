package direct_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/reference/direct"
)

// memory is a body that lies in memory.
type memory struct {
	*bytes.Reader
	text []byte
}

func (memory) Close() error    { return nil }
func (m memory) Bytes() []byte { return m.text }

func post(ctx context.Context, url, text string) *http.Request {
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, url, memory{bytes.NewReader([]byte(text)), []byte(text)})
	req.ContentLength = int64(len(text))
	req.Header.Set("X-Own", "1")
	return req
}

// world is a server and a transport on one network; general are the requests that were left to others.
type world struct {
	*direct.Transport
	url         string
	connections atomic.Int64
	closed      chan struct{} // gets one for each connection that the server sees closed
	general     []string
}

// RoundTrip of a general transport notes what it is given.
type general struct{ *world }

func (g general) RoundTrip(req *http.Request) (*http.Response, error) {
	g.world.general = append(g.world.general, req.URL.String())
	return nil, errors.New("left to others")
}

func (general) CloseIdleConnections() {}

// onBothNetworks runs a test with the system's sockets, which are asked whether they are closed, and with those of another kind.
func onBothNetworks(t *testing.T, handler http.HandlerFunc, test func(*testing.T, *world)) {
	memory := memnet.New()
	dial := (&net.Dialer{}).DialContext
	t.Run("system", func(t *testing.T) { test(t, serve(t, net.Listen, dial, handler)) })
	t.Run("memory", func(t *testing.T) { test(t, serve(t, memory.Listen, memory.Dial, handler)) })
}

func serve(t *testing.T, listen func(network, address string) (net.Listener, error),
	dial func(context.Context, string, string) (net.Conn, error), handler http.HandlerFunc) *world {
	l, err := listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{url: "http://" + l.Addr().String() + "/push?a=b", closed: make(chan struct{}, 100)}
	server := &http.Server{Handler: handler, ConnState: func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			w.connections.Add(1)
		case http.StateClosed:
			w.closed <- struct{}{}
		}
	}}
	go server.Serve(l)
	w.Transport = &direct.Transport{Dial: dial, General: general{w}}
	t.Cleanup(func() {
		w.CloseIdleConnections()
		server.Close()
	})
	return w
}

func (w *world) send(t *testing.T, text string) (status int, answer string) {
	t.Helper()
	resp, err := w.RoundTrip(post(context.Background(), w.url, text))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(all)
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if string(body) == "quiet" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	io.WriteString(w, strings.Join([]string{r.Method, r.RequestURI, r.Host, r.Header.Get("X-Own"), string(body)}, " "))
}

func TestRequestsShareAConnection(t *testing.T) {
	onBothNetworks(t, echo, func(t *testing.T, w *world) {
		u, _ := url.Parse(w.url)
		for _, text := range []string{"one", "quiet", strings.Repeat("long", 20_000), "four"} {
			status, answer := w.send(t, text)
			if want := "POST /push?a=b " + u.Host + " 1 " + text; text != "quiet" && (status != 200 || answer != want) {
				t.Errorf("got %d %.60q, want %.60q", status, answer, want)
			}
			if text == "quiet" && (status != 204 || answer != "") {
				t.Errorf("got %d %q, want 204", status, answer)
			}
		}
		if n := w.connections.Load(); n != 1 {
			t.Errorf("%d connections, want 1", n)
		}
	})
}

func TestAConnectionThatTheServerClosedIsNotUsed(t *testing.T) {
	onBothNetworks(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _, _ := w.(http.Hijacker).Hijack()
		io.WriteString(raw, "HTTP/1.1 204 No Content\r\n\r\n") // which promises to keep the connection
		io.CopyN(io.Discard, r.Body, r.ContentLength)
		raw.Close()
	}, func(t *testing.T, w *world) {
		for range 3 {
			if status, _ := w.send(t, "text"); status != 204 {
				t.Errorf("got %d", status)
			}
			time.Sleep(10 * time.Millisecond) // until the news of the closing has come
		}
		if n := w.connections.Load(); n != 3 {
			t.Errorf("%d connections, want 3", n)
		}
	})
}

// broken is a connection that takes nothing after so many writes.
type broken struct {
	net.Conn
	writes int
}

func (b *broken) Write(p []byte) (int, error) {
	if b.writes--; b.writes < 0 {
		return 0, syscall.EPIPE
	}
	return b.Conn.Write(p)
}

// TestWhatCouldNotBeWrittenIsSentOnAnotherConnection has connections that break before a byte is written: one that was used
// before is replaced, a new one is an error.
func TestWhatCouldNotBeWrittenIsSentOnAnotherConnection(t *testing.T) {
	for _, writes := range []int{2, 1, 0} { // a request takes two: head and body
		w := serve(t, net.Listen, (&net.Dialer{}).DialContext, echo)
		dials := 0
		w.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			dials++
			c, err := new(net.Dialer).DialContext(ctx, network, addr)
			return &broken{c, writes}, err
		}
		requests := 0
		for err := error(nil); requests < 3 && err == nil; requests++ {
			var resp *http.Response
			resp, err = w.RoundTrip(post(context.Background(), w.url, "text"))
			if works := writes == 2; works != (err == nil) {
				t.Fatalf("%d writes work: got %v", writes, err)
			}
			if err == nil {
				io.Copy(io.Discard, resp.Body)
			}
		}
		if dials != requests {
			t.Errorf("%d writes work: %d connections for %d requests", writes, dials, requests)
		}
	}
}

func TestAnAnswerNotReadToItsEndEndsTheConnection(t *testing.T) {
	onBothNetworks(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write(make([]byte, 1<<20))
	}, func(t *testing.T, w *world) {
		for range 2 {
			resp, err := w.RoundTrip(post(context.Background(), w.url, "text"))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if n, err := resp.Body.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("a closed body gave %d bytes, error %v", n, err)
			}
		}
		if n := w.connections.Load(); n != 2 {
			t.Errorf("%d connections, want 2", n)
		}
	})
}

func TestCancellingEndsTheWait(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	onBothNetworks(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-hang
	}, func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		if _, err := w.RoundTrip(post(ctx, w.url, "text")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want that the time is over", err)
		}
	})
}

func TestClosingIdleConnectionsReachesThoseInUse(t *testing.T) {
	onBothNetworks(t, echo, func(t *testing.T, w *world) {
		w.send(t, "unused afterwards")
		w.CloseIdleConnections()
		<-w.closed
		resp, err := w.RoundTrip(post(context.Background(), w.url, "in use"))
		if err != nil {
			t.Fatal(err)
		}
		w.CloseIdleConnections()
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		<-w.closed
	})
}

// TestOddAnswers has a server that answers in its own words.
func TestOddAnswers(t *testing.T) {
	for text, want := range map[string]string{
		"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok": "ok",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n":                 "ok",
		"HTTP/1.0 200 OK\r\n\r\nuntil the end":                                                      "until the end",
		"HTTP/1.1 101 Switching Protocols\r\n\r\n":                                                  "",
		"": "the server closed the connection without an answer",
		"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n": "its head is larger than 1048576 bytes",
		strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 1<<16):             "its head is larger than 1048576 bytes",
		"SSH-2.0-x\r\n": "malformed HTTP",
	} {
		onBothNetworks(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			raw, _, _ := w.(http.Hijacker).Hijack()
			io.WriteString(raw, text)
			raw.Close()
		}, func(t *testing.T, w *world) {
			resp, err := w.RoundTrip(post(context.Background(), w.url, "text"))
			if err != nil {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%.40q: got %v, want %q", text, err, want)
				}
				return
			}
			if got, err := io.ReadAll(resp.Body); string(got) != want {
				t.Errorf("%.40q: got %q and %v, want %q", text, got, err, want)
			}
			resp.Body.Close()
		})
	}
}

func TestOtherRequestsAreLeftToOthers(t *testing.T) {
	onBothNetworks(t, echo, func(t *testing.T, w *world) {
		proxied, _ := url.Parse("http://proxy")
		w.Proxy = func(r *http.Request) (*url.URL, error) {
			if r.URL.Host == "far" {
				return proxied, nil
			}
			return nil, nil
		}
		for name, edit := range map[string]func(*http.Request){
			"TLS":                    func(r *http.Request) { r.URL.Scheme = "https" },
			"a proxy":                func(r *http.Request) { r.URL.Host = "far" },
			"a body not in memory":   func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("text")) },
			"a large body":           func(r *http.Request) { r.ContentLength = 1 << 20 },
			"a body of another size": func(r *http.Request) { r.ContentLength = 2 },
			"closing":                func(r *http.Request) { r.Close = true },
			"Expect":                 func(r *http.Request) { r.Header.Set("Expect", "100-continue") },
			"a smuggled header":      func(r *http.Request) { r.Header.Set("X-Own", "a\r\nX-Other: b") },
			"a smuggled name":        func(r *http.Request) { r.Header["X: y\r\nZ"] = []string{"a"} },
			"a host with spaces":     func(r *http.Request) { r.Host = "a b" },
		} {
			before := len(w.general)
			req := post(context.Background(), w.url, "text")
			edit(req)
			if _, err := w.RoundTrip(req); err == nil || len(w.general) != before+1 {
				t.Errorf("%s: error %v, %d requests left to others", name, err, len(w.general)-before)
			}
		}
	})
}
