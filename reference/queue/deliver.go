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
	going := true
	for b := range s.packed {
		s.launch(b.size)
		if going = going && q.deliver(ctx, b); going {
			q.window.finish(b.shares)
			q.counters.add(finished, b.held)
			s.finish(b.size)
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
			q.accepted(b, out)
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
	old := b.prune(q.floor())
	if old == (count{}) {
		return true
	}
	q.counters.add(dropped, old)
	if len(b.parts) == 0 {
		return false
	}
	q.encode(b)
	return true
}

func (q *Queue) attempt(ctx context.Context, b *batch, retry int) Outcome {
	begin := time.Now()
	q.counters.begun.Add(1)
	out := q.options.Sender.Send(ctx, b.body, retry)
	q.counters.attempts.observe(time.Since(begin))
	return out
}

func (q *Queue) accepted(b *batch, out Outcome) {
	q.settle(b, out, b.live())
	q.counters.bytes.Add(uint64(len(b.body)))
	q.counters.newestSent.raise(b.newest)
	q.counters.newestDone.raise(b.newest)
	q.log.accepted()
	if q.options.Accepted != nil {
		q.options.Accepted(b.parts)
	}
}

func (q *Queue) refused(b *batch, out Outcome) {
	q.settle(b, out, count{})
	q.counters.newestDone.raise(b.newest)
	q.log.refused(out.Err, b.live().total())
}

// settle counts what was taken of a batch and what was not: as the endpoint says, or else as assumed.
func (q *Queue) settle(b *batch, out Outcome, assumed count) {
	live, taken := b.live(), assumed
	if out.Written != nil {
		taken = count(*out.Written).atMost(live)
	}
	q.counters.add(sent, taken)
	q.counters.add(failed, live.minus(taken))
}

// rest waits before the next attempt. It returns false when there will be none, because the queue stops.
func (q *Queue) rest(ctx context.Context, b *batch, out Outcome, retry int) bool {
	q.counters.add(retried, b.live())
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
