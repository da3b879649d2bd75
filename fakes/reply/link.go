package reply

import (
	"slices"
	"sync"
	"time"
)

// Link is what happens to one connection. The zero value serves it.
type Link struct {
	// Refuse resets the connection as soon as it is accepted.
	Refuse bool
	// Mute accepts and never reads.
	Mute bool
	// Latency delays the bytes sent to the client.
	Latency time.Duration
	// Bandwidth is the number of bytes a second in each direction; 0 means no limit.
	Bandwidth int64
	// CutIn and CutOut reset the connection after so many bytes were received or sent, as they are on the wire (so with TLS,
	// encrypted). Nil does not.
	CutIn, CutOut *int64
	// SlowClose keeps the connection half open so long after the last byte was sent.
	SlowClose time.Duration
}

// Links is the ordered list of what happens to connections: one for each that is accepted, then the default. It may be changed while
// the fake runs; all methods may be called by several goroutines at once. The zero value serves all connections.
type Links struct {
	mu     sync.Mutex // guards all below
	steps  []Link
	played int
	end    Link
}

// Then appends.
func (l *Links) Then(links ...Link) *Links {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.steps = append(l.steps, links...)
	return l
}

// Default sets what comes when the list is at its end.
func (l *Links) Default(link Link) *Links {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = link
	return l
}

// Next takes what happens to the next connection: it counts.
func (l *Links) Next() Link {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.played < len(l.steps) {
		l.played++
		return l.steps[l.played-1]
	}
	return l.end
}

// Clear forgets everything.
func (l *Links) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.steps, l.played, l.end = nil, 0, Link{}
}

// LinkState is how far the list has come.
type LinkState struct {
	Links   []Link `json:"links"`
	Default Link   `json:"default"`
	Played  int    `json:"played"`
}

// State tells how far the list has come.
func (l *Links) State() LinkState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return LinkState{Links: slices.Clone(l.steps), Default: l.end, Played: l.played}
}
