package remotewrite

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/queue"
	"github.com/touchstone-telemetry/touchstone/reference/river"
	"github.com/touchstone-telemetry/touchstone/reference/wal"
)

// change is a prepared reload.
type change struct {
	component *Component
	settings  WAL
	// next are all endpoints of the new configuration, fresh those of them that are new or have new settings.
	next, fresh []*endpoint
}

// Prepare implements component.Component. Endpoints whose settings stay the same are left alone.
func (c *Component) Prepare(args any) (component.Change, error) {
	wanted := args.(*Arguments)
	_, present := c.snapshot()
	next := &change{component: c, settings: wanted.WAL}
	var refused []error
	for i, n := range nameAll(wanted.Endpoints) {
		settings := wanted.Endpoints[i]
		at := slices.IndexFunc(present, func(e *endpoint) bool { return e.same(n, settings, wanted.ExternalLabels) })
		if at >= 0 {
			next.next = append(next.next, present[at])
			continue
		}
		e, err := c.newEndpoint(n, settings, wanted.ExternalLabels)
		if err != nil {
			refused = append(refused, river.Within(fmt.Sprintf("endpoint[%d]", i), err))
			continue
		}
		next.next = append(next.next, e)
		next.fresh = append(next.fresh, e)
	}
	if err := errors.Join(refused...); err != nil {
		next.Discard()
		return nil, err
	}
	return next, nil
}

// Commit implements component.Change. The endpoints are exchanged as soon as Run gets to it; until then the log keeps what
// comes.
func (c *change) Commit() {
	for _, e := range c.fresh {
		e.end = c.component.log.End()
	}
	c.component.mu.Lock()
	c.component.settings = c.settings
	c.component.wanted = c.next
	c.component.mu.Unlock()
	signal(c.component.changed)
	signal(c.component.retimed)
}

// signal wakes up the one goroutine that listens to c, now or as soon as it listens.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Discard implements component.Change.
func (c *change) Discard() {
	for _, e := range c.fresh {
		e.discard()
	}
}

// reconcile stops the endpoints that are no longer wanted, then starts those that are not running yet, and returns those
// that run now. Endpoints that stay are not disturbed. If ctx ends meanwhile nothing new is started.
func (c *Component) reconcile(ctx context.Context, running []*endpoint) []*endpoint {
	_, wanted := c.snapshot()
	var outdated []*endpoint
	for _, e := range running {
		if !slices.Contains(wanted, e) {
			e.stop(queue.ErrReplaced)
			outdated = append(outdated, e)
		}
	}
	for _, e := range outdated {
		<-e.done
	}
	c.settlePositions(wanted)
	if ctx.Err() != nil {
		return slices.DeleteFunc(running, func(e *endpoint) bool { return slices.Contains(outdated, e) })
	}
	for _, e := range wanted {
		if !slices.Contains(running, e) {
			c.start(ctx, e)
		}
	}
	return wanted
}

// settlePositions sees to it that every endpoint has a position, and nobody else has: its own of the last time; or else the
// lowest of those that are no longer configured, so that what was not delivered to a destination goes to the one that took
// its place; or else the end of the log. It is stored at once, so that a crash before the first delivery loses nothing.
func (c *Component) settlePositions(wanted []*endpoint) {
	left, found := c.leftBehind(wanted)
	for _, e := range wanted {
		if _, _, known := c.log.Delivered(e.position); known {
			continue
		}
		begin := wal.Position{Seq: e.end}
		if found {
			begin = left
		}
		c.log.SetPosition(e.position, begin)
	}
	for name := range c.log.Positions() {
		if !holds(wanted, name) {
			c.log.Forget(name)
		}
	}
}

// leftBehind returns the lowest position that none of the endpoints has.
func (c *Component) leftBehind(wanted []*endpoint) (lowest wal.Position, found bool) {
	for name, p := range c.log.Positions() {
		if !holds(wanted, name) && (!found || p.Seq < lowest.Seq) {
			lowest, found = p, true
		}
	}
	return lowest, found
}

func holds(endpoints []*endpoint, position string) bool {
	return slices.ContainsFunc(endpoints, func(e *endpoint) bool { return e.position == position })
}

func (c *Component) start(ctx context.Context, e *endpoint) {
	begin := c.log.Position(e.position)
	ctx, e.stop = context.WithCancelCause(ctx)
	e.done = make(chan struct{})
	go func() {
		defer close(e.done)
		defer e.stop(nil)
		e.run(ctx, begin)
	}()
}
