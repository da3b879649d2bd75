package proxy

import (
	"bytes"
	"context"
	"crypto/subtle"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// handler is the Server as its base sees it.
type handler Server

// Classify tells the two ways of using a proxy apart.
func (h *handler) Classify(r *server.Request) string {
	switch {
	case r.HTTP.Method == http.MethodConnect:
		return KindConnect
	case r.HTTP.URL.IsAbs():
		return KindForward
	}
	return KindOther
}

// Finish does nothing: the journal has it all.
func (h *handler) Finish(*server.Request) {}

// Answer passes the request on.
func (h *handler) Answer(r *server.Request) server.Answer {
	switch {
	case r.Exchange.Kind == KindOther:
		return server.Text(http.StatusBadRequest, "this is a proxy: it takes CONNECT and requests with a whole URL\n")
	case !h.knows(r.HTTP.Header.Get("Proxy-Authorization")):
		answer := server.Text(http.StatusProxyAuthRequired, "the proxy's authentication is missing or wrong\n")
		answer.Header.Set("Proxy-Authenticate", `Basic realm="fake"`)
		return answer
	case r.Exchange.Kind == KindConnect:
		return h.connect(r)
	}
	return h.forward(r)
}

// knows checks Proxy-Authorization, which is written like Authorization.
func (h *handler) knows(authorization string) bool {
	wanted := *h.user.Load()
	if wanted == (user{}) {
		return true
	}
	name, password, ok := (&http.Request{Header: http.Header{"Authorization": {authorization}}}).BasicAuth()
	return ok && same(name, wanted.name) && same(password, wanted.password)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// hopByHop are the headers that concern one connection only, of RFC 9110 section 7.6.1 and from before it.
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// strip takes away what is not for the other side.
func strip(header http.Header) http.Header {
	header = header.Clone()
	for _, list := range header.Values("Connection") {
		for name := range strings.SplitSeq(list, ",") {
			header.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range hopByHop {
		header.Del(name)
	}
	return header
}

// forward sends an absolute-form request on and passes the response back as it comes.
func (h *handler) forward(r *server.Request) server.Answer {
	out := r.HTTP.Clone(r.Context())
	out.RequestURI = ""
	out.Header = strip(r.HTTP.Header)
	out.Body = http.NoBody
	if out.ContentLength = int64(len(r.Exchange.Body)); out.ContentLength > 0 {
		out.Body = io.NopCloser(bytes.NewReader(r.Exchange.Body))
	}
	if out.Header.Get("User-Agent") == "" {
		out.Header["User-Agent"] = nil // or net/http would add its own
	}
	resp, err := h.upstream.RoundTrip(out)
	if err != nil {
		return server.Text(http.StatusBadGateway, "the target cannot be reached: "+err.Error()+"\n")
	}
	return server.Answer{Status: resp.StatusCode, Header: strip(resp.Header), Stream: func(_ context.Context, w io.Writer) error {
		defer resp.Body.Close()
		_, err := io.Copy(w, resp.Body)
		return err
	}}
}

// connect opens a tunnel.
func (h *handler) connect(r *server.Request) server.Answer {
	target, err := (*Server)(h).dial(r.Context(), "tcp", r.HTTP.Host)
	if err != nil {
		return server.Text(http.StatusBadGateway, "the target cannot be reached: "+err.Error()+"\n")
	}
	return server.Answer{Status: http.StatusOK, Hijack: tunnel(target)}
}

type halfCloser interface{ CloseWrite() error }

// finish tells the other side that nothing more comes, as far as the connection can.
func finish(c net.Conn) {
	if h, ok := c.(halfCloser); ok {
		_ = h.CloseWrite() // the connection may be gone
		return
	}
	_ = c.Close()
}
