package queue

import (
	"math"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// batch is what goes into one request. Its memory is used again and again by one shard.
type batch struct {
	// parts is what is sent, body its encoded form.
	parts []column.Part
	body  []byte
	// shares and held are what is finished when the batch is, also if some of it became too old to be sent; size is all of it.
	shares []share
	held   count
	size   int
	// oldest and newest are the times of the items in parts, in milliseconds; those of exemplars make nothing newer.
	oldest, newest int64
}

func (b *batch) add(p column.Part) {
	if len(b.parts) == 0 {
		b.oldest, b.newest = math.MaxInt64, math.MinInt64
	}
	oldest, newest := span(p)
	b.oldest = min(b.oldest, oldest)
	if p.Kind() != column.Exemplars {
		b.newest = max(b.newest, newest)
	}
	b.parts = append(b.parts, p)
	b.shares = append(b.shares, share{p.Seq, p.Len()})
	b.held[p.Kind()] += p.Len()
	b.size += p.Len()
}

// live is the number of items that are still to be sent.
func (b *batch) live() count {
	var n count
	for i := range b.parts {
		n[b.parts[i].Kind()] += b.parts[i].Len()
	}
	return n
}

// prune drops the items older than floor and returns how many those were.
func (b *batch) prune(floor int64) count {
	if b.oldest >= floor {
		return count{}
	}
	before, kept := b.live(), b.parts[:0]
	for _, p := range b.parts {
		if p = since(p, floor); p.Len() > 0 {
			kept = append(kept, p)
		}
	}
	clear(b.parts[len(kept):])
	b.parts = kept
	b.oldest = floor
	return before.minus(b.live())
}

// reset empties the batch but keeps its memory.
func (b *batch) reset() {
	clear(b.parts)
	*b = batch{parts: b.parts[:0], shares: b.shares[:0], body: b.body[:0]}
}
