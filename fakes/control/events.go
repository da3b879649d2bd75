package control

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// How a stream is written: a client that takes nothing for so long is left, and one that hears nothing for so long is told that all is well.
const (
	writeTimeout = 10 * time.Second
	heartbeat    = 15 * time.Second
)

// stream is one client of the events.
type stream struct {
	server  *Server
	call    *call
	control *http.ResponseController
	session string // only of this, if not empty
	fake    string
	at      int64 // the number of the newest event that was looked at
}

func (s *Server) getEvents(c *call) error {
	st := &stream{server: s, call: c, control: http.NewResponseController(c.w), session: c.query.Get("session"), fake: c.query.Get("fake")}
	release, err := st.find()
	if err != nil {
		return err
	}
	defer release()
	st.at = s.hub.newest()
	missed := false
	if id := c.r.Header.Get("Last-Event-ID"); id != "" {
		number, known := s.hub.number(id)
		if missed = !known; known {
			st.at = number
		}
	}
	c.w.Header().Set("Content-Type", "text/event-stream")
	c.begin(http.StatusOK)
	if err := st.write(": events of the fakes\n\n"); err != nil {
		return err
	}
	if missed {
		if err := st.send(st.missed(0)); err != nil {
			return err
		}
	}
	return st.run()
}

// find keeps the session of the stream alive, and refuses one that is not there.
func (st *stream) find() (release func(), err error) {
	if st.fake != "" {
		of, f, err := st.server.fake(st.fake)
		if err != nil {
			return nil, err
		}
		if st.session != "" && st.session != of.id {
			return nil, badRequest("fake %q is not of session %q", f.id, st.session)
		}
		return of.use(), nil
	}
	if st.session == "" {
		return func() {}, nil
	}
	of, err := st.server.session(st.session)
	if err != nil {
		return nil, err
	}
	return of.use(), nil
}

// run sends events until the client leaves, or the server closes.
func (st *stream) run() error {
	for {
		next := st.server.hub.bell.Next()
		if err := st.catchUp(); err != nil {
			return err
		}
		if err := st.flush(); err != nil {
			return err
		}
		select {
		case <-next:
		case <-time.After(heartbeat):
			if err := st.write(": still here\n\n"); err != nil {
				return err
			}
		case <-st.call.r.Context().Done():
			return nil
		case <-st.server.hub.done:
			return nil
		}
	}
}

// catchUp sends what came since the last time.
func (st *stream) catchUp() error {
	events, gone := st.server.hub.since(st.at)
	if gone > 0 {
		if err := st.send(st.missed(gone)); err != nil {
			return err
		}
	}
	st.at += gone
	for _, e := range events {
		st.at++
		if !st.wants(e) {
			continue
		}
		if err := st.send(st.server.enrich(e)); err != nil {
			return err
		}
	}
	return nil
}

func (st *stream) wants(e api.Event) bool {
	return (st.session == "" || st.session == e.Session) && (st.fake == "" || st.fake == e.Fake)
}

// missed tells a client that events are gone. Its id is that of the newest it could have had, to resume from.
func (st *stream) missed(gone int64) api.Event {
	return api.Event{ID: st.server.hub.name(st.at + gone), Type: api.EventMissed, Time: time.Now(), Missed: gone}
}

func (st *stream) send(e api.Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return st.write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Type, data))
}

// write writes within the time that a client is given.
func (st *stream) write(text string) error {
	_ = st.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // where it is not supported the write takes as long as it takes
	_, err := io.WriteString(st.call.w, text)
	return err
}

func (st *stream) flush() error {
	_ = st.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	return st.control.Flush()
}

// enrich adds to an event what is found now: what a request carried, and how a fake is. Nothing is added of what is gone.
func (s *Server) enrich(e api.Event) api.Event {
	if e.Fake == "" {
		return e
	}
	_, f, err := s.fake(e.Fake)
	if err != nil {
		return e
	}
	switch e.Type {
	case api.EventRequest:
		if exchange, ok := f.ExchangeJournal().Get(e.Request.Seq); ok {
			summary := f.summary(exchange, f.describe(exchange, 1))
			e.Request = &summary
		}
	case api.EventState:
		state := f.state()
		e.State = &state
	case api.EventScript:
		script := scriptOf(f.Replies())
		e.Script = &script
	}
	return e
}
