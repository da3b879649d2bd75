package pprof

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Ask is what a scrape asks a [Source] for.
type Ask struct {
	Host  string // as the client wrote it
	Path  string
	Query url.Values
	// N is the number of this scrape among those of its path that were to be answered, from 1.
	N int
	// Waited is how long the scrape took, as the query said.
	Waited time.Duration
}

// Source makes the body for a scrape. An error is answered 500 with its text; wrap [ErrBadRequest] for 400. It is called by several
// goroutines at once.
type Source func(ctx context.Context, ask Ask) ([]byte, error)

// ErrBadRequest in an error's chain makes it the client's fault.
var ErrBadRequest = errors.New("bad request")

// File serves these bytes, whatever they are.
func File(body []byte) Source {
	body = bytes.Clone(body)
	return func(context.Context, Ask) ([]byte, error) { return body, nil }
}

// Generated serves a profile made for the scrape: the same stacks each time, values that grow with each scrape where the real ones do,
// and a comment with the host, path and number of the scrape. The path's last part decides the sample types.
func Generated(stacks int) Source {
	return func(_ context.Context, ask Ask) ([]byte, error) { return generate(ask, stacks) }
}

// sources finds what is served at a path, and numbers the scrapes.
type sources struct {
	known     bool
	live      bool
	generated Source

	mu     sync.Mutex // guards all below
	byPath map[string]Source
	counts map[string]int
}

func newSources(o Options) *sources {
	if o.Stacks <= 0 {
		o.Stacks = 3
	}
	s := &sources{known: o.Known, live: o.Live, generated: Generated(o.Stacks), byPath: map[string]Source{}, counts: map[string]int{}}
	maps.Copy(s.byPath, o.Sources)
	return s
}

func (s *sources) set(path string, source Source) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if source == nil {
		delete(s.byPath, path)
		return
	}
	s.byPath[path] = source
}

// maxPaths and maxPath bound the counts, against clients that never ask for the same path twice, or for long ones: their scrapes are all
// the first.
const (
	maxPaths = 10_000
	maxPath  = 1000
)

// find gives the source for a path, nil when there is none, and the number of the scrape.
func (s *sources) find(path string) (Source, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	source := s.byPath[path]
	if source == nil && s.live && isLive(path) {
		source = liveAt(path)
	}
	if source == nil && (!s.known || standard(path)) {
		source = s.generated
	}
	if source == nil {
		return nil, 0
	}
	if len(path) > maxPath {
		return source, 1
	}
	if _, ok := s.counts[path]; !ok && len(s.counts) >= maxPaths {
		clear(s.counts)
	}
	s.counts[path]++
	return source, s.counts[path]
}

// standard says whether a program that uses the usual libraries serves this path, under any prefix.
func standard(path string) bool {
	if strings.HasSuffix(path, "/debug/fgprof") {
		return true
	}
	at := strings.LastIndex(path, "/debug/pprof/")
	if at < 0 {
		return false
	}
	switch path[at+len("/debug/pprof/"):] {
	case "allocs", "heap", "block", "goroutine", "mutex", "threadcreate", "profile", "delta_heap", "delta_block", "delta_mutex":
		return true
	}
	return false
}

// isLive says whether this process has the profile that belongs to a path: those of the deltas and of fgprof it has not.
func isLive(path string) bool {
	return standard(path) && !strings.Contains(path, "/delta_") && !strings.HasSuffix(path, "fgprof")
}

// statusOf is how an error of a source is answered.
func statusOf(err error) int {
	if errors.Is(err, ErrBadRequest) {
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}
