package httpclient

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

var quiet = log.New(io.Discard, "", 0)

func TestCredentialsOnTheWire(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("api.test:80", nil, ok)
		file := w.file("secret", " from-file\n")
		tests := []struct{ body, want string }{
			{"", ""},
			{`bearer_token = "t1"`, "Bearer t1"},
			{fmt.Sprintf("bearer_token_file = %q", file), "Bearer from-file"},
			{`basic_auth { }`, "Basic Og=="},
			{"basic_auth {\n username = \"u\"\n password = \"p\"\n}", "Basic dTpw"},
			{fmt.Sprintf("basic_auth {\n username = \"u\"\n password_file = %q\n}", file), "Basic dTpmcm9tLWZpbGU="},
			{"authorization {\n credentials = \"c\"\n}", "Bearer c"},
			{"authorization {\n type = \" Token \"\n credentials = \"c\"\n}", "Token c"},
			{"authorization {\n type = \"\"\n credentials = \"c\"\n}", "Bearer c"},
			{fmt.Sprintf("authorization {\n credentials_file = %q\n}", file), "Bearer from-file"},
		}
		for i, tt := range tests {
			if got := w.post(w.client(tt.body), "http://api.test/"); got != "200 OK" {
				t.Errorf("%s: got %s", tt.body, got)
			}
			if got := w.requests("api.test")[i]; got.auth != tt.want || got.header.Get("User-Agent") != "touchstone/1" {
				t.Errorf("%s: got %q by %q, want %q", tt.body, got.auth, got.header.Get("User-Agent"), tt.want)
			}
		}
	})
}

func TestAuthorizationInHeadersWins(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("api.test:80", nil, ok)
		w.serve("tokens.test:80", nil, token(`{"access_token":"T","token_type":"bearer"}`))
		own := http.Header{"Authorization": {"Custom x"}, "User-Agent": {"mine"}}
		for i, tt := range []struct{ body, want string }{
			{`bearer_token = "t1"`, "Custom x"},
			{`basic_auth { }`, "Custom x"},
			{`authorization { }`, "Custom x"},
			{oauth2Args(""), "Bearer T"},
		} {
			w.do(w.t.Context(), w.client(tt.body), "POST", "http://api.test/", own)
			got := w.requests("api.test")[i]
			if got.auth != tt.want || got.header.Get("User-Agent") != "mine" {
				t.Errorf("%s: got %q by %q, want %q by mine", tt.body, got.auth, got.header.Get("User-Agent"), tt.want)
			}
		}
	})
}

func TestSecretFilesAreReadForEachRequest(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("api.test:80", nil, ok)
		file := filepath.Join(t.TempDir(), "token")
		c := w.client(fmt.Sprintf("bearer_token_file = %q", file))
		if got := w.post(c, "http://api.test/"); !strings.Contains(got, "no such file") {
			t.Errorf("missing file: got %s", got)
		}
		for i, text := range []string{"one", "two"} {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			w.post(c, "http://api.test/")
			if got := w.requests("api.test")[i].auth; got != "Bearer "+text {
				t.Errorf("got %q, want %q", got, "Bearer "+text)
			}
		}
	})
}

func TestRedirects(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("new.test:80", nil, ok)
		for i, tt := range []struct {
			method string
			status int
			body   string
			want   string // what the client gets, and what the new place was asked
		}{
			{"POST", 307, "", "200 OK, POST /x data"},
			{"POST", 308, "", "200 OK, POST /x data"},
			{"POST", 301, "", "301 Moved Permanently"},
			{"POST", 302, "", "302 Found"},
			{"POST", 303, "", "303 See Other"},
			{"GET", 301, "", "200 OK, GET /x "},
			{"GET", 302, "", "200 OK, GET /x "},
			{"GET", 303, "", "200 OK, GET /x "},
			{"POST", 307, "follow_redirects = false", "307 Temporary Redirect"},
			{"GET", 302, "follow_redirects = false", "302 Found"},
		} {
			host := fmt.Sprintf("old%d.test", i)
			w.serve(host+":80", nil, redirect(tt.status, "http://new.test/x"))
			before := len(w.requests("new.test"))
			got := w.do(w.t.Context(), w.client(tt.body), tt.method, "http://"+host+"/", nil)
			for _, r := range w.requests("new.test")[before:] {
				got += ", " + r.line + " " + r.body
			}
			if got != tt.want {
				t.Errorf("%s %d %s: got %q, want %q", tt.method, tt.status, tt.body, got, tt.want)
			}
		}
	})
}

