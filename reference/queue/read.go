package queue

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// read hands parts over to the shards until ctx is done or the source fails.
func (q *Queue) read(ctx context.Context) error {
	defer q.stragglers.chasing.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	check := q.checkForStuckShards()
	defer check.Stop()
	for ctx.Err() == nil {
		p, err := q.options.Source.Next(ctx)
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("read parts to send: %w", err)
		}
		switch {
		case err != nil:
		case q.stragglers.passes(p):
			q.window.pass(p.Seq)
		default:
			q.accept(ctx, p, check.C)
		}
	}
	return nil
}

// checkForStuckShards returns the beat on which the reader looks whether it waits in vain.
func (q *Queue) checkForStuckShards() *time.Ticker {
	check := time.NewTicker(patience)
	if q.options.Again == nil {
		check.Stop()
	}
	return check
}

// accept takes over the responsibility for a part. If ctx ends before all of it is handed over, it stays unfinished, so
// that the log will hand it out again. A shard that turns out to be stuck when check ticks is passed over.
func (q *Queue) accept(ctx context.Context, p column.Part, check <-chan time.Time) {
	_, newest := span(p)
	if q.options.Without[p.Kind()] {
		q.counters.passed.Add(uint64(p.Len()))
		q.window.add(p.Seq, p.Frame.Key, newest, 0)
		return
	}
	c := &q.counters.kinds[p.Kind()]
	c.read.Add(uint64(p.Len()))
	q.counters.newestRead.raise(newest)

	kept := q.admit(p)
	c.dropped.Add(uint64(p.Len() - kept.Len()))
	c.admitted.Add(uint64(kept.Len()))
	q.window.add(p.Seq, p.Frame.Key, newest, kept.Len())
	q.handOver(ctx, kept, check)
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
func (q *Queue) handOver(ctx context.Context, p column.Part, check <-chan time.Time) {
	waited := false
	for p.Len() > 0 {
		n, full := q.router.push(p)
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
		case now := <-check:
			if q.fallBehind(ctx, full, p, now) {
				return
			}
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
