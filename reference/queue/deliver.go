package queue

import (
	"context"
	"time"
)

func (q *Queue) newShard() *shard { return newShard(q.settings) }

// runShard is the life of one shard.
func (q *Queue) runShard(ctx context.Context, s *shard) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		q.sendAll(ctx, s)
	}()
	s.pack(ctx, q.encode)
	<-done
}

func (q *Queue) encode(b *batch) {
	b.body = q.options.Encoder.Encode(b.body[:0], b.parts)
}

// sendAll delivers the batches of a shard one after the other. When one has to be left unfinished, those after it are too,
// because they may hold newer samples of the same series.
func (q *Queue) sendAll(ctx context.Context, s *shard) {
	finished := true
	for b := range s.packed {
		s.launch(b.samples)
		if finished = finished && q.deliver(ctx, b); finished {
			q.window.finish(b.shares)
			q.counters.finished.Add(uint64(b.samples))
			s.finish(b.samples)
		}
		b.reset()
		s.free <- b
	}
}

// deliver attempts a batch until it is accepted, refused or too old, and tells whether it is finished: false means that the
// queue has to stop before that.
func (q *Queue) deliver(ctx context.Context, b *batch) bool {
	for retry := 0; q.refresh(b); retry++ {
		out := q.attempt(ctx, b, retry)
		switch {
		case out.Verdict == Accepted:
			q.accepted(b)
			return true
		case out.Verdict == Refused:
			q.refused(b, out)
			return true
		case ctx.Err() != nil:
			return false
		}
		if !q.rest(ctx, b, out, retry+1) {
			return false
		}
	}
	return true
}

// refresh takes out of a batch what has become too old since it was packed. It returns false when nothing is left.
func (q *Queue) refresh(b *batch) bool {
	n := b.prune(q.floor())
	if n == 0 {
		return true
	}
	q.counters.dropped.Add(uint64(n))
	if len(b.parts) == 0 {
		return false
	}
	q.encode(b)
	return true
}

func (q *Queue) attempt(ctx context.Context, b *batch, retry int) Outcome {
	begin := time.Now()
	out := q.options.Sender.Send(ctx, b.body, retry)
	q.counters.attempted(begin, time.Now())
	return out
}

func (q *Queue) accepted(b *batch) {
	q.counters.sent.Add(uint64(b.live()))
	q.counters.bytes.Add(uint64(len(b.body)))
	q.counters.newestSent.raise(b.newest)
	q.counters.newestDone.raise(b.newest)
	q.log.accepted()
}

func (q *Queue) refused(b *batch, out Outcome) {
	n := b.live()
	q.counters.failed.Add(uint64(n))
	q.counters.newestDone.raise(b.newest)
	q.log.refused(out.Err, n)
}

// rest waits before the next attempt. It returns false when there will be none, because the queue stops.
func (q *Queue) rest(ctx context.Context, b *batch, out Outcome, retry int) bool {
	q.counters.retried.Add(uint64(b.live()))
	delay := out.RetryAfter
	if delay <= 0 {
		delay = q.backoff.Delay(retry)
	}
	q.log.retrying(out.Err, retry, delay)
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-q.replaced:
		return false
	case <-ctx.Done():
		return false
	}
}
