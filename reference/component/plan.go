package component

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// plan is a configuration on its way to being put in force: nothing in it has an effect yet.
type plan struct {
	graph *Graph
	// items are ordered: dependencies before dependants.
	items []*item
	errs  problems
}

// item is one component of a plan.
type item struct {
	id         string
	block      *river.Block
	definition Definition
	uses       []*item
	// lost is set when it refers to nothing or, over others, to itself, so that it cannot be evaluated.
	lost bool

	args    any
	exports any
	// made is set when everything that can fail has worked.
	made bool
	// node is what is in force under this name already, or a new one.
	node *node
	// fresh is set when the node is new; change is set when it must be updated.
	fresh  bool
	change Change
}

func newPlan(g *Graph, file *river.File) *plan {
	p := &plan{graph: g}
	p.items = p.declare(file)
	p.connect()
	p.sort()
	return p
}

// make evaluates, decodes, validates and builds everything, in order. After a mistake it goes on with what does not depend
// on the one that made it, so that one load tells as much as possible.
func (p *plan) make() {
	for _, it := range p.items {
		if it.lost || slices.ContainsFunc(it.uses, func(u *item) bool { return !u.made }) {
			continue
		}
		if p.decode(it) {
			p.build(it)
		}
	}
}

func (p *plan) decode(it *item) bool {
	it.args = it.definition.Arguments()
	err := river.Decode(it.block, p.scope(), it.args)
	p.errs.add(it.id, err)
	return err == nil
}

// build readies the component: a new one, a change to an old one, or nothing when its arguments are what they were.
func (p *plan) build(it *item) {
	var err error
	if it.node = p.graph.node(it.id); it.node == nil {
		err = p.buildNew(it)
	} else if args, _ := it.node.arguments(); !river.Same(args, it.args) {
		it.change, err = it.node.component.Prepare(it.args)
	}
	if err != nil {
		p.errs.add(it.id, river.Refusal(it.block, it.args, err))
		return
	}
	it.exports, it.made = it.node.exports, true
}

func (p *plan) buildNew(it *item) error {
	registry := prometheus.NewRegistry()
	opts := p.graph.options(it.id, registry)
	c, err := it.definition.Build(opts, it.args)
	if err != nil {
		return err
	}
	it.fresh = true
	it.node = &node{
		id: it.id, name: it.definition.Name, component: c, registry: registry, logger: opts.Logger,
		exports: exportsOf(c), done: make(chan struct{}),
	}
	return nil
}

// exportsOf is what references see: a map, also for a component that exports nothing.
func exportsOf(c Component) any {
	if e := c.Exports(); e != nil {
		return river.ValueOf(e)
	}
	return map[string]any{}
}

// scope is what the expressions of a configuration may refer to: functions, and the components made so far. The first
// words of all components are always there, to be suggested for misspelt ones.
func (p *plan) scope() river.Scope {
	scope := river.Builtins(p.graph.opts.Getenv)
	for _, name := range p.names() {
		root, _, _ := strings.Cut(name, ".")
		scope[root] = map[string]any{}
	}
	for _, it := range p.items {
		if it.made {
			put(scope, it.path(), it.exports)
		}
	}
	return scope
}

// put stores a value in nested maps, one level for each word of the path.
func put(scope map[string]any, path []string, value any) {
	for _, word := range path[:len(path)-1] {
		inner, ok := scope[word].(map[string]any)
		if !ok {
			inner = map[string]any{}
			scope[word] = inner
		}
		scope = inner
	}
	scope[path[len(path)-1]] = value
}

// discard undoes what make did.
func (p *plan) discard() {
	for _, it := range slices.Backward(p.items) {
		if it.change != nil {
			it.change.Discard()
		}
		if it.fresh {
			it.node.component.Discard()
		}
	}
}

// commit makes the node what the item says. Its change, if any, is committed already. refused tells that the configuration
// before was refused because of it.
func (it *item) commit(refused bool) *node {
	n := it.node
	n.mu.Lock()
	defer n.mu.Unlock()
	n.uses = nil
	for _, u := range it.uses {
		n.uses = append(n.uses, u.node)
	}
	if it.fresh || it.change != nil {
		n.args = it.args
	}
	if it.fresh || refused {
		n.since = time.Now()
	}
	return n
}
