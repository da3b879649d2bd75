package queue

import (
	"context"
	"time"
)

// scale reckons the number of shards again and again until ctx is done.
func (q *Queue) scale(ctx context.Context) {
	tick := time.NewTicker(scaleInterval)
	defer tick.Stop()
	load := load{last: q.totals()}
	for {
		select {
		case <-tick.C:
			q.rescale(&load)
		case <-ctx.Done():
			return
		}
	}
}

// rescale looks at the load and moves to another number of shards if that is called for. In an outage it does nothing: more
// shards would only be more requests that fail.
func (q *Queue) rescale(l *load) {
	d := l.update(q.totals())
	desired, ok := d.desired()
	if !ok || l.outage || q.idle() {
		return
	}
	q.counters.setDesired(desired)
	present := q.router.count()
	next := decide(desired, present, q.settings.MinShards, q.settings.MaxShards, d.lag)
	if next != present && q.router.move(next) {
		q.options.Logger.Debug("number of shards changed", "from", present, "to", next)
	}
}

// idle tells whether there was no attempt for so long that the averages say nothing about now.
func (q *Queue) idle() bool {
	last := time.Unix(0, q.counters.lastAttempt.Load())
	return time.Since(last) > 2*q.settings.BatchSendDeadline
}

// totals are the counters that the load is computed from, since the beginning.
type totals struct {
	in, out, dropped, retried uint64
	busy                      time.Duration
	lag                       float64
}

func (q *Queue) totals() totals {
	c := &q.counters
	in, newest := q.offered()
	t := totals{
		in:      in,
		out:     c.sum(sent) + c.sum(failed),
		dropped: c.sum(dropped) + c.passed.Load(),
		retried: c.sum(retried),
		busy:    time.Duration(c.attempts.nanos.Load()),
	}
	if done := c.newestDone.Load(); newest > done {
		t.lag = float64(newest-done) / 1000
	}
	return t
}

func (q *Queue) offered() (samples uint64, newest int64) {
	if q.options.Offered == nil {
		return q.counters.sum(read), q.counters.newestRead.Load()
	}
	return q.options.Offered()
}

// load follows the totals from one reckoning to the next.
type load struct {
	last                   totals
	in, out, dropped, busy average
	// outage is whether more was retried than finished in the last interval.
	outage bool
}

// update takes in the totals at the end of an interval and returns the averages. An outage leaves the averages of what goes
// out as they were, so that the time-outs of its requests are not mistaken for the endpoint's speed.
func (l *load) update(now totals) demand {
	out := now.out - l.last.out
	l.outage = now.retried-l.last.retried > out
	l.in.add(float64(now.in - l.last.in))
	if !l.outage {
		l.out.add(float64(out))
		l.dropped.add(float64(now.dropped - l.last.dropped))
		l.busy.add((now.busy - l.last.busy).Seconds())
	}
	l.last = now
	return demand{l.in.perSecond, l.out.perSecond, l.dropped.perSecond, l.busy.perSecond, now.lag}
}
