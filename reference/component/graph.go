package component

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// GraphOptions is what a graph gives to its components, beside their own names. Definitions, Logger, Dial and Getenv are
// needed.
type GraphOptions struct {
	// Definitions are the components that a configuration may use.
	Definitions []Definition
	Logger      *slog.Logger
	// StoragePath is the folder below which each component has one of its own.
	StoragePath string
	Dial        DialFunc
	Getenv      func(string) string
	UserAgent   string
	// ShutdownTimeout bounds how long components go on flushing.
	ShutdownTimeout time.Duration
}

// Graph holds the components of one configuration and the references between them. Load a configuration, then Run; Load
// again at any time to replace it. All methods are safe for concurrent use.
type Graph struct {
	opts GraphOptions

	// loading holds one token: whoever has it loads or stops. It is no mutex, because components build and flush meanwhile.
	loading chan struct{}
	// ending is closed by the first Stop: from then on a load no longer waits for components that it has removed.
	ending chan struct{}
	end    sync.Once

	mu      sync.Mutex        // guards what follows; never held while calling a component
	order   []*node           // dependencies before dependants
	refused map[string]Health // of components that the last configuration was refused for
	running context.Context   // nil before Run
	stopped bool
	// leaving are removed components that a load has left to Stop to wait for.
	leaving []*node
}

// ErrStopping is the answer to a configuration that comes too late.
var ErrStopping = errors.New("load configuration: the agent is stopping")

// NewGraph makes a graph without components.
func NewGraph(opts GraphOptions) *Graph {
	return &Graph{opts: opts, loading: make(chan struct{}, 1), ending: make(chan struct{})}
}

// Load replaces the running configuration as a whole, or refuses it as a whole and changes nothing; then the components in
// question are unhealthy with the reason until the next configuration that is accepted. Components whose arguments did not
// change are left alone, those whose arguments did are updated in place, and their exports stay the same objects.
//
// A refusal is of type river.Diagnostics. Load returns when components that are no longer wanted have stopped.
func (g *Graph) Load(file *river.File) error {
	g.loading <- struct{}{}
	defer func() { <-g.loading }()
	if g.isStopped() {
		return ErrStopping
	}
	p := newPlan(g, file)
	p.make()
	if len(p.errs) > 0 {
		p.discard()
		g.refuse(p.errs)
		return p.errs.sorted()
	}
	removed := g.commit(p)
	stop(removed)
	g.await(removed)
	return nil
}

// await returns when the nodes have ended, or leaves that to Stop.
func (g *Graph) await(nodes []*node) {
	for i, n := range nodes {
		select {
		case <-n.done:
		case <-g.ending:
			g.mu.Lock()
			defer g.mu.Unlock()
			g.leaving = append(g.leaving, nodes[i:]...)
			return
		}
	}
}

func (g *Graph) isStopped() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stopped
}

func (g *Graph) refuse(errs problems) {
	g.mu.Lock()
	defer g.mu.Unlock()
	before := g.refused
	g.refused = map[string]Health{}
	for id, reason := range errs.byComponent() {
		since := time.Now()
		if earlier, still := before[id]; still {
			since = earlier.Since
		}
		g.refused[id] = Health{unhealthy, reason, since}
	}
}

// commit puts the plan in force and returns the nodes that are not in it. Nothing in here can fail.
func (g *Graph) commit(p *plan) (removed []*node) {
	for _, item := range p.items {
		if item.change != nil {
			item.change.Commit()
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	before, refused := g.order, g.refused
	g.order, g.refused = nil, nil
	kept := map[*node]bool{}
	for _, item := range p.items {
		_, was := refused[item.id]
		n := item.commit(was)
		kept[n] = true
		g.order = append(g.order, n)
		if g.running != nil {
			n.start(g.running)
		}
	}
	for _, n := range before {
		if !kept[n] {
			removed = append(removed, n)
		}
	}
	return removed
}

// Run starts the components and keeps them running until ctx is done. Then it stops all at once and returns when all have
// stopped. It may be called once.
func (g *Graph) Run(ctx context.Context) {
	g.mu.Lock()
	// Components are stopped by Stop, which a load that is under way comes before; so the end of ctx is not theirs.
	g.running = context.WithoutCancel(ctx)
	for _, n := range g.order {
		n.start(g.running)
	}
	g.mu.Unlock()

	<-ctx.Done()
	g.Stop()
}

// Stop ends all components, and discards those that never ran. After it Load refuses everything. Run calls it; only a graph
// that is never run needs it. A load that is under way waits no longer for components that take their time to end; Stop waits
// for those and for its own at once.
func (g *Graph) Stop() {
	g.end.Do(func() { close(g.ending) })
	g.loading <- struct{}{}
	defer func() { <-g.loading }()
	g.mu.Lock()
	g.stopped = true
	order, leaving := g.order, g.leaving
	g.mu.Unlock()
	stop(order)
	for _, n := range slices.Concat(order, leaving) {
		<-n.done
	}
}

// node returns the component of that name that is in force, or nil. One that failed is not found, so that the next
// configuration builds it anew.
func (g *Graph) node(id string) *node {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.order, func(n *node) bool { return n.id == id && n.failure() == nil })
	if i < 0 {
		return nil
	}
	return g.order[i]
}

// options is what a new component gets.
func (g *Graph) options(id string, registry *prometheus.Registry) Options {
	return Options{
		ID:              id,
		Logger:          g.opts.Logger.With("component", id),
		Registerer:      prometheus.WrapRegistererWith(prometheus.Labels{"component_id": id}, registry),
		DataPath:        filepath.Join(g.opts.StoragePath, id),
		Dial:            g.opts.Dial,
		Getenv:          g.opts.Getenv,
		UserAgent:       g.opts.UserAgent,
		ShutdownTimeout: g.opts.ShutdownTimeout,
	}
}
