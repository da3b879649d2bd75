package component

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// node is one component in force.
type node struct {
	id        string
	name      string
	component Component
	registry  *prometheus.Registry
	logger    *slog.Logger
	// exports is what references to the component see.
	exports any

	cancel context.CancelFunc // nil until started
	done   chan struct{}      // closed when Run has returned

	mu   sync.Mutex // guards what follows
	args any
	uses []*node
	fail error
	// since is when the component began to be healthy, or failed.
	since time.Time
}

// start runs the component in a goroutine of its own, unless it already does. Calls do not overlap.
func (n *node) start(ctx context.Context) {
	if n.cancel != nil {
		return
	}
	ctx, n.cancel = context.WithCancel(ctx)
	go func() {
		defer close(n.done)
		if err := n.component.Run(ctx); err != nil {
			n.ended(err, ctx.Err() != nil)
		}
	}()
}

// ended notes the error with which Run returned. Only one that nobody asked to stop has failed.
func (n *node) ended(err error, asked bool) {
	if asked {
		n.logger.Warn("component did not stop cleanly", "err", err)
		return
	}
	n.logger.Error("component failed", "err", err)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fail, n.since = err, time.Now()
}

// health is that of the component itself, whatever became of the last configuration.
func (n *node) health() Health {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fail != nil {
		return Health{unhealthy, n.fail.Error(), n.since}
	}
	return Health{State: healthy, Since: n.since}
}

func (n *node) arguments() (args any, uses []*node) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.args, n.uses
}

func (n *node) failure() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.fail
}

// stop tells nodes to end, all at once, so that the whole takes no longer than the slowest, and those that refer to others
// first. A node that never ran is discarded.
func stop(nodes []*node) {
	for _, n := range slices.Backward(nodes) {
		if n.cancel == nil {
			n.component.Discard()
			close(n.done)
		} else {
			n.cancel()
		}
	}
}
