package wal

import "github.com/touchstone-telemetry/touchstone/reference/column"

// tail holds the newest batches in memory. WAL.mu guards it.
type tail struct {
	end     uint64 // Seq of the newest part ever
	limit   int    // how many samples it may hold
	samples int
	batches []tailBatch // ring: the oldest is at head
	head, n int
}

// tailBatch is what one Append brought. Its parts follow one another without a gap.
type tailBatch struct {
	parts   []column.Part
	samples int
}

func (t *tail) at(i int) *tailBatch { return &t.batches[(t.head+i)%len(t.batches)] }

// push adds a batch and lets go of old ones. The newest always stays.
func (t *tail) push(parts []column.Part, samples int) {
	if t.n == len(t.batches) {
		t.grow()
	}
	t.n++
	*t.at(t.n - 1) = tailBatch{parts, samples}
	t.samples += samples
	t.end = parts[len(parts)-1].Seq
	for t.samples > t.limit && t.n > 1 {
		t.drop()
	}
}

func (t *tail) grow() {
	bigger := make([]tailBatch, max(16, 2*len(t.batches)))
	for i := range t.n {
		bigger[i] = *t.at(i)
	}
	t.batches, t.head = bigger, 0
}

func (t *tail) drop() {
	t.samples -= t.at(0).samples
	*t.at(0) = tailBatch{}
	t.head, t.n = (t.head+1)%len(t.batches), t.n-1
}

// dropThrough lets go of every batch that lies wholly at or before seq.
func (t *tail) dropThrough(seq uint64) {
	for t.n > 0 {
		parts := t.at(0).parts
		if parts[len(parts)-1].Seq > seq {
			return
		}
		t.drop()
	}
}

// first is the Seq of the oldest part in memory, or of the next one when there is none.
func (t *tail) first() uint64 {
	if t.n == 0 {
		return t.end + 1
	}
	return t.at(0).parts[0].Seq
}

// after returns parts of one batch that begin with seq+1, nil when they are not in memory.
func (t *tail) after(seq uint64) []column.Part {
	if seq+1 < t.first() || seq >= t.end {
		return nil
	}
	low, high := 0, t.n-1
	for low < high {
		if middle := (low + high + 1) / 2; t.at(middle).parts[0].Seq <= seq+1 {
			low = middle
		} else {
			high = middle - 1
		}
	}
	parts := t.at(low).parts
	if skip := seq + 1 - parts[0].Seq; skip < uint64(len(parts)) {
		return parts[skip:]
	}
	return nil
}
