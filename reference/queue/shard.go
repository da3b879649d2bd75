package queue

import (
	"context"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// shard delivers the parts of its keys in order, one request at a time. One goroutine packs batches, another sends them, so
// that the next request is encoded while the one before it is under way.
type shard struct {
	settings Settings
	// wake tells the packer that there may be something to do; room tells the reader that there is space again.
	wake, room chan struct{}
	// packed carries batches from the packer to the sender, free carries them back.
	packed, free chan *batch

	// mu guards everything below. It is held for a moment only, never while waiting.
	mu sync.Mutex
	// items[head:] is the buffer, oldest first, with queued samples in it.
	items  []item
	head   int
	queued int
	// ahead is the number of samples in a batch that is packed and not under way yet.
	ahead int
	// since is when the buffer became non-empty, flushed when a batch was last taken from it.
	since, flushed time.Time
	// launched is when the batch under way was first sent, zero while there is none; done is when one was last finished.
	launched, done time.Time
	closing        bool
	// pushed and finished count samples from the shard's beginning.
	pushed, finished uint64
	marks            []mark
	choice           choice
}

// item is a part, or a piece of one, in the buffer of a shard.
type item struct {
	part column.Part
	// after, unless nil, is closed when the item may be sent: the former shard of its key has finished what came before.
	after <-chan struct{}
	// passed is how many batches were made of items behind this one.
	passed int
}

// mark is a point in the life of a shard that somebody waits for.
type mark struct {
	samples uint64
	reached chan struct{}
}

func newShard(settings Settings) *shard {
	s := &shard{
		settings: settings,
		wake:     make(chan struct{}, 1),
		room:     make(chan struct{}, 1),
		packed:   make(chan *batch),
		free:     make(chan *batch, 2),
		flushed:  time.Now(),
	}
	s.free <- &batch{}
	s.free <- &batch{}
	return s
}

// signal wakes up the one goroutine that listens to c, now or as soon as it listens.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// push buffers a part, or as much of it as there is room for when otherwise no batch would fill up, and returns how many
// samples that is. What the shard holds apart from the request under way never exceeds the capacity.
func (s *shard) push(p column.Part, after <-chan struct{}) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := p.Len()
	if room := s.settings.Capacity - s.queued - s.ahead; n > room {
		if s.ahead > 0 || s.queued >= s.settings.batchSize() {
			return 0
		}
		n = room
	}
	s.items = append(s.items, item{part: p.Slice(0, n), after: after})
	before := s.queued
	s.queued += n
	s.pushed += uint64(n)
	if before == 0 {
		s.since = time.Now()
	}
	if size := s.settings.batchSize(); before == 0 || before < size && s.queued >= size {
		signal(s.wake)
	}
	return n
}

// close makes the shard end once it is empty. Nothing may be pushed any more.
func (s *shard) close() {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	signal(s.wake)
}

// finishing returns a channel that is closed when all that the shard has been given so far is finished.
func (s *shard) finishing() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	reached := make(chan struct{})
	if s.finished == s.pushed {
		close(reached)
	} else {
		s.marks = append(s.marks, mark{s.pushed, reached})
	}
	return reached
}

// finish notes that a batch is done with.
func (s *shard) finish(samples int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.launched, s.done = time.Time{}, time.Now()
	s.finished += uint64(samples)
	for len(s.marks) > 0 && s.marks[0].samples <= s.finished {
		close(s.marks[0].reached)
		s.marks = s.marks[1:]
	}
}

// launch notes that a packed batch is now under way.
func (s *shard) launch(samples int) {
	s.mu.Lock()
	s.ahead -= samples
	s.launched = time.Now()
	s.mu.Unlock()
	signal(s.room)
}

// pace tells how the shard gets on.
func (s *shard) pace() pace {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := pace{since: s.launched, finished: s.done, empty: s.finished == s.pushed}
	if p.since.IsZero() {
		p.since = s.since
	}
	return p
}

// pack makes batches out of the buffer whenever one is due, until the shard is closed and empty or ctx is done.
func (s *shard) pack(ctx context.Context, encode func(*batch)) {
	defer close(s.packed)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for s.await(ctx, timer) {
		var b *batch
		select {
		case b = <-s.free:
		case <-ctx.Done():
			return
		}
		s.fill(b)
		encode(b)
		select {
		case s.packed <- b:
		case <-ctx.Done():
			return
		}
	}
}

// await waits until a batch is due. It returns false when there will be none any more.
func (s *shard) await(ctx context.Context, timer *time.Timer) bool {
	for {
		next := s.next(time.Now())
		if next.due || next.never {
			return next.due
		}
		var expired <-chan time.Time
		if next.in > 0 {
			timer.Reset(next.in)
			expired = timer.C
		}
		select {
		case <-s.wake:
		case <-next.after:
		case <-expired:
		case <-ctx.Done():
			return false
		}
	}
}

// step is what the packer has to do next. With none of due, after and in set it waits to be woken.
type step struct {
	due, never bool
	after      <-chan struct{}
	in         time.Duration
}

func (s *shard) next(now time.Time) step {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queued == 0 {
		return step{never: s.closing}
	}
	if after := s.items[s.head].after; pending(after) {
		return step{after: after}
	}
	if s.closing || s.queued >= s.settings.batchSize() {
		return step{due: true}
	}
	in := nextFlush(s.flushed, s.since, s.settings.BatchSendDeadline).Sub(now)
	return step{due: in <= 0, in: in}
}

// pending tells whether an item with this condition still has to wait.
func pending(after <-chan struct{}) bool {
	if after == nil {
		return false
	}
	select {
	case <-after:
		return false
	default:
		return true
	}
}
