package control

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// guarded keeps pages of other origins out: see the package's documentation.
func (s *Server) guarded(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		switch {
		case !s.knownHost(r.Host):
			fail(w, &problem{status: http.StatusMisdirectedRequest, text: "the Host is " + quoteIfNeeded(r.Host) +
				": want localhost, an IP address, or a name that the process was told to answer to"})
		case origins.Check(r) != nil || embedded(r):
			fail(w, &problem{status: http.StatusForbidden, text: "a page of another site sent this: only pages of this one may"})
		default:
			w.Header().Set("Cache-Control", "no-store")
			next.ServeHTTP(w, r)
		}
	})
}

// embedded reports whether a page of another site loads this as a part of itself: an image of it may cost as much as a query does. Following a
// link to here is no such thing.
func embedded(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// knownHost reports whether this API may be spoken to under a name: a name that anybody could let resolve to this address may not.
func (s *Server) knownHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host) != nil ||
		slices.ContainsFunc(s.options.Hosts, func(known string) bool { return strings.EqualFold(known, host) })
}
