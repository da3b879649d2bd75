package queue

import (
	"slices"
	"time"
)

// A batch of whole parts is cheaper to encode than one with a piece of a part, because it lies ready side by side. So a full
// batch is made of whole parts where that fills it exactly, even if a few others have to wait for that; their keys then wait
// with them, so that no series overtakes itself.
const (
	// lookAhead is how many items are considered for one batch.
	lookAhead = 32
	// maxPassed is how many batches may be made of items behind one before that comes first.
	maxPassed = 8
)

// fill moves up to one batch of samples from the buffer into b, up to the first item that has to wait for another shard.
func (s *shard) fill(b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.choose() {
		s.takeChosen(b)
	} else {
		s.takeInOrder(b)
	}
	s.shift()
	s.queued -= b.size
	s.ahead += b.size
	s.flushed = time.Now()
	s.since = s.flushed
}

// takeInOrder cuts the last part where the batch is full.
func (s *shard) takeInOrder(b *batch) {
	size := s.settings.batchSize()
	for s.head < len(s.items) && b.size < size {
		it := &s.items[s.head]
		if pending(it.after) {
			break
		}
		n := min(it.part.Len(), size-b.size)
		b.add(it.part.Slice(0, n))
		if n < it.part.Len() {
			it.part = it.part.Slice(n, it.part.Len())
			break
		}
		*it = item{}
		s.head++
	}
}

// choice is the memory of choose.
type choice struct {
	items []int    // places of the chosen
	keys  []uint64 // of what was passed over
}

// choose looks for whole parts that make a full batch exactly: the first that fit, or else the first of the longest. It does
// not while somebody waits for what the shard held at some moment, because that is told by counting.
func (s *shard) choose() bool {
	size := s.settings.batchSize()
	if s.queued < size || len(s.marks) > 0 {
		return false
	}
	if s.chooseFrom(size, 0) {
		return s.items[s.head].passed < maxPassed || s.choice.items[0] == s.head
	}
	return s.items[s.head].passed < maxPassed && s.chooseFrom(size, s.longest(size))
}

// chooseFrom chooses among parts of at least so many items.
func (s *shard) chooseFrom(room, least int) bool {
	c := &s.choice
	c.items, c.keys = c.items[:0], c.keys[:0]
	for i := s.head; i < min(len(s.items), s.head+lookAhead); i++ {
		it := &s.items[i]
		if pending(it.after) {
			return false
		}
		n, key := it.part.Len(), it.part.Frame.Key
		if n < least || n > room || slices.Contains(c.keys, key) {
			c.keys = append(c.keys, key)
			continue
		}
		c.items = append(c.items, i)
		if room -= n; room == 0 {
			return true
		}
	}
	return false
}

// longest is the length of the longest part that fits into a batch.
func (s *shard) longest(size int) int {
	longest := 0
	for i := s.head; i < min(len(s.items), s.head+lookAhead); i++ {
		if n := s.items[i].part.Len(); n <= size {
			longest = max(longest, n)
		}
	}
	return longest
}

// takeChosen moves the chosen items into the batch and closes the gaps.
func (s *shard) takeChosen(b *batch) {
	chosen := s.choice.items
	for _, i := range chosen {
		b.add(s.items[i].part)
	}
	free := chosen[len(chosen)-1]
	for i := free; i >= s.head; i-- {
		if len(chosen) > 0 && chosen[len(chosen)-1] == i {
			chosen = chosen[:len(chosen)-1]
			continue
		}
		s.items[free] = s.items[i]
		s.items[free].passed++
		free--
	}
	clear(s.items[s.head : free+1])
	s.head = free + 1
}

// shift gives up the part of the buffer that is used up, once that is the larger one.
func (s *shard) shift() {
	if 2*s.head < len(s.items) {
		return
	}
	rest := copy(s.items, s.items[s.head:])
	clear(s.items[rest:])
	s.items = s.items[:rest]
	s.head = 0
}
