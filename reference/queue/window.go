package queue

import (
	"math"
	"sync"
)

// window remembers which of the parts read are still unfinished, so that the log learns up to where everything is done
// although shards finish in any order.
type window struct {
	delivered func(seq uint64, t int64)

	// mu guards everything below.
	mu sync.Mutex
	// slots is a ring whose length is a power of two; the slot of a ticket is the ticket modulo that length.
	slots []slot
	// Tickets from first up to, not including, next are open or wait for an open one before them.
	first, next uint64
	// newest is the newest time of all parts before first.
	newest int64
}

// slot is one part: its place in the log, its newest time and how many of its samples are unfinished.
type slot struct {
	seq  uint64
	t    int64
	open int
}

// share is the piece of a part that travels in one batch.
type share struct {
	ticket  uint64
	samples int
}

func newWindow(delivered func(seq uint64, t int64)) *window {
	if delivered == nil {
		delivered = func(uint64, int64) {}
	}
	return &window{delivered: delivered, slots: make([]slot, 16), newest: math.MinInt64}
}

// open registers a part with so many samples to finish and returns its ticket. A part without samples is finished at once.
func (w *window) open(seq uint64, t int64, samples int) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next-w.first == uint64(len(w.slots)) {
		w.grow()
	}
	ticket := w.next
	*w.slot(ticket) = slot{seq, t, samples}
	w.next++
	if samples == 0 {
		w.advance()
	}
	return ticket
}

// finish ticks off the samples of one batch.
func (w *window) finish(shares []share) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range shares {
		w.slot(s.ticket).open -= s.samples
	}
	w.advance()
}

// advance moves over the finished parts at the front and tells how far that is.
func (w *window) advance() {
	before := w.first
	var last slot
	for w.first < w.next && w.slot(w.first).open == 0 {
		last = *w.slot(w.first)
		w.newest = max(w.newest, last.t)
		w.first++
	}
	if w.first > before {
		w.delivered(last.seq, w.newest)
	}
}

func (w *window) slot(ticket uint64) *slot {
	return &w.slots[ticket&uint64(len(w.slots)-1)]
}

func (w *window) grow() {
	old := w.slots
	w.slots = make([]slot, 2*len(old))
	for ticket := w.first; ticket < w.next; ticket++ {
		*w.slot(ticket) = old[ticket&uint64(len(old)-1)]
	}
}
