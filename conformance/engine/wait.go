package engine

import (
	"context"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// What is inside an agent can only be asked for, so waits for it look again after a while.
const (
	lookPeriod        = 200 * time.Millisecond
	virtualLookPeriod = time.Second
	// afterlife is how long something may still come of an agent that has ended.
	afterlife = time.Second
)

// wait goes on as soon as the expectation holds. It looks after each change of the fake's journals. When it is not met
// nothing that follows can show anything, so the steps end.
func (s *stage) wait(ctx context.Context, step *scenario.Wait) error {
	within := step.Within
	if !s.virtual() {
		within += s.play.Info.Patience
	}
	seen := observe.Wait{Line: step.Place().Line}
	timer := time.NewTimer(within)
	defer timer.Stop()
	for over := false; ; {
		news := s.news(step.Expect)
		seen.Met, seen.Detail = s.play.Met(step.Expect, s.look(ctx, step.Target))
		if seen.Met || over || ctx.Err() != nil {
			break
		}
		over = !news.next(ctx, timer.C)
	}
	seen.At = time.Now()
	s.seen.Waits = append(s.seen.Waits, seen)
	if !seen.Met {
		return errOver
	}
	seen.Detail = ""
	s.moment = s.lastEvent(step.Target, seen.At)
	s.settle(ctx)
	return ctx.Err()
}

// settleTime is how long what is under way may take on the real lane to come to its end.
const settleTime = 20 * time.Millisecond

// settle lets everything that happens at this very moment come to its end: the answer whose request was waited for, and what
// the agent does about it.
func (s *stage) settle(ctx context.Context) {
	if s.virtual() {
		s.play.Settle()
		return
	}
	_ = sleep(ctx, settleTime) // whoever called looks at ctx
}

// lastEvent is when the last thing happened at a fake: what a wait has waited for. For the agent it is now.
func (s *stage) lastEvent(target string, now time.Time) time.Time {
	p, ok := s.casts[target]
	if !ok {
		return now
	}
	var last time.Time
	for _, e := range p.server.Exchanges() {
		for _, t := range []time.Time{e.Arrived, e.Replied} {
			if t.After(last) {
				last = t
			}
		}
	}
	if last.IsZero() {
		return now
	}
	return last
}

// news is what can change the answer.
type news struct {
	exchanges, connections <-chan struct{}
	// ended is closed when the agent ends; nil when that is what is waited for.
	ended <-chan struct{}
	// after is when to look again anyway; 0 for never.
	after time.Duration
}

func (s *stage) news(e scenario.Expect) news {
	var n news
	if a := s.current(); a != nil && e.Subject != "exit" {
		n.ended = a.process.Done()
	}
	if p, ok := s.casts[e.Target]; ok {
		n.exchanges = p.server.ExchangeJournal().Changed()
		n.connections = p.server.ConnectionJournal().Changed()
		return n
	}
	n.after = lookPeriod
	if s.virtual() {
		n.after = virtualLookPeriod
	}
	return n
}

// next waits for news and tells whether more can come.
func (n news) next(ctx context.Context, timeout <-chan time.Time) bool {
	var again <-chan time.Time
	if n.after > 0 {
		timer := time.NewTimer(n.after)
		defer timer.Stop()
		again = timer.C
	}
	select {
	case <-n.exchanges:
	case <-n.connections:
	case <-again:
	case <-n.ended:
		return n.last(ctx, timeout)
	case <-timeout:
		return false
	case <-ctx.Done():
		return false
	}
	return true
}

// last waits for what an agent that has ended may have left on its way.
func (n news) last(ctx context.Context, timeout <-chan time.Time) bool {
	timer := time.NewTimer(afterlife)
	defer timer.Stop()
	select {
	case <-n.exchanges:
		return true
	case <-n.connections:
		return true
	case <-timer.C:
	case <-timeout:
	case <-ctx.Done():
	}
	return false
}

// look is what there is to see of one target at this moment.
func (s *stage) look(ctx context.Context, target string) *observe.Observation {
	now := *s.seen
	now.Ended = time.Now()
	if p, ok := s.casts[target]; ok {
		now.Fakes = []observe.Fake{p.record()}
	} else {
		now.Snapshots = append(now.Snapshots[:len(now.Snapshots):len(now.Snapshots)], s.snapshot(ctx, ""))
	}
	for _, a := range s.agents {
		a.settle()
		if a.control {
			now.Controls = append(now.Controls, a.run)
		} else {
			now.Runs = append(now.Runs, a.run)
		}
	}
	return &now
}
