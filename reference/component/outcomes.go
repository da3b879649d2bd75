package component

import (
	"sync"
	"time"
)

// Outcomes remembers how the attempts at one destination ended lately. The zero value is ready; safe for concurrent use.
type Outcomes struct {
	mu      sync.Mutex // guards what follows
	err     error
	failure time.Time
	success time.Time
	down    bool
}

// Trail is what Outcomes show.
type Trail struct {
	// Health is that of the last attempt: "unknown" before there was one, then "up" or "down".
	Health string `json:"health"`
	// LastError is told also when the destination works again; LastFailure is its time.
	LastError   string    `json:"last_error,omitempty"`
	LastFailure time.Time `json:"last_failure,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
}

// Note remembers the end of one attempt; nil is a success.
func (o *Outcomes) Note(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down = err != nil; o.down {
		o.err, o.failure = err, time.Now()
	} else {
		o.success = time.Now()
	}
}

// Trail returns what is remembered.
func (o *Outcomes) Trail() Trail {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := Trail{Health: "up", LastFailure: o.failure, LastSuccess: o.success}
	switch {
	case o.down:
		t.Health = "down"
	case o.success.IsZero():
		t.Health = "unknown"
	}
	if o.err != nil {
		t.LastError = o.err.Error()
	}
	return t
}
