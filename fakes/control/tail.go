package control

import (
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// tail gives the entries of a journal when they come and when they change to their end.
type tail[T any] struct {
	journal *journal.Journal[T]
	seqOf   func(*T) int
	stageOf func(*T) int // how far an entry has come; 0 is not far enough to be given
	end     int          // the last stage: there is nothing to come
	seen    int          // the newest that was looked at
	open    []waiting    // those that were not at their end
}

// waiting is an entry that will change.
type waiting struct{ seq, stage int }

// next are the entries that came to another stage since the last call.
func (t *tail[T]) next() []T {
	var changed []T
	open := t.open[:0]
	look := func(e T, w waiting) {
		before := w.stage
		if w.stage = t.stageOf(&e); w.stage > before {
			changed = append(changed, e)
		}
		if w.stage != t.end {
			open = append(open, w)
		}
	}
	for _, w := range t.open {
		if e, kept := t.journal.Get(w.seq); kept {
			look(e, w)
		}
	}
	for _, e := range t.journal.Since(t.seen) {
		t.seen = t.seqOf(&e)
		look(e, waiting{seq: t.seen})
	}
	t.open = open
	return changed
}

// Stages of a request: one that has been read has its kind, one that has an outcome is over.
const (
	requestRead = 1
	requestOver = 2
)

func exchangeTail(j *journal.Journal[journal.Exchange]) *tail[journal.Exchange] {
	return &tail[journal.Exchange]{journal: j, end: requestOver, seqOf: func(e *journal.Exchange) int { return e.Seq }, stageOf: requestStage}
}

func requestStage(e *journal.Exchange) int {
	switch {
	case e.Outcome != "":
		return requestOver
	case !e.Read.IsZero():
		return requestRead
	}
	return 0
}

func connectionTail(j *journal.Journal[journal.Connection]) *tail[journal.Connection] {
	return &tail[journal.Connection]{journal: j, end: 3, seqOf: func(c *journal.Connection) int { return c.Seq }, stageOf: connectionStage}
}

func connectionStage(c *journal.Connection) int {
	switch {
	case !c.Closed.IsZero():
		return 3
	case c.TLS != nil:
		return 2
	}
	return 1
}
