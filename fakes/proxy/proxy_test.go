package proxy_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/proxy"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// target answers with what it was sent.
type target struct{}

func (target) Classify(*server.Request) string { return "target" }
func (target) Finish(*server.Request)          {}
func (target) Answer(r *server.Request) server.Answer {
	return server.Answer{Status: 201, Header: http.Header{"X-From": {"target"}, "Keep-Alive": {"timeout=5"}}, Body: r.Exchange.Body}
}

// stage is a proxy and a target behind it.
type stage struct {
	network *memnet.Network
	target  *server.Server
	proxy   *proxy.Server
}

func inMemory(t *testing.T, secure *server.TLS, o proxy.Options, test func(t *testing.T, s stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := stage{network: memnet.New()}
		s.target = server.StartT(t, server.Options{Listen: s.network.Listen, TLS: secure, Host: "target.test"}, target{})
		o.Listen, o.Dial = s.network.Listen, s.network.Dial
		o.Hosts = map[string]string{"target.test": s.target.Addr()}
		s.proxy = proxy.StartT(t, o)
		test(t, s)
	})
}

// client goes through the proxy, as user:password if any.
func (s stage) client(t *testing.T, user string) *http.Client {
	t.Helper()
	through, err := url.Parse(strings.Replace(s.proxy.URL(), "://", "://"+user, 1))
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{}
	if ca := s.target.CA(); ca != nil {
		config.RootCAs = ca.Pool()
	}
	transport := &http.Transport{
		Proxy: http.ProxyURL(through), DialContext: s.network.Dial, TLSClientConfig: config, ForceAttemptHTTP2: true,
		ProxyConnectHeader: http.Header{"X-Connect": {"yes"}},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// post sends a body and says what came back.
func post(c *http.Client, url, body string) (*http.Response, string, error) {
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("X-Own", "1")
	resp, err := c.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

func TestForward(t *testing.T) {
	inMemory(t, nil, proxy.Options{}, func(t *testing.T, s stage) {
		resp, body, err := post(s.client(t, ""), "http://target.test/a%20b?c=d", "hello")
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 201 || body != "hello" || resp.Header.Get("X-From") != "target" || resp.Header.Get("Keep-Alive") != "" {
			t.Errorf("got %d %q %v", resp.StatusCode, body, resp.Header)
		}
		if err := s.proxy.WaitFor(t.Context(), "target.test", 1); err != nil {
			t.Fatal(err)
		}
		r := s.proxy.Requests()[0]
		if r.Tunnel || r.Target != "target.test" || r.Path != "/a%20b" || r.Query != "c=d" || string(r.Body) != "hello" {
			t.Errorf("the proxy saw %+v", r)
		}
		e := s.target.Exchanges()[0]
		if e.Path != "/a%20b" || e.Query != "c=d" || e.Host != "target.test" || string(e.Body) != "hello" || e.Header.Get("X-Own") != "1" {
			t.Errorf("the target saw %+v", e)
		}
	})
}

func TestTunnel(t *testing.T) {
	for _, noHTTP2 := range []bool{false, true} {
		inMemory(t, &server.TLS{NoHTTP2: noHTTP2}, proxy.Options{}, func(t *testing.T, s stage) {
			long := strings.Repeat("0123456789", 50_000)
			resp, body, err := post(s.client(t, ""), "https://target.test/x", long)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != 201 || body != long || (resp.ProtoMajor == 2) == noHTTP2 {
				t.Errorf("got %d, %d bytes, %s", resp.StatusCode, len(body), resp.Proto)
			}
			r := s.proxy.Requests()[0]
			if !r.Tunnel || r.Target != "target.test:443" || r.Header.Get("X-Connect") != "yes" || len(r.Body) != 0 {
				t.Errorf("the proxy saw %+v", r)
			}
			if h := s.target.Connections()[0].TLS; h == nil || h.ServerName != "target.test" {
				t.Errorf("the handshake is %+v", h)
			}
		})
	}
}

func TestTunnelEndsWithEitherSide(t *testing.T) {
	inMemory(t, nil, proxy.Options{}, func(t *testing.T, s stage) {
		for _, end := range []func(){s.target.Down, s.proxy.Down} {
			conn, err := s.network.Dial(t.Context(), "tcp", s.proxy.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, "CONNECT target.test:80 HTTP/1.1\r\nHost: target.test:80\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			head := make([]byte, len("HTTP/1.1 200 Connection established\r\n\r\n"))
			if _, err := io.ReadFull(conn, head); err != nil || !strings.HasPrefix(string(head), "HTTP/1.1 200") {
				t.Fatalf("got %q %v", head, err)
			}
			end()
			_, _ = io.Copy(io.Discard, conn) // returns when the tunnel is gone, with an error or without
			if err := errors.Join(s.target.Up(), s.proxy.Up()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAuthentication(t *testing.T) {
	inMemory(t, nil, proxy.Options{Username: "u", Password: "p"}, func(t *testing.T, s stage) {
		for user, want := range map[string]int{"": 407, "u:wrong@": 407, "u:p@": 201} {
			resp, _, err := post(s.client(t, user), "http://target.test/", "x")
			if err != nil || resp.StatusCode != want {
				t.Errorf("%q: got %v %v", user, resp, err)
			}
			if want == 407 && resp.Header.Get("Proxy-Authenticate") == "" {
				t.Errorf("%q: no Proxy-Authenticate", user)
			}
		}
		if n := len(s.target.Exchanges()); n != 1 {
			t.Fatalf("%d requests passed", n)
		}
		if h := s.target.Exchanges()[0].Header; h.Get("Proxy-Authorization") != "" {
			t.Errorf("the target saw %v", h)
		}
	})
}

func TestTargetThatCannotBeReached(t *testing.T) {
	inMemory(t, nil, proxy.Options{}, func(t *testing.T, s stage) {
		s.target.Down()
		if resp, _, err := post(s.client(t, ""), "http://target.test/", "x"); err != nil || resp.StatusCode != 502 {
			t.Errorf("forward: got %v %v", resp, err)
		}
		if _, _, err := post(s.client(t, ""), "https://nowhere.test/", "x"); err == nil || !strings.Contains(err.Error(), "Bad Gateway") {
			t.Errorf("tunnel: got %v", err)
		}
		if resp, err := (&http.Client{Transport: &http.Transport{DialContext: s.network.Dial, DisableKeepAlives: true}}).Get(s.proxy.URL()); err != nil || resp.StatusCode != 400 {
			t.Errorf("as a server: got %v %v", resp, err)
		} else {
			resp.Body.Close()
		}
	})
}

func TestScript(t *testing.T) {
	o := proxy.Options{}
	o.Replies = "503 reset"
	inMemory(t, nil, o, func(t *testing.T, s stage) {
		c := s.client(t, "")
		if resp, _, err := post(c, "http://target.test/", "x"); err != nil || resp.StatusCode != 503 {
			t.Errorf("got %v %v", resp, err)
		}
		if _, _, err := post(c, "http://target.test/", "x"); err == nil {
			t.Error("was not reset")
		}
		if resp, _, err := post(c, "http://target.test/", "x"); err != nil || resp.StatusCode != 201 {
			t.Errorf("got %v %v", resp, err)
		}
	})
}

func TestNothingToWaitForIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		s, err := proxy.Start(proxy.Options{Options: server.Options{Listen: n.Listen}, Dial: n.Dial})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := s.WaitFor(ctx, "target.test", 1); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "seen: nothing") {
			t.Errorf("got %v", err)
		}
	})
}

// A name that only the proxy knows shows that a client went through it.
func Example() {
	behind, err := server.Start(server.Options{}, target{})
	if err != nil {
		panic(err)
	}
	defer behind.Close()
	p, err := proxy.Start(proxy.Options{Hosts: map[string]string{"target.test": behind.Addr()}})
	if err != nil {
		panic(err)
	}
	defer p.Close()

	through, err := url.Parse(p.URL())
	if err != nil {
		panic(err)
	}
	client := http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(through), DisableKeepAlives: true}}
	resp, err := client.Post("http://target.test/", "text/plain", strings.NewReader("hello"))
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body), err, p.Requests()[0].Target)
	// Output: 201 hello <nil> target.test
}
