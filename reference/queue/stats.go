package queue

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Tally is what became of the items of one kind.
type Tally struct {
	// Read is the number of items taken from the source. Each of them is, or will be, Sent, Failed or Dropped.
	Read uint64
	// Sent is the number of items that the endpoint has accepted.
	Sent uint64
	// Failed is the number of items that the endpoint refused for good.
	Failed uint64
	// Retried counts items once for every attempt that failed and is to be repeated.
	Retried uint64
	// Dropped is the number of items that were not selected, or were too old to be sent.
	Dropped uint64
	// Pending is the number of items read that are neither accepted, refused nor dropped.
	Pending uint64
}

// Stats is what a queue has done so far and how it stands.
type Stats struct {
	// Tally is that of the samples; Histograms and Exemplars have their own.
	Tally
	Histograms, Exemplars Tally
	// Bytes is the size of all accepted bodies.
	Bytes uint64
	// EnqueueRetries is the number of parts whose shard was full when they came.
	EnqueueRetries uint64
	// NewestSent is the time of the newest sample accepted, in milliseconds; 0 when there is none.
	NewestSent int64
	// Shards is the present number of shards, Desired the number that the last reckoning asked for, bounds aside.
	Shards  int
	Desired float64
	// Settings are the settings in force.
	Settings Settings
	// Attempts is how long requests took, without the waits between them.
	Attempts Durations
}

// Durations is a histogram of times.
type Durations struct {
	Count uint64
	Sum   time.Duration
	// Buckets holds for each upper bound in seconds how many were at most that long.
	Buckets map[float64]uint64
}

// Stats returns the present state.
func (q *Queue) Stats() Stats {
	c := &q.counters
	return Stats{
		Tally:          c.kinds[column.Samples].snapshot(),
		Histograms:     c.kinds[column.Histograms].snapshot(),
		Exemplars:      c.kinds[column.Exemplars].snapshot(),
		Bytes:          c.bytes.Load(),
		EnqueueRetries: c.enqueueRetries.Load(),
		NewestSent:     c.newestSent.Load(),
		Shards:         q.router.count(),
		Desired:        c.loadDesired(),
		Settings:       q.settings,
		Attempts:       c.attempts.snapshot(),
	}
}

func (t *tally) snapshot() Tally {
	// Items are admitted before they are finished, so reading in the other order cannot make the difference negative.
	finished := t.finished.Load()
	return Tally{
		Read: t.read.Load(), Sent: t.sent.Load(), Failed: t.failed.Load(), Retried: t.retried.Load(), Dropped: t.dropped.Load(),
		Pending: t.admitted.Load() - finished,
	}
}

func (d *durations) snapshot() Durations {
	s := Durations{Buckets: make(map[float64]uint64, len(durationBounds))}
	for i := range d.buckets {
		s.Count += d.buckets[i].Load()
		if i < len(durationBounds) {
			s.Buckets[durationBounds[i]] = s.Count
		}
	}
	s.Sum = time.Duration(d.nanos.Load())
	return s
}
