package queue

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// complaints writes failures to the log: the first of a kind at once, the rest of them at most once a minute, so that an
// outage with many shards does not flood it.
type complaints struct {
	log      *slog.Logger
	retries  limiter
	refusals limiter
	failing  atomic.Bool
}

func newComplaints(log *slog.Logger) *complaints {
	return &complaints{log: log}
}

func (c *complaints) retrying(err error, retry int, delay time.Duration) {
	c.failing.Store(true)
	if unlogged, ok := c.retries.allow(time.Now()); ok {
		c.log.Warn("sending failed, trying again", "err", err, "retry", retry, "wait", delay, "unlogged", unlogged)
	}
}

func (c *complaints) refused(err error, samples int) {
	if unlogged, ok := c.refusals.allow(time.Now()); ok {
		c.log.Error("batch refused, giving it up", "err", err, "samples", samples, "unlogged", unlogged)
	}
}

// accepted notes a success, which ends an outage: the next failure is a new one.
func (c *complaints) accepted() {
	if c.failing.Load() && c.failing.CompareAndSwap(true, false) {
		c.retries.reset()
		c.log.Info("sending works again")
	}
}

// complaintInterval is the shortest time between two lines of one kind.
const complaintInterval = time.Minute

// limiter lets one event a minute through and counts the others.
type limiter struct {
	mu       sync.Mutex
	last     time.Time
	unlogged int
}

// allow tells whether to log the event at now, and how many before it were not.
func (l *limiter) allow(now time.Time) (unlogged int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.last.IsZero() && now.Sub(l.last) < complaintInterval {
		l.unlogged++
		return 0, false
	}
	unlogged, l.unlogged = l.unlogged, 0
	l.last = now
	return unlogged, true
}

func (l *limiter) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = time.Time{}
}
