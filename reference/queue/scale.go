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
	d, news := l.update(q.totals())
	desired, ok := d.desired()
	if !news || !ok || l.outage {
		return
	}
	q.counters.setDesired(desired)
	present := q.router.count()
	next := decide(desired, present, q.settings.MinShards, q.settings.MaxShards, d.lag)
	next = l.trend.settle(present, next)
	if next != present && q.stragglers.without(func() bool { return q.router.move(next) }) {
		q.options.Logger.Debug("number of shards changed", "from", present, "to", next)
	}
}

// totals are the counters that the load is computed from, since the beginning.
type totals struct {
	in, out, dropped, retried uint64
	// begun and ended are numbers of requests, busy is how long the latter took.
	begun, ended uint64
	busy         time.Duration
	lag          float64
}

func (q *Queue) totals() totals {
	c := &q.counters
	in, newest := q.offered()
	t := totals{
		in:      in,
		out:     c.sum(sent) + c.sum(failed),
		dropped: c.sum(dropped) + c.passed.Load(),
		retried: c.sum(retried),
		ended:   c.attempts.count(),
		begun:   c.begun.Load(),
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
	trend                  trend
	// intervals is for how many of them no request has ended although there are some.
	intervals int
	// outage is whether more was retried than finished in the last interval.
	outage bool
}

// update takes in the totals at the end of an interval and returns the averages. They say nothing new when no request ended
// in it; if there are any, the interval is joined to the next, so that requests that take longer are counted rightly. An
// outage leaves the averages of what goes out as they were, so that the time-outs of its requests are not mistaken for the
// endpoint's speed.
func (l *load) update(now totals) (d demand, news bool) {
	news = now.ended > l.last.ended
	l.intervals++
	if !news && now.begun > now.ended {
		return demand{}, false
	}
	out := now.out - l.last.out
	l.outage = now.retried-l.last.retried > out
	l.in.add(float64(now.in-l.last.in), l.intervals)
	if !l.outage {
		l.out.add(float64(out), l.intervals)
		l.dropped.add(float64(now.dropped-l.last.dropped), l.intervals)
		l.busy.add((now.busy - l.last.busy).Seconds(), l.intervals)
	}
	l.last, l.intervals = now, 0
	return demand{l.in.perSecond, l.out.perSecond, l.dropped.perSecond, l.busy.perSecond, now.lag}, news
}
