// Package journal keeps what a fake saw, in order, and lets tests wait for it: start with [New], [Journal.Add],
// [Journal.Update] and [Journal.Wait]. It does not interpret what it keeps.
package journal

import (
	"context"
	"fmt"
	"sync"
)

// Defaults of [Limits].
const (
	DefaultMaxEntries = 100_000
	DefaultMaxBytes   = 256 << 20
)

// Limits bound a journal. When one is reached the oldest entries go, and are counted.
type Limits struct {
	// MaxEntries is how many entries are kept; 0 means [DefaultMaxEntries].
	MaxEntries int
	// MaxBytes is how many bytes they may hold together, by the journal's Size function; 0 means [DefaultMaxBytes].
	// The newest entry is kept even if it alone is larger.
	MaxBytes int64
}

func (l Limits) orDefault() Limits {
	if l.MaxEntries <= 0 {
		l.MaxEntries = DefaultMaxEntries
	}
	if l.MaxBytes <= 0 {
		l.MaxBytes = DefaultMaxBytes
	}
	return l
}

// Options say how a journal of T behaves. The zero value works.
type Options[T any] struct {
	Limits
	// Size tells how many bytes an entry holds; nil counts every entry as nothing.
	Size func(*T) int64
	// Stamp writes the number that the journal gave into the entry; nil writes nothing.
	Stamp func(entry *T, seq int)
}

// Journal is an append-only list of entries numbered from 1, of which the oldest go when a limit is reached. All methods may
// be called by several goroutines at once. No lock is held while a caller's predicate runs.
type Journal[T any] struct {
	options Options[T]
	bell    Bell

	mu      sync.Mutex // guards all below
	entries []record[T]
	first   int // the number of entries[0]
	bytes   int64
	dropped int
}

type record[T any] struct {
	value T
	size  int64
}

// New makes an empty journal.
func New[T any](options Options[T]) *Journal[T] {
	options.Limits = options.orDefault()
	return &Journal[T]{options: options, first: 1}
}

// Add appends an entry, returns its number, and wakes those who wait.
func (j *Journal[T]) Add(entry T) int {
	j.mu.Lock()
	seq := j.first + len(j.entries)
	if j.options.Stamp != nil {
		j.options.Stamp(&entry, seq)
	}
	r := record[T]{value: entry}
	r.size = j.sizeOf(&r.value)
	j.entries = append(j.entries, r)
	j.bytes += r.size
	j.trim()
	j.mu.Unlock()
	j.bell.Ring()
	return seq
}

// Update changes the entry with this number in place and wakes those who wait. The change runs under the journal's lock, so
// it must do nothing but assign. It reports false, and changes nothing, when the entry is gone.
func (j *Journal[T]) Update(seq int, change func(*T)) bool {
	ok := j.update(seq, change)
	if ok {
		j.bell.Ring()
	}
	return ok
}

func (j *Journal[T]) update(seq int, change func(*T)) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := seq - j.first
	if i < 0 || i >= len(j.entries) {
		return false
	}
	r := &j.entries[i]
	change(&r.value)
	j.bytes -= r.size
	r.size = j.sizeOf(&r.value)
	j.bytes += r.size
	j.trim()
	return true
}

func (j *Journal[T]) sizeOf(entry *T) int64 {
	if j.options.Size == nil {
		return 0
	}
	return j.options.Size(entry)
}

func (j *Journal[T]) trim() {
	for len(j.entries) > j.options.MaxEntries || (j.bytes > j.options.MaxBytes && len(j.entries) > 1) {
		j.bytes -= j.entries[0].size
		j.entries[0] = record[T]{}
		j.entries = j.entries[1:]
		j.first++
		j.dropped++
	}
}

// SetLimits changes the limits; what is beyond them goes now, and is counted.
func (j *Journal[T]) SetLimits(l Limits) {
	j.mu.Lock()
	j.options.Limits = l.orDefault()
	j.trim()
	j.mu.Unlock()
	j.bell.Ring()
}

// All returns a copy of the entries that are kept, oldest first.
func (j *Journal[T]) All() []T { return j.Since(0) }

// Since returns a copy of the kept entries whose number is greater than seq, oldest first.
func (j *Journal[T]) Since(seq int) []T {
	entries, _ := j.since(seq)
	return entries
}

// since is Since with the number of the newest entry.
func (j *Journal[T]) since(seq int) (entries []T, newest int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	newest = j.first + len(j.entries) - 1
	from := max(seq+1-j.first, 0)
	if from >= len(j.entries) {
		return nil, newest
	}
	entries = make([]T, 0, len(j.entries)-from)
	for i := from; i < len(j.entries); i++ {
		entries = append(entries, j.entries[i].value)
	}
	return entries, newest
}

// Follow hands each entry that is kept, or comes meanwhile, to take, once and in order, until done says yes. It wakes as Wait does, and no lock is held
// while they run. When the context ends first it returns its cause.
func (j *Journal[T]) Follow(ctx context.Context, take func(T), done func() bool) error {
	for seen := 0; ; {
		changed := j.Changed()
		entries, newest := j.since(seen)
		for _, entry := range entries {
			take(entry)
		}
		seen = newest
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Get returns the entry with this number, and false when it does not exist (yet, or any more).
func (j *Journal[T]) Get(seq int) (T, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := seq - j.first
	if i < 0 || i >= len(j.entries) {
		var none T
		return none, false
	}
	return j.entries[i].value, true
}

// Len is how many entries are kept.
func (j *Journal[T]) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.entries)
}

// Total is how many entries were ever added, which is also the number of the newest.
func (j *Journal[T]) Total() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.first + len(j.entries) - 1
}

// Oldest is the number of the oldest entry that is kept; when none is, what the next one will have.
func (j *Journal[T]) Oldest() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.first
}

// Dropped is how many entries went because a limit was reached.
func (j *Journal[T]) Dropped() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.dropped
}

// Reset forgets all entries, without counting them as dropped. Numbers go on where they were.
func (j *Journal[T]) Reset() {
	j.mu.Lock()
	j.first += len(j.entries)
	j.entries, j.bytes = nil, 0
	j.mu.Unlock()
	j.bell.Ring()
}

// Changed returns a channel that is closed at the next change. Take it before looking at the entries, and no change is missed.
func (j *Journal[T]) Changed() <-chan struct{} { return j.bell.Next() }

// Wait returns nil as soon as done says yes to a copy of the entries. It looks once at the start and again after each change,
// never by a timer, so it works in virtual time. When the context ends first, the error wraps its cause.
func (j *Journal[T]) Wait(ctx context.Context, done func(entries []T) bool) error {
	for {
		changed := j.Changed()
		entries := j.All()
		if done(entries) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the journal (%d entries so far): %w", len(entries), context.Cause(ctx))
		}
	}
}
