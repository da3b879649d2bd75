package httpclient

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
)

func TestWhichProxyIsUsed(t *testing.T) {
	env := map[string]string{"HTTP_PROXY": "http://env.test:3128", "no_proxy": "direct.test"}
	for _, tt := range []struct {
		body, url string
		env       map[string]string
		want      string // who is asked, with the request line
	}{
		{"", "http://api.test/a", env, "api.test GET /a"},
		{`proxy_url = "http://proxy.test:3128"`, "http://api.test/a", env, "proxy.test GET http://api.test/a"},
		{`proxy_url = "http://proxy.test:3128"`, "http://localhost/a", nil, "proxy.test GET http://localhost/a"},
		{"proxy_url = \"http://proxy.test:3128\"\nno_proxy = \"api.test\"", "http://api.test/a", nil, "api.test GET /a"},
		{"proxy_url = \"http://proxy.test:3128\"\nno_proxy = \"api.test\"", "http://sub.api.test/a", nil, "sub.api.test GET /a"},
		{"proxy_url = \"http://proxy.test:3128\"\nno_proxy = \"other.test\"", "http://api.test/a", nil, "proxy.test GET http://api.test/a"},
		{"proxy_url = \"http://proxy.test:3128\"\nno_proxy = \"10.0.0.0/8\"", "http://10.1.2.3/a", nil, "10.1.2.3 GET /a"},
		{"proxy_from_environment = true", "http://api.test/a", env, "env.test GET http://api.test/a"},
		{"proxy_from_environment = true", "http://direct.test/a", env, "direct.test GET /a"},
		{"proxy_from_environment = true", "http://api.test/a", nil, "api.test GET /a"},
		{"proxy_from_environment = true", "http://api.test/a",
			map[string]string{"http_proxy": "env.test:3128"}, "env.test GET http://api.test/a"},
		{"proxy_from_environment = true", "http://api.test/a",
			map[string]string{"HTTPS_PROXY": "http://env.test:3128"}, "api.test GET /a"},
	} {
		inWorld(t, func(w *world) {
			w.env = tt.env
			for _, addr := range []string{"api.test:80", "sub.api.test:80", "direct.test:80", "10.1.2.3:80", "localhost:80", "proxy.test:3128", "env.test:3128"} {
				w.serve(addr, nil, ok)
			}
			w.do(w.t.Context(), w.client(tt.body), "GET", tt.url, nil)
			if len(w.seen) != 1 || w.seen[0].host+" "+w.seen[0].line != tt.want {
				t.Errorf("%s, %s: got %+v, want %s", tt.body, tt.url, w.seen, tt.want)
			}
		})
	}
}

func TestConnectThroughProxy(t *testing.T) {
	inWorld(t, func(w *world) {
		ca, err := certs.New("ca")
		if err != nil {
			t.Fatal(err)
		}
		w.serve("api.test:443", serverTLS(t, ca, "api.test"), ok)
		w.serve("proxy.test:3128", nil, w.tunnel)
		c := w.client("proxy_url = \"http://u:p@proxy.test:3128\"\nproxy_connect_header = {\"X-Tunnel\" = [\"1\", \"2\"]}\n" +
			"tls_config {\n ca_pem = `" + string(ca.PEM()) + "`\n}")
		if got := w.post(c, "https://api.test/a"); got != "200 OK" {
			t.Fatal(got)
		}
		got := w.requests("proxy.test")
		if len(got) != 1 || got[0].line != "CONNECT api.test:443" || strings.Join(got[0].header["X-Tunnel"], ",") != "1,2" ||
			got[0].header.Get("Proxy-Authorization") != "Basic dTpw" {
			t.Errorf("proxy saw %+v", got)
		}
		if target := w.requests("api.test"); len(target) != 1 || target[0].header.Get("X-Tunnel") != "" {
			t.Errorf("target saw %+v", target)
		}
	})
}

// tunnel answers CONNECT.
func (w *world) tunnel(rw http.ResponseWriter, r *http.Request) {
	far, err := w.net.Dial(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	near, _, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		w.t.Error(err)
		return
	}
	io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
	go join(near, far)
	go join(far, near)
}

func join(to, from net.Conn) {
	io.Copy(to, from)
	to.Close()
}

func TestTokenTrafficHasItsOwnProxy(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve("api.test:80", nil, ok)
		w.serve("proxy.test:3128", nil, token(`{"access_token":"T"}`))
		w.post(w.client(oauth2Args(`proxy_url = "http://proxy.test:3128"`)), "http://api.test/")
		if got := w.requests("proxy.test"); len(got) != 1 || got[0].line != "POST http://tokens.test/token" {
			t.Errorf("proxy saw %+v", got)
		}
		if got := w.requests("api.test"); len(got) != 1 || got[0].auth != "Bearer T" {
			t.Errorf("target saw %+v", got)
		}
	})
}
