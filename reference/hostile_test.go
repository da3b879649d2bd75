package reference_test

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
)

// hostileWorld is a network of servers that say aloud what they are told in confidence.
//
//	target       is scraped and pushed to, over http and https
//	token        issues OAuth2 tokens
//	proxy        refuses to connect, and else stands for the target
//	other        is where redirects lead
//	good         is a target that works
type hostileWorld struct {
	*network
	stops []func()

	mu      sync.Mutex // guards what follows
	way     way
	seen    map[string]int // requests with a canary, by way
	strayed []string       // what has reached another host
}

// way is one way to fail. The token server and the proxy work where nothing is said of them.
type way struct {
	name                 string
	target, token, proxy http.HandlerFunc
}

var ways = []way{
	{name: "400", target: answer(400)},
	{name: "401", target: answer(401)},
	{name: "403", target: answer(403)},
	{name: "429", target: answer(429)},
	{name: "500", target: answer(500)},
	{name: "503", target: answer(503)},
	{name: "connect error", target: connectError},
	{name: "status line", target: statusLine},
	{name: "200 of nonsense", target: answer(200)},
	{name: "200 of metrics", target: metricsOfNonsense},
	{name: "200 with another type", target: strangeType},
	{name: "cut in a secret", target: cutShort},
	{name: "not HTTP", target: notHTTP},
	{name: "redirect to another host", target: redirect(307, "http://other/")},
	{name: "redirect of a GET", target: redirect(302, "http://other/")},
	{name: "redirect to nowhere", target: redirect(308, "http://%zz/")},
	{name: "redirect to a strange scheme", target: redirect(307, "gopher://other/")},
	{name: "truncated", target: truncated},
	{name: "reset", target: reset},
	{name: "hanging", target: hang},
	{name: "token 400", token: answer(400), target: answer(500)},
	{name: "token 500", token: answer(500), target: answer(500)},
	{name: "token nonsense", token: answer(200), target: answer(500)},
	{name: "token redirect", token: redirect(307, "http://other/"), target: answer(500)},
	{name: "token error", token: tokenError, target: answer(500)},
	{name: "token reset", token: reset, target: answer(500)},
	{name: "proxy refuses", proxy: statusLine, target: answer(500)},
	{name: "proxy 407", proxy: answer(407), target: answer(500)},
	{name: "proxy reset", proxy: reset, target: answer(500)},
}

// echo is everything a server knows of a request, decoded where it can be.
func echo(r *http.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s ", r.Method, r.URL)
	for name, values := range r.Header {
		fmt.Fprintf(&b, "%s=%s ", name, values)
		for _, v := range values {
			_, word, _ := strings.Cut(v, " ")
			if plain, err := base64.StdEncoding.DecodeString(word); err == nil {
				fmt.Fprintf(&b, "%s ", plain)
			}
		}
	}
	r.ParseForm()
	fmt.Fprintf(&b, "%v", r.PostForm)
	return strings.ReplaceAll(b.String(), "\n", " ")
}

func answer(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		text := echo(r)
		w.Header().Set("Retry-After", "1")
		w.Header().Set("X-Echo", text)
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
}

func connectError(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(503)
	fmt.Fprintf(w, `{"code":"unavailable","message":%q}`, echo(r))
}

func tokenError(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(400)
	fmt.Fprintf(w, `{"error":%q,"error_description":%q}`, echo(r), echo(r))
}

func metricsOfNonsense(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	for name, values := range r.Header {
		if strings.Contains(values[0], canary) || name == "Authorization" {
			fmt.Fprintf(w, "x{a=\"%s\"} %s\n", values[0], values[0])
		}
	}
	fmt.Fprintf(w, "x %s\n", r.URL.RawQuery)
}

func strangeType(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/"+r.Header.Get("Authorization")+r.URL.RawQuery)
	io.WriteString(w, echo(r))
}

// cutShort has a secret begin just before the limits up to which answers are quoted.
func cutShort(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(500)
	_, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for _, limit := range []int{190, 250, 1015} {
		io.WriteString(w, strings.Repeat("x", limit)+secret)
	}
}

