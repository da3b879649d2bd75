package queue

import (
	"math"
	"sync/atomic"
	"time"
)

// counters are what a queue counts: per part read or per batch, never per sample.
type counters struct {
	// read are samples that came from the source; admitted are those of them that were not dropped at once; finished are
	// those of the admitted that are accepted, refused or dropped by now.
	read, admitted, finished atomic.Uint64
	// What became of samples; retried counts each sample once per failed attempt.
	sent, failed, retried, dropped atomic.Uint64
	// bytes is the size of the accepted bodies.
	bytes atomic.Uint64
	// enqueueRetries counts the parts that found their shard full.
	enqueueRetries atomic.Uint64
	// Times in milliseconds: of what was read, accepted, and accepted or refused.
	newestRead, newestSent, newestDone highest
	attempts                           durations
	// lastAttempt is when an attempt ended, in nanoseconds since 1970.
	lastAttempt highest
	desired     atomic.Uint64
}

func (c *counters) attempted(begin, end time.Time) {
	c.attempts.observe(end.Sub(begin))
	c.lastAttempt.raise(end.UnixNano())
}

func (c *counters) setDesired(shards float64) { c.desired.Store(math.Float64bits(shards)) }

func (c *counters) loadDesired() float64 { return math.Float64frombits(c.desired.Load()) }

// highest is a number that only rises. Negative numbers count as 0, which means: none yet.
type highest struct{ atomic.Int64 }

func (h *highest) raise(to int64) {
	for {
		now := h.Load()
		if to <= now || h.CompareAndSwap(now, to) {
			return
		}
	}
}

// durations is a histogram of how long attempts took.
type durations struct {
	buckets [len(durationBounds) + 1]atomic.Uint64
	nanos   atomic.Int64
}

// durationBounds are the upper bounds in seconds that Prometheus uses for this histogram.
var durationBounds = [...]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25, 60, 120, 300}

func (d *durations) observe(took time.Duration) {
	i := 0
	for i < len(durationBounds) && took.Seconds() > durationBounds[i] {
		i++
	}
	d.buckets[i].Add(1)
	d.nanos.Add(int64(took))
}
