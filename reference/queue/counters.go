package queue

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// tally is what became of the items of one kind.
type tally struct {
	// read are items that came from the source; admitted are those of them that were not dropped at once; finished are
	// those of the admitted that are accepted, refused or dropped by now.
	read, admitted, finished atomic.Uint64
	// What became of them; retried counts each item once per failed attempt.
	sent, failed, retried, dropped atomic.Uint64
}

// counters are what a queue counts: per part read or per batch, never per sample.
type counters struct {
	kinds [column.Kinds]tally
	// passed are items of kinds that the endpoint does not get.
	passed atomic.Uint64
	// bytes is the size of the accepted bodies.
	bytes atomic.Uint64
	// enqueueRetries counts the parts that found their shard full.
	enqueueRetries atomic.Uint64
	// Times in milliseconds: of what was read, accepted, and accepted or refused.
	newestRead, newestSent, newestDone highest
	// attempts are those that ended, begun is how many began.
	attempts durations
	begun    atomic.Uint64
	desired  atomic.Uint64
}

// sum adds up a number over all kinds.
func (c *counters) sum(of func(*tally) *atomic.Uint64) uint64 {
	total := uint64(0)
	for kind := range c.kinds {
		total += of(&c.kinds[kind]).Load()
	}
	return total
}

// add adds a count of items to a number of each kind.
func (c *counters) add(to func(*tally) *atomic.Uint64, items count) {
	for kind, n := range items {
		if n > 0 {
			to(&c.kinds[kind]).Add(uint64(n))
		}
	}
}

// The numbers of a tally, to be named in sum and add.
func read(t *tally) *atomic.Uint64     { return &t.read }
func finished(t *tally) *atomic.Uint64 { return &t.finished }
func sent(t *tally) *atomic.Uint64     { return &t.sent }
func failed(t *tally) *atomic.Uint64   { return &t.failed }
func retried(t *tally) *atomic.Uint64  { return &t.retried }
func dropped(t *tally) *atomic.Uint64  { return &t.dropped }

// count is a number of items of each kind.
type count [column.Kinds]int

func (c count) total() int {
	total := 0
	for _, n := range c {
		total += n
	}
	return total
}

func (c count) minus(other count) count {
	for kind, n := range other {
		c[kind] -= n
	}
	return c
}

// atMost bounds each number by the other's.
func (c count) atMost(other count) count {
	for kind, n := range other {
		c[kind] = max(0, min(c[kind], n))
	}
	return c
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

// count is the number of all.
func (d *durations) count() (n uint64) {
	for i := range d.buckets {
		n += d.buckets[i].Load()
	}
	return n
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