func TestRedirectLoopEnds(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("api.test:80", nil, redirect(307, "http://api.test/again"))
		got := w.post(w.client(""), "http://api.test/")
		if n := len(w.requests("api.test")); n != 11 || !strings.Contains(got, "10 redirects") {
			t.Errorf("got %s after %d requests, want 11", got, n)
		}
	})
}

// TestCredentialsStayAtTheirOrigin follows redirects to another path, port, host and scheme, and back again.
func TestCredentialsStayAtTheirOrigin(t *testing.T) {
	for name, tt := range map[string]struct {
		to   string
		kept bool
	}{
		"path":         {"http://api.test/end", true},
		"default port": {"http://api.test:80/end", true},
		"port":         {"http://api.test:81/end", false},
		"host":         {"http://other.test/end", false},
		"sub-domain":   {"http://sub.api.test/end", false},
		"and back":     {"http://other.test/back", false},
	} {
		t.Run(name, func(t *testing.T) { checkKept(t, tt.to, tt.kept) })
	}
}

func checkKept(t *testing.T, to string, kept bool) {
	for _, auth := range []string{`bearer_token = "t"`, "basic_auth { }", "authorization { }", oauth2Args(""), ""} {
		inWorld(t, func(w *world) {
			answer := func(rw http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/":
					http.Redirect(rw, r, to, http.StatusTemporaryRedirect)
				case "/back":
					http.Redirect(rw, r, "http://api.test/end", http.StatusTemporaryRedirect)
				}
			}
			for _, addr := range []string{"api.test:80", "api.test:81", "other.test:80", "sub.api.test:80"} {
				w.serve(addr, nil, answer)
			}
			w.serve("tokens.test:80", nil, token(`{"access_token":"T"}`))
			var header http.Header
			if auth == "" {
				header = http.Header{"Authorization": {"Custom x"}, "Cookie": {"c=1"}, "X-Vault": {"v"}, "X-Scope-Orgid": {"tenant"}}
			}
			if got := w.do(w.t.Context(), w.client(auth), "POST", "http://api.test/", header); got != "200 OK" {
				t.Fatalf("%s: got %s", auth, got)
			}
			last := w.seen[len(w.seen)-1]
			if got := last.auth != "" || last.header.Get("Cookie") != ""; got != kept || !strings.HasSuffix(last.line, "/end") {
				t.Errorf("%s: %s has %q, want credentials: %v", auth, last.line, last.auth, kept)
			}
			if auth == "" && ((last.header.Get("X-Vault") != "") != kept || last.header.Get("X-Scope-Orgid") != "tenant") {
				t.Errorf("%s has the headers %v, want those of the user: %v, and the tenant in any case", last.line, last.header, kept)
			}
			if !kept && last.header.Get("Referer") != "" {
				t.Errorf("%s tells where it comes from: %s", last.line, last.header.Get("Referer"))
			}
		})
	}
}

// TestCloseLeavesNoConnection closes a client between the header and the end of an answer.
func TestCloseLeavesNoConnection(t *testing.T) {
	for _, http2 := range []bool{true, false} {
		inWorld(t, func(w *world) {
			ca := newCA(t)
			closed := make(chan struct{})
			w.serve("api.test:443", serverTLS(t, ca, "api.test"), func(rw http.ResponseWriter, _ *http.Request) {
				io.WriteString(rw, "hel")
				rw.(http.Flusher).Flush()
				<-closed
				io.WriteString(rw, "lo")
			})
			var open atomic.Int32
			opts := w.options()
			opts.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				c, err := w.net.Dial(ctx, network, addr)
				open.Add(1)
				return &countedConn{Conn: c, open: &open}, err
			}
			body := fmt.Sprintf("enable_http2 = %v\ntls_config {\n ca_pem = %s\n}", http2, raw(ca.PEM()))
			c, err := mustDecode(t, body).Client(opts)
			if err != nil {
				t.Fatal(err)
			}
			req, _ := http.NewRequest("GET", "https://api.test/", nil)
			resp, err := c.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
			close(closed)
			text, err := io.ReadAll(resp.Body)
			if string(text) != "hello" || err != nil {
				t.Errorf("the answer was cut: %q, %v", text, err)
			}
			resp.Body.Close()
			synctest.Wait()
			if n := open.Load(); n != 0 {
				t.Errorf("HTTP/2 %v: %d connections are left open", http2, n)
			}
		})
	}
}

// countedConn counts itself out when it is closed.
type countedConn struct {
	net.Conn
	once sync.Once
	open *atomic.Int32
}

func (c *countedConn) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}
