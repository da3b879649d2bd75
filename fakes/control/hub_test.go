package control

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

func TestHubKeepsTheNewest(t *testing.T) {
	h := newHub()
	const many = 5 * kept
	for range many {
		h.add(api.Event{Type: api.EventState})
	}
	events, gone := h.since(0)
	if len(events) < kept || len(events) > 2*kept || int64(len(events))+gone != many {
		t.Errorf("there are %d events, and %d are gone", len(events), gone)
	}
	if last := events[len(events)-1]; last.ID != h.name(many) {
		t.Errorf("the last is %s, want %s", last.ID, h.name(many))
	}
	if number, ok := h.number(h.name(many)); !ok || number != many {
		t.Errorf("its number is %d, %v", number, ok)
	}
	for _, id := range []string{"", "x", "x-1", h.epoch, h.name(-1), h.name(many + 1)} {
		if _, ok := h.number(id); ok {
			t.Errorf("%q is taken for an event", id)
		}
	}
	if events, gone := h.since(many); len(events) != 0 || gone != 0 {
		t.Errorf("after the last come %d events, and %d are gone", len(events), gone)
	}
}

// slowly is a client that takes what is written one event a second.
type slowly struct {
	header http.Header
	text   strings.Builder
}

func (s *slowly) Header() http.Header { return s.header }
func (s *slowly) WriteHeader(int)     {}
func (s *slowly) Flush()              {}

func (s *slowly) Write(p []byte) (int, error) {
	time.Sleep(time.Second)
	return s.text.Write(p)
}

// TestSlowClientIsToldWhatItMissed has events come faster than a client takes them: nobody waits for it, and it learns how many it did not get.
func TestSlowClientIsToldWhatItMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "/api/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = "localhost"
		client := &slowly{header: http.Header{}}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.Handler().ServeHTTP(client, request)
		}()
		synctest.Wait()
		begun := time.Now()
		for range 3 * kept {
			s.hub.add(api.Event{Type: api.EventState})
		}
		if time.Since(begun) != 0 {
			t.Error("the fakes waited for the client")
		}
		time.Sleep(10 * kept * time.Second)
		stop()
		<-ended
		got := strings.Count(client.text.String(), "event: state\n")
		if !strings.Contains(client.text.String(), `"missed":`) || got < kept || got > 2*kept {
			t.Errorf("the client got %d events, and this first: %.300s", got, client.text.String())
		}
		s.Close()
	})
}
