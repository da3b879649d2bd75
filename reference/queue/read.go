package queue

import (
	"context"
	"fmt"
	"math"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// read hands parts over to the shards until ctx is done or the source fails.
func (q *Queue) read(ctx context.Context) error {
	for ctx.Err() == nil {
		p, err := q.options.Source.Next(ctx)
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("read parts to send: %w", err)
		}
		if err == nil {
			q.accept(ctx, p)
		}
	}
	return nil
}

// accept takes over the responsibility for a part. If ctx ends before all of it is handed over, it stays unfinished, so
// that the log will hand it out again.
func (q *Queue) accept(ctx context.Context, p column.Part) {
	seq := p.Seq
	_, newest := span(p)
	if q.options.Without[p.Kind()] {
		q.counters.passed.Add(uint64(p.Len()))
		q.window.open(seq, newest, 0)
		return
	}
	c := &q.counters.kinds[p.Kind()]
	c.read.Add(uint64(p.Len()))
	q.counters.newestRead.raise(newest)

	kept := q.admit(p)
	c.dropped.Add(uint64(p.Len() - kept.Len()))
	c.admitted.Add(uint64(kept.Len()))
	ticket := q.window.open(seq, newest, kept.Len())
	q.handOver(ctx, kept, ticket)
}

// admit reduces a part to what the endpoint is to get and may still get.
func (q *Queue) admit(p column.Part) column.Part {
	if q.options.Select != nil {
		p = q.options.Select(p)
	}
	return since(p, q.floor())
}

func (q *Queue) floor() int64 {
	if q.options.Floor == nil {
		return math.MinInt64
	}
	return q.options.Floor()
}

// handOver buffers a part in the shard of its key and waits while that shard is full: what is not read stays in the log,
// not in memory. A part that a shard is too small for goes in pieces.
func (q *Queue) handOver(ctx context.Context, p column.Part, ticket uint64) {
	waited := false
	for p.Len() > 0 {
		n, full := q.router.push(p, ticket)
		if n > 0 {
			p = p.Slice(n, p.Len())
			continue
		}
		if !waited {
			q.counters.enqueueRetries.Add(1)
			waited = true
		}
		select {
		case <-full.room:
		case <-full.rerouted:
		case <-ctx.Done():
			return
		}
	}
}

// span returns the oldest and the newest time in a part, in milliseconds.
func span(p column.Part) (oldest, newest int64) {
	if p.Times == nil {
		return p.T, p.T
	}
	oldest, newest = math.MaxInt64, math.MinInt64
	for _, t := range p.Times {
		oldest, newest = min(oldest, t), max(newest, t)
	}
	return oldest, newest
}

// since returns the items of a part that are not older than floor.
func since(p column.Part, floor int64) column.Part {
	oldest, newest := span(p)
	switch {
	case oldest >= floor:
		return p
	case newest < floor:
		return p.Slice(0, 0)
	}
	return p.Pick(func(i int) bool { return p.Times[i] >= floor })
}
