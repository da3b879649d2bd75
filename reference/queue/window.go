package queue

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Progress is how far a queue is with its log.
type Progress struct {
	// Seq is that of a part such that it and all before it are finished: accepted, refused or dropped. T is the newest time
	// among them in milliseconds.
	Seq uint64
	T   int64
	// Beyond says what is finished behind Seq, with growing Ahead. It is empty unless a shard is passed over, or the queue has ended.
	Beyond []Beyond
}

// ahead is up to where anything is known to be finished.
func (p Progress) ahead() uint64 {
	if n := len(p.Beyond); n > 0 {
		return p.Beyond[n-1].Ahead
	}
	return p.Seq
}

// Beyond says that the parts up to and including Ahead are finished, except for those of some shards: those whose key leaves
// one of Behind as the remainder when it is divided by Shards.
type Beyond struct {
	Ahead, Shards uint64
	Behind        []uint64
}

// window remembers which of the parts read are still unfinished, so that the log learns up to where everything is done
// although shards finish in any order. It has room for the unfinished ones and about as many others, however long one stays.
type window struct {
	delivered func(Progress)

	// mu guards everything below.
	mu sync.Mutex
	// slots[head:] are the unfinished parts and some finished ones between them, by Seq. open is the number of the unfinished.
	slots      []slot
	head, open int
	// read is the newest part that the queue's reader has taken or passed over, through the newest such that it and all before
	// it are finished, newest the newest time among these.
	read, through uint64
	newest        int64
	told          Progress
	// behind are the shards that are passed over.
	behind []lane
	shards uint64
}

// slot is one part: its place in the log, its key, its newest time and how many of its items are unfinished. Seq and time
// are also those of finished parts that had the slots behind this one.
type slot struct {
	seq, key, through uint64
	t                 int64
	open              int
}

// lane is a shard that is passed over: of its parts those after read have not been opened, or are not finished.
type lane struct{ shard, read uint64 }

// share is the piece of a part that travels in one batch.
type share struct {
	seq   uint64
	items int
}

func newWindow(delivered func(Progress)) *window {
	if delivered == nil {
		delivered = func(Progress) {}
	}
	return &window{delivered: delivered, newest: math.MinInt64}
}

// add registers a part with so many items to finish. A part without items is finished at once.
func (w *window) add(seq, key uint64, t int64, items int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := len(w.slots)
	if seq > w.read {
		w.read = seq
	} else {
		at, _ = w.find(seq) // of a shard that is behind
	}
	w.slots = slices.Insert(w.slots, at, slot{seq, key, seq, t, items})
	for i := range w.behind {
		if l := &w.behind[i]; key%w.shards == l.shard {
			l.read = seq
		}
	}
	if items > 0 {
		w.open++
	} else {
		w.advance()
	}
}

// pass notes that the queue's reader leaves a part to a shard that is behind.
func (w *window) pass(seq uint64) {
	w.mu.Lock()
	w.read = seq
	w.mu.Unlock()
}

// leave begins to pass over a shard, which has its parts up to seq.
func (w *window) leave(shard, shards, seq uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shards = shards
	w.behind = append(w.behind, lane{shard, seq})
}

// rejoin ends that: the shard has got all its parts up to what the queue's reader has read.
func (w *window) rejoin(shard uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.behind = slices.DeleteFunc(w.behind, func(l lane) bool { return l.shard == shard })
	w.advance()
}

// abandon is called in the end: the shards of the parts that are still unfinished count as passed over from then on, each
// from its own first one, so that what the others have finished is not sent again by whoever goes on.
func (w *window) abandon(shards uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shards = shards
	for _, s := range w.slots[w.head:] {
		if s.open > 0 && !w.late(s.key) {
			w.behind = append(w.behind, lane{s.key % shards, s.seq - 1})
		}
	}
	w.tell()
}

