package server

import (
	"bytes"
	"io"
	"net/http"
	"net/url"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// Load puts an exchange that was recorded elsewhere into the journal, with its times and its answer, and lets the fake take it in as if it had
// been answered here: no script is played and nothing is sent. It gets a number of its own, which is returned, and belongs to no connection.
func (s *Server) Load(e journal.Exchange) int {
	e.Conn = 0
	e.Seq = s.exchanges.Add(e)
	request := &Request{
		Exchange: e,
		HTTP: &http.Request{
			Method: e.Method, Host: e.Host, Proto: e.Proto, Header: e.Header.Clone(),
			URL:  &url.URL{RawPath: e.Path, Path: unescaped(e.Path), RawQuery: e.Query},
			Body: io.NopCloser(bytes.NewReader(e.Body)),
		},
		Tenant: e.Header.Get(TenantHeader),
		Token:  bearer(e.Header),
	}
	if s.classify(request); request.panicked == "" {
		s.fake.Finish(request)
	}
	return e.Seq
}

func unescaped(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}
