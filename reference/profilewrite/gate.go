package profilewrite

import "sync"

// gate counts those inside and, once it is being closed, waits until they have left. Until the last has left, others may
// still enter: a profile that comes in while earlier ones are flushed is flushed with them.
type gate struct {
	mu      sync.Mutex // guards the fields below
	inside  int
	closing bool
	shut    bool
	empty   chan struct{} // closed when the gate is shut
}

func newGate() gate { return gate{empty: make(chan struct{})} }

// enter tells whether the caller may go on; if so, it must leave.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return false
	}
	g.inside++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.shutIfEmpty()
}

// close waits until nobody is inside; from then on nobody enters.
func (g *gate) close() {
	g.mu.Lock()
	g.closing = true
	g.shutIfEmpty()
	g.mu.Unlock()
	<-g.empty
}

// shutIfEmpty needs g.mu.
func (g *gate) shutIfEmpty() {
	if g.closing && !g.shut && g.inside == 0 {
		g.shut = true
		close(g.empty)
	}
}