func raw(text func(r *http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		said := text(r)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, said)
	}
}

var (
	statusLine = raw(func(r *http.Request) string { return "HTTP/1.1 407 " + echo(r) + "\r\nContent-Length: 0\r\n\r\n" })
	notHTTP    = raw(func(r *http.Request) string { return echo(r) + "\r\n\r\n" })
	truncated  = raw(func(r *http.Request) string { return "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + echo(r) })
	reset      = raw(func(*http.Request) string { return "" })
)

func redirect(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to+"?"+strings.ReplaceAll(echo(r), " ", "+"))
		w.WriteHeader(status)
	}
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func newHostileWorld(t *testing.T) *hostileWorld {
	w := &hostileWorld{network: newNetwork(), seen: map[string]int{}}
	ca, err := certs.New("hostile")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Server(certs.Good, "target", "token")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := pair.TLS()
	if err != nil {
		t.Fatal(err)
	}
	token := w.play(func(way way) http.HandlerFunc { return way.token }, issueToken)
	target := w.play(func(way way) http.HandlerFunc { return way.target }, answer(500))
	w.serve(t, "target:80", nil, target)
	w.serve(t, "target:443", &cert, target)
	w.serve(t, "token:80", nil, token)
	w.serve(t, "token:443", &cert, token)
	w.serve(t, "proxy:80", nil, w.play(func(way way) http.HandlerFunc { return way.proxy }, target))
	w.serve(t, "other:80", nil, w.stray)
	w.serve(t, "good:80", nil, good)
	return w
}

func (w *hostileWorld) getenv(name string) string {
	switch name {
	case "HTTP_PROXY", "HTTPS_PROXY":
		return "http://user:" + canary + "-environment@proxy"
	case "HUSH":
		return canary + "-variable"
	}
	return ""
}

// play answers in the present way, or as it does otherwise.
func (w *hostileWorld) play(part func(way) http.HandlerFunc, otherwise http.HandlerFunc) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		now := w.now(strings.Contains(echo(r), canary))
		if h := part(now); h != nil {
			h(out, r)
			return
		}
		otherwise(out, r)
	}
}

// stray is the server at which nothing secret may arrive.
func (w *hostileWorld) stray(out http.ResponseWriter, r *http.Request) {
	r.URL.RawQuery = "" // this is what the redirecting server has chosen to tell
	if text := echo(r); strings.Contains(text, canary) {
		w.mu.Lock()
		w.strayed = append(w.strayed, text)
		w.mu.Unlock()
	}
	answer(500)(out, r)
}

func issueToken(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"access_token":"%s-issued","token_type":"Bearer","expires_in":20}`, canary)
}

func good(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/metrics" {
		io.WriteString(w, "works 1\n")
		return
	}
	pprof.Lookup("threadcreate").WriteTo(w, 0)
}

func (w *hostileWorld) now(told bool) way {
	w.mu.Lock()
	defer w.mu.Unlock()
	if told {
		w.seen[w.way.name]++
	}
	return w.way
}

// turn makes everything fail in another way from now on.
func (w *hostileWorld) turn(to way) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.way = to
}

// expectTold makes sure that the world had secrets to tell in every way, and that none has gone to another host.
func (w *hostileWorld) expectTold(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, way := range ways {
		if w.seen[way.name] == 0 {
			t.Errorf("%s: no request with a secret came", way.name)
		}
	}
	if len(w.strayed) > 0 {
		t.Errorf("%d requests took secrets to another host, the first: %s", len(w.strayed), w.strayed[0])
	}
}

func (w *hostileWorld) serve(t *testing.T, addr string, cert *tls.Certificate, h http.HandlerFunc) {
	l, err := w.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if cert != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*cert}})
	}
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	w.stops = append(w.stops, func() {
		server.Close()
		<-done
	})
}

func (w *hostileWorld) stop() {
	for _, stop := range w.stops {
		stop()
	}
}
