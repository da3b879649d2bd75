package server

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// budget bounds how many bytes all requests that are under way hold together, whatever a flood of them asks for.
type budget struct {
	limit int64
	used  atomic.Int64
}

// ErrCrowded is what [Request.Hold] returns when all requests together hold too much; the fake answers 503 then.
var ErrCrowded = errors.New("too many bytes are held by the requests under way")

func (b *budget) take(n int64) error {
	if b.used.Add(n) > b.limit {
		b.used.Add(-n)
		return fmt.Errorf("hold %d bytes more: %w", n, ErrCrowded)
	}
	return nil
}

// Hold counts bytes that the fake keeps for the request until it ends, beside its body: of what it inflates and decodes. It wraps
// [ErrCrowded], and counts nothing, when all requests together would hold more than Options.MaxHeld. It is for the methods of [Fake],
// one at a time. A negative number gives back.
func (r *Request) Hold(n int64) error {
	if r.budget == nil { // a request that no server made
		return nil
	}
	if err := r.budget.take(n); err != nil {
		return err
	}
	r.held += n
	return nil
}

// release gives back what the request held, when it has ended.
func (r *Request) release() {
	r.budget.used.Add(-r.held)
	r.held = 0
}
