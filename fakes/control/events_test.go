package control_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// collector takes events in until it is stopped.
type collector struct {
	events []api.Event
	stop   context.CancelFunc
	ended  chan error
}

func (w *world) collect(o client.EventOptions) *collector {
	ctx, stop := context.WithCancel(w.Context())
	c := &collector{stop: stop, ended: make(chan error, 1)}
	go func() {
		c.ended <- w.client.Events(ctx, o, func(e api.Event) error {
			c.events = append(c.events, e)
			return nil
		})
	}()
	synctest.Wait()
	return c
}

// end stops the collector and returns what it took.
func (c *collector) end() []api.Event {
	time.Sleep(time.Second)
	synctest.Wait()
	c.stop()
	<-c.ended
	return c.events
}

func words(events []api.Event) string {
	text := ""
	for _, e := range events {
		text += e.Type
		switch {
		case e.Request != nil:
			text += fmt.Sprintf("(%s %d %s)", e.Fake, e.Request.Status, e.Request.Outcome)
		case e.State != nil:
			text += fmt.Sprintf("(%s %s up=%v)", e.Fake, e.Action, e.State.Up)
		case e.Script != nil:
			text += fmt.Sprintf("(%s %s)", e.Fake, e.Script.Text)
		case e.Connection != nil:
			text += fmt.Sprintf("(%s open=%v)", e.Fake, e.Connection.Closed.IsZero())
		case e.Type == api.EventSession:
			text += fmt.Sprintf("(%s %s)", e.Session, e.Action)
		}
		text += " "
	}
	return text
}

func TestEvents(t *testing.T) {
	inMemory(t, control.Options{Fakes: []api.Spec{{Kind: api.Mimir}, {Kind: api.Pyroscope}}}, func(w *world) {
		ctx, m := w.Context(), w.fake("mimir")
		all, one := w.collect(client.EventOptions{}), w.collect(client.EventOptions{Fake: "pyroscope"})
		w.push(m, "up", "a")
		time.Sleep(time.Second)
		w.must(m.Replies().ThenStatus(ctx, 503))
		w.must(m.Down(ctx))
		time.Sleep(time.Second)
		s, err := w.client.Start(ctx, api.NewSession{ID: "mine", Fakes: []api.Spec{{Kind: api.Mimir}}})
		w.must(err)
		w.must(s.Close(ctx))
		events := all.end()
		want := "connection(mimir open=true) request(mimir 200 replied) script(mimir 503) state(mimir down up=false) connection(mimir open=false) " +
			"session(mine created) session(mine deleted) "
		if got := words(events); got != want && got != "request(mimir 200 replied) connection(mimir open=true) "+want[len("connection(mimir open=true) request(mimir 200 replied) "):] {
			w.Errorf("the events are\n%s, want\n%s", got, want)
		}
		if events := one.end(); len(events) != 0 {
			w.Errorf("the other fake has %s", words(events))
		}
		if got := words(w.collect(client.EventOptions{After: events[4].ID}).end()); got != "session(mine created) session(mine deleted) " {
			w.Errorf("after the fifth come %s", got)
		}
		if got := w.collect(client.EventOptions{After: "other-7"}).end(); len(got) != 1 || got[0].Type != api.EventMissed || got[0].ID != events[6].ID {
			w.Errorf("after an event of another process come %+v", got)
		}
	})
}
