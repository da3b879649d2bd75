package server

import "sync"

// work counts what runs, and can be waited for once: from then on nothing new begins.
type work struct {
	done chan struct{} // closed when ending and nothing runs

	mu     sync.Mutex // guards all below
	count  int
	ending bool
}

func newWork() *work { return &work{done: make(chan struct{})} }

// start runs f in a goroutine; it reports false, and does not, when the end has begun.
func (w *work) start(f func()) bool {
	if !w.enter() {
		return false
	}
	go func() {
		defer w.leave()
		f()
	}()
	return true
}

func (w *work) enter() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ending {
		return false
	}
	w.count++
	return true
}

func (w *work) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.count--; w.count == 0 && w.ending {
		close(w.done)
	}
}

// wait refuses new work and waits for the rest.
func (w *work) wait() {
	w.mu.Lock()
	if w.ending = true; w.count == 0 {
		close(w.done)
	}
	w.mu.Unlock()
	<-w.done
}
