package reply

import (
	"math/rand/v2"
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
	// Latency delays the bytes sent to the client. With a LatencyMax above it, what holds for the connection is drawn from Latency to LatencyMax.
	Latency, LatencyMax time.Duration
	// Bandwidth is the number of bytes a second in each direction; 0 means no limit.
	Bandwidth int64
	// CutIn and CutOut reset the connection after so many bytes were received or sent, as they are on the wire (so with TLS,
	// encrypted). Nil does not.
	CutIn, CutOut *int64
	// SlowClose keeps the connection half open so long after the last byte was sent.
	SlowClose time.Duration
	// Choices, if any, are what one link is drawn from in place of all of the above: see [OneLinkOf].
	Choices []Choice[Link]
}

// IsZero says whether the connection is served as if nothing was scripted.
func (l Link) IsZero() bool {
	return !l.Refuse && !l.Mute && l.Latency == 0 && l.LatencyMax == 0 && l.Bandwidth == 0 && l.CutIn == nil && l.CutOut == nil &&
		l.SlowClose == 0 && l.Choices == nil
}

// Links is the ordered list of what happens to connections: one for each that is accepted, then the default. It may be changed while
// the fake runs; all methods may be called by several goroutines at once. The zero value serves all connections.
type Links struct {
	seed seed

	mu     sync.Mutex // guards all below
	steps  []Link
	played int
	end    Link
	dice   *rand.Rand // nil until the first draw
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
	link := l.end
	if l.played < len(l.steps) {
		link = l.steps[l.played]
		l.played++
	}
	if !link.isRandom() {
		return link
	}
	if l.dice == nil {
		l.dice = l.seed.dice(linkSection)
	}
	return link.draw(l.dice)
}

// Clear forgets everything.
func (l *Links) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.steps, l.played, l.end, l.dice = nil, 0, Link{}, nil
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