// late tells whether a key is one of a shard that is passed over.
func (w *window) late(key uint64) bool {
	return slices.ContainsFunc(w.behind, func(l lane) bool { return key%w.shards == l.shard })
}

// finish ticks off the items of one batch.
func (w *window) finish(shares []share) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range shares {
		i, _ := w.find(s.seq)
		if w.slots[i].open -= s.items; w.slots[i].open == 0 {
			w.open--
		}
	}
	w.advance()
}

// find returns the place of a part, which as a rule is as far from the first as their numbers are.
func (w *window) find(seq uint64) (int, bool) {
	if w.head < len(w.slots) {
		if guess := uint64(w.head) + seq - w.slots[w.head].seq; guess < uint64(len(w.slots)) && w.slots[guess].seq == seq {
			return int(guess), true
		}
	}
	i, found := slices.BinarySearchFunc(w.slots[w.head:], seq, func(s slot, seq uint64) int { return cmp.Compare(s.seq, seq) })
	return w.head + i, found
}

// advance moves over the finished parts at the front and tells how far that is.
func (w *window) advance() {
	for w.head < len(w.slots) && w.slots[w.head].open == 0 {
		w.through = max(w.through, w.slots[w.head].through)
		w.newest = max(w.newest, w.slots[w.head].t)
		w.head++
	}
	w.compact()
	w.tell()
}

// compact gives up the slots of finished parts once they are the majority.
func (w *window) compact() {
	const worthwhile = 64
	if len(w.slots) < 2*w.open+worthwhile {
		return
	}
	kept := w.slots[:0]
	for _, s := range w.slots[w.head:] {
		if s.open > 0 {
			kept = append(kept, s)
			continue
		}
		last := &kept[len(kept)-1] // there is one, because the part at the front is unfinished
		last.through, last.t = max(last.through, s.through), max(last.t, s.t)
	}
	w.slots, w.head = kept, 0
}

// tell reports the progress if there is any.
func (w *window) tell() {
	p := Progress{Seq: w.through, T: w.newest}
	if w.head < len(w.slots) {
		p.Seq = min(p.Seq, w.slots[w.head].seq-1)
	}
	for _, l := range w.behind {
		p.Seq = min(p.Seq, l.read)
	}
	p.Beyond = w.beyond()
	if p.Seq > w.told.Seq || p.ahead() > max(w.told.ahead(), p.Seq) {
		w.told = p
		w.delivered(p)
	}
}

// beyond tells, from the shard that is farthest behind to the one that is least so, how far all but those are.
func (w *window) beyond() []Beyond {
	lanes := w.lanes()
	var all []Beyond
	for i, l := range lanes {
		b := Beyond{Ahead: w.ahead(), Shards: w.shards}
		if i+1 < len(lanes) {
			b.Ahead = min(b.Ahead, lanes[i+1].read)
		}
		for _, behind := range lanes[:i+1] {
			b.Behind = append(b.Behind, behind.shard)
		}
		if n := len(all); n > 0 && all[n-1].Ahead >= b.Ahead {
			continue
		}
		if b.Ahead > l.read {
			all = append(all, b)
		}
	}
	return all
}

// lanes are the shards that are passed over by the last part of each such that it and all before it are finished.
func (w *window) lanes() []lane {
	lanes := slices.Clone(w.behind)
	for i := range lanes {
		for _, s := range w.slots[w.head:] {
			if s.open > 0 && s.key%w.shards == lanes[i].shard {
				lanes[i].read = min(lanes[i].read, s.seq-1)
				break
			}
		}
	}
	slices.SortFunc(lanes, func(a, b lane) int { return cmp.Compare(a.read, b.read) })
	return lanes
}

// ahead is how far everything is finished apart from the parts of shards that are behind.
func (w *window) ahead() uint64 {
	for _, s := range w.slots[w.head:] {
		if s.open > 0 && !w.late(s.key) {
			return s.seq - 1
		}
	}
	return w.read
}
