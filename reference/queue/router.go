package queue

import (
	"context"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// router decides which shard gets which key. When the number of shards changes, the keys that change their shard wait in
// the new one until the old one has finished what it held of them at that moment; everything else goes on undisturbed.
type router struct {
	build   func() *shard
	run     func(context.Context, *shard)
	running sync.WaitGroup
	work    context.Context

	// mu guards everything below. It is held for a moment only, never while waiting.
	mu     sync.Mutex
	shards []*shard
	// former are the shards before the last move, in their order then; nil once all of them have finished what they held.
	former []formerShard
	// rerouted is closed by a move, to wake up who waits for room in a shard that may no longer be the right one.
	rerouted chan struct{}
}

// formerShard is a shard that a key may have had before the last move.
type formerShard struct {
	*shard
	// finished is closed when everything is finished that the shard held when the move happened.
	finished <-chan struct{}
}

// fullShard is the shard in which somebody found no room, and what to wait for.
type fullShard struct {
	number, of     uint64
	room, rerouted <-chan struct{}
}

func newRouter(shards int, build func() *shard, run func(context.Context, *shard)) *router {
	r := &router{build: build, run: run, rerouted: make(chan struct{})}
	for range shards {
		r.shards = append(r.shards, build())
	}
	return r
}

// start sets the shards to work; ctx is what aborts them.
func (r *router) start(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.work = ctx
	for _, s := range r.shards {
		r.launch(s)
	}
}

func (r *router) launch(s *shard) {
	r.running.Go(func() { r.run(r.work, s) })
}

// stop lets every shard finish what it holds and waits for that. There must be no push and no move any more.
func (r *router) stop() {
	r.mu.Lock()
	for _, s := range r.shards {
		s.close()
	}
	r.mu.Unlock()
	r.running.Wait()
}

// push buffers as many samples of the part as its shard has room for, and returns their number. With 0 it also returns what
// to wait for.
func (r *router) push(p column.Part) (int, fullShard) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, after := r.route(p.Frame.Key)
	if n := s.push(p, after); n > 0 {
		return n, fullShard{}
	}
	of := uint64(len(r.shards))
	return 0, fullShard{p.Frame.Key % of, of, s.room, r.rerouted}
}

// stuck tells whether a full shard keeps the others waiting.
func (r *router) stuck(number uint64, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if number >= uint64(len(r.shards)) {
		return false
	}
	var others []pace
	for i, s := range r.shards {
		if uint64(i) != number {
			others = append(others, s.pace())
		}
	}
	return r.shards[number].pace().stuck(others, now)
}

// route returns the shard of a key, and what has to be finished before that shard may send the key's parts.
func (r *router) route(key uint64) (*shard, <-chan struct{}) {
	s := r.shards[key%uint64(len(r.shards))]
	if r.former == nil {
		return s, nil
	}
	if old := r.former[key%uint64(len(r.former))]; old.shard != s {
		return s, old.finished
	}
	return s, nil
}

// move changes the number of shards and tells whether it could: not before the move before it is complete, because a key
// waits for one former shard at most.
func (r *router) move(shards int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if shards == len(r.shards) || !r.settled() {
		return false
	}
	r.former = make([]formerShard, len(r.shards))
	for i, s := range r.shards {
		r.former[i] = formerShard{s, s.finishing()}
	}
	r.resize(shards)
	close(r.rerouted)
	r.rerouted = make(chan struct{})
	return true
}

func (r *router) resize(shards int) {
	now := append([]*shard(nil), r.shards[:min(shards, len(r.shards))]...)
	for _, s := range r.shards[len(now):] {
		s.close()
	}
	for len(now) < shards {
		s := r.build()
		now = append(now, s)
		r.launch(s)
	}
	r.shards = now
}

// settled tells whether the last move is complete, and forgets the former shards if so.
func (r *router) settled() bool {
	for _, s := range r.former {
		select {
		case <-s.finished:
		default:
			return false
		}
	}
	r.former = nil
	return true
}

// count is the number of shards that get new parts.
func (r *router) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.shards)
}
