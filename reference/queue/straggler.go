package queue

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// A shard that is full because its request hangs, or fails again and again, must not keep the others waiting
// (prometheus.remote_write@v0.32: the log is read while at least one shard is not at maximum capacity). So the reader passes
// over its parts, which costs no memory because they are in the log, and the shard reads the log by itself until it has
// caught up with the reader.

// patience is how long a batch has to be under way before its shard may count as stuck. It is checked as often.
const patience = time.Second

// pace is how a shard gets on.
type pace struct {
	// since is when the batch under way was first sent, or since when a shard waits that has no batch under way.
	since time.Time
	// finished is when a batch was last finished.
	finished time.Time
	// empty is whether all is finished that the shard was given.
	empty bool
}

// stuck tells whether a full shard is to be passed over: it has been at one batch for some time, and it is not the endpoint
// that is slow, as another shard has finished a batch much later or has nothing left to do.
func (p pace) stuck(others []pace, now time.Time) bool {
	return now.Sub(p.since) >= patience && slices.ContainsFunc(others, func(other pace) bool {
		return other.empty || other.finished.Sub(p.since) >= patience
	})
}

// stragglers are the shards that are passed over. While there are any, the number of shards does not change.
type stragglers struct {
	mu sync.Mutex // guards what follows
	// at is the newest part that the queue's reader has taken or passed over.
	at     uint64
	behind []uint64
	shards uint64
	// chasing are the goroutines that read for them.
	chasing sync.WaitGroup
}

// passes notes which part the queue's reader is at, and tells whether it is to be passed over.
func (s *stragglers) passes(p column.Part) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = p.Seq
	return len(s.behind) > 0 && slices.Contains(s.behind, p.Frame.Key%s.shards)
}

// without does something while there are none, unless there are some, and returns what it returns.
func (s *stragglers) without(do func() bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.behind) == 0 && do()
}

// join makes a shard a straggler, unless the number of shards is another one by now.
func (s *stragglers) join(full fullShard, r *router) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if uint64(r.count()) != full.of {
		return false
	}
	s.shards = full.of
	s.behind = append(s.behind, full.number)
	return true
}

// leave ends the passing over of a shard that has its parts up to seq, if that is as far as the queue's reader is.
func (s *stragglers) leave(shard, seq uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq < s.at {
		return false
	}
	s.behind = slices.DeleteFunc(s.behind, func(other uint64) bool { return other == shard })
	return true
}

// fallBehind makes the reader pass over a shard if that is stuck. rest is the part at hand, as far as the shard had no room.
func (q *Queue) fallBehind(ctx context.Context, full fullShard, rest column.Part, now time.Time) bool {
	if !q.router.stuck(full.number, now) || !q.stragglers.join(full, q.router) {
		return false
	}
	q.window.leave(full.number, full.of, rest.Seq)
	q.options.Logger.Warn("a shard is stuck and is passed over until it works again", "shard", full.number, "of", full.of)
	q.stragglers.chasing.Go(func() {
		if q.chase(ctx, full, rest) {
			q.window.rejoin(full.number)
			q.options.Logger.Info("a shard that was stuck has caught up", "shard", full.number, "of", full.of)
		}
	})
	return true
}

// chase reads for one shard until it has caught up with the queue's reader. It returns false when it is stopped before that.
func (q *Queue) chase(ctx context.Context, full fullShard, rest column.Part) bool {
	q.handOver(ctx, rest, nil)
	log := q.options.Again(rest.Seq)
	defer log.Close()
	for at := rest.Seq; !q.stragglers.leave(full.number, at); {
		p, err := log.Next(ctx)
		if err != nil || ctx.Err() != nil {
			return false // the queue's reader says why
		}
		if q.stragglers.leave(full.number, p.Seq-1) {
			return true // this part is the reader's, and those before it are gone
		}
		if at = p.Seq; p.Frame.Key%full.of == full.number {
			q.accept(ctx, p, nil)
		}
	}
	return true
}

// Again reads the log a second time: see Options.Again.
type Again interface {
	Source
	io.Closer
}
