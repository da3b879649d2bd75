package server

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
)

// Handle gives requests whose path is prefix, or lies below it, to h from now on, and no longer to the fake. They are recorded under
// this kind, authenticated and scripted as others are; replies without a selector are not for them, unless the fake has no main kinds.
// What h writes is sent when it returns. Of several prefixes that fit, the one that was given last counts.
func (s *Server) Handle(prefix, kind string, h http.Handler) {
	s.mounts.add(mount{prefix: strings.TrimSuffix(prefix, "/"), kind: kind, handler: h})
}

// mounts puts handlers before a fake, for the paths below their prefixes.
type mounts struct {
	Fake

	mu   sync.RWMutex // guards list
	list []mount
}

type mount struct {
	prefix, kind string
	handler      http.Handler
}

func (m *mounts) add(one mount) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, one)
}

func (m *mounts) find(path string) *mount {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for i := len(m.list) - 1; i >= 0; i-- {
		if rest, ok := strings.CutPrefix(path, m.list[i].prefix); ok && (rest == "" || rest[0] == '/') {
			found := m.list[i]
			return &found
		}
	}
	return nil
}

// Classify settles who answers the request, so that a handler that is mounted meanwhile gets all of a request or nothing.
func (m *mounts) Classify(r *Request) string {
	if r.mount = m.find(r.HTTP.URL.Path); r.mount != nil {
		return r.mount.kind
	}
	return m.Fake.Classify(r)
}

func (m *mounts) Answer(r *Request) Answer {
	if r.mount == nil {
		return m.Fake.Answer(r)
	}
	p := &page{header: http.Header{}}
	r.mount.handler.ServeHTTP(p, r.HTTP)
	return Answer{Status: p.status, Header: p.header, Body: p.body.Bytes()}
}

func (m *mounts) Finish(r *Request) {
	if r.mount == nil {
		m.Fake.Finish(r)
	}
}

// page is a reply that is not sent yet.
type page struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (p *page) Header() http.Header { return p.header }

func (p *page) WriteHeader(status int) {
	if p.status == 0 {
		p.status = status
	}
}

func (p *page) Write(data []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.Write(data)
}
