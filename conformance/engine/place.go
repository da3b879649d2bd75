package engine

import (
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strings"
)

// aliases puts the addresses of fakes in the place of the hosts and ports at which they cannot be on the real lane.
func (s *stage) aliases(text string) string {
	addresses := map[string]string{}
	var names []string
	for _, p := range s.order {
		if p.alias != "" {
			addresses[p.alias] = p.server.Addr()
			names = append(names, regexp.QuoteMeta(p.alias))
		}
	}
	if len(names) == 0 {
		return text
	}
	// At once, because the address of one may look like the alias of another. The boundary keeps h:80 out of h:8080.
	return regexp.MustCompile(`\b(?:`+strings.Join(names, "|")+`)\b`).
		ReplaceAllStringFunc(text, func(alias string) string { return addresses[alias] })
}

// split hands what is asked for below /debug/ to the fake at addr, and everything else to the fake that it is put in front of, behind
// the sabotage.
func (s *stage) split(addr string, sabotage func(http.Handler) http.Handler) func(http.Handler) http.Handler {
	// A connection kept open would outlive the play.
	transport := &http.Transport{DisableKeepAlives: true}
	if s.virtual() {
		transport.DialContext = s.network.Dial
	}
	debug := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = "http", addr },
		// What the fake behind does not answer is not answered.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:     log.New(io.Discard, "", 0),
	}
	return func(fake http.Handler) http.Handler {
		if sabotage != nil {
			fake = sabotage(fake)
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/debug/") {
				debug.ServeHTTP(w, r)
				return
			}
			fake.ServeHTTP(w, r)
		})
	}
}
