package control

import (
	"context"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// Watch calls seen for each request that ended since the call, of all fakes and in the order in which they ended, until the context or the
// server ends. Of requests that come faster than seen returns some are left out, and missed is told how many events were.
func (s *Server) Watch(ctx context.Context, seen func(api.Summary), missed func(events int64)) {
	at := s.hub.newest()
	for {
		next := s.hub.bell.Next()
		events, gone := s.hub.since(at)
		if gone > 0 {
			missed(gone)
		}
		at += gone + int64(len(events))
		for _, e := range events {
			if e.Type == api.EventRequest && e.Request.Outcome != "" {
				seen(*s.enrich(e).Request)
			}
		}
		select {
		case <-next:
		case <-ctx.Done():
			return
		case <-s.hub.done:
			return
		}
	}
}
