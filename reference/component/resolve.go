package component

import (
	"maps"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// declare reads the blocks of a file as components.
func (p *plan) declare(file *river.File) []*item {
	var items []*item
	first := map[string]*river.Block{}
	for _, s := range file.Body.Statements {
		block, ok := s.(*river.Block)
		if !ok {
			p.errs.add("", river.ErrorAt(s, "put it into the block of a component", "a configuration consists of components, not of attributes"))
			continue
		}
		definition, ok := p.definition(block)
		if !ok {
			continue
		}
		id := block.ID()
		if other := first[id]; other != nil {
			p.errs.add(id, river.ErrorAt(block.Name, "give one of them another label",
				"component %q is declared twice, first on line %d", id, other.Start().Line()))
			continue
		}
		first[id] = block
		items = append(items, &item{id: id, block: block, definition: definition})
	}
	return items
}

// definition finds what a block declares, or reports why it declares nothing.
func (p *plan) definition(block *river.Block) (Definition, bool) {
	name := block.Name.Text
	i := slices.IndexFunc(p.graph.opts.Definitions, func(d Definition) bool { return d.Name == name })
	if i < 0 {
		known := p.names()
		hint := "known are " + strings.Join(known, ", ")
		if near := river.Nearest(name, known); near != "" {
			hint = "did you mean " + near + "?"
		}
		p.errs.add("", river.ErrorAt(block.Name, hint, "unknown component %q", name))
		return Definition{}, false
	}
	if block.Label.Text == "" {
		p.errs.add("", river.ErrorAt(block.Name, "write "+name+` "LABEL" { ... }`, "component %q has no label", name))
		return Definition{}, false
	}
	return p.graph.opts.Definitions[i], true
}

func (p *plan) names() []string {
	var names []string
	for _, d := range p.graph.opts.Definitions {
		names = append(names, d.Name)
	}
	return names
}

// path is the name of the component, word by word.
func (it *item) path() []string { return strings.Split(it.id, ".") }

// connect finds what each component refers to.
func (p *plan) connect() {
	byID := map[string]*item{}
	for _, it := range p.items {
		byID[it.id] = it
	}
	for _, it := range p.items {
		for _, r := range it.block.Body.References() {
			if !p.meansComponent(r) {
				continue
			}
			if used := target(r, byID); used == nil {
				p.unknown(it, r, byID)
			} else if !slices.Contains(it.uses, used) {
				it.uses = append(it.uses, used)
			}
		}
	}
}

// meansComponent tells whether a reference begins like the name of a component. Everything else is left to evaluation.
func (p *plan) meansComponent(r river.Reference) bool {
	return slices.ContainsFunc(p.names(), func(name string) bool {
		root, _, _ := strings.Cut(name, ".")
		return root == r.Names[0].Text
	})
}

// target is the component that the first words of a reference name.
func target(r river.Reference, byID map[string]*item) *item {
	for n := len(r.Names); n > 0; n-- {
		if it := byID[words(r, n)]; it != nil {
			return it
		}
	}
	return nil
}

// words are the first n words of a reference, as far as it has that many.
func words(r river.Reference, n int) string {
	return river.Reference{Names: r.Names[:min(n, len(r.Names))]}.String()
}

// unknown reports a reference to a component that is not there.
func (p *plan) unknown(it *item, r river.Reference, byID map[string]*item) {
	missing := words(r, max(1, len(r.Names)-1))
	for _, name := range p.names() {
		if n := strings.Count(name, ".") + 1; words(r, n) == name {
			missing = words(r, n+1)
		}
	}
	hint := "declare it, or remove the reference"
	if near := river.Nearest(missing, slices.Sorted(maps.Keys(byID))); near != "" {
		hint = "did you mean " + near + "?"
	}
	it.lost = true
	p.errs.add(it.id, river.ErrorAt(r, hint, "%s refers to component %q, which does not exist", it.id, missing))
}

// sort puts dependencies before dependants and otherwise keeps the order of the file. Components that refer to each other
// in a circle are reported.
func (p *plan) sort() {
	s := sorter{plan: p, state: map[*item]int{}}
	for _, it := range p.items {
		s.visit(it)
	}
	p.items = s.sorted
}

// sorter walks references depth first.
type sorter struct {
	plan   *plan
	state  map[*item]int
	path   []*item
	sorted []*item
}

// The states of an item: not seen yet, on the path that is being walked, finished.
const (
	onPath   = 1
	finished = 2
)

func (s *sorter) visit(it *item) {
	switch s.state[it] {
	case finished:
		return
	case onPath:
		s.cycle(it)
		return
	}
	s.state[it] = onPath
	s.path = append(s.path, it)
	for _, used := range it.uses {
		s.visit(used)
	}
	s.path = s.path[:len(s.path)-1]
	s.state[it] = finished
	s.sorted = append(s.sorted, it)
}

// cycle reports the circle that ends where it began, at it, with the place of the last reference.
func (s *sorter) cycle(it *item) {
	circle := s.path[slices.Index(s.path, it):]
	it.lost = true
	ids := make([]string, 0, len(circle)+1)
	for _, member := range circle {
		ids = append(ids, member.id+" ("+member.block.Start().String()+")")
	}
	ids = append(ids, it.id)
	last := circle[len(circle)-1]
	byID := map[string]*item{it.id: it}
	for _, r := range last.block.Body.References() {
		if target(r, byID) == it {
			s.plan.errs.add(last.id, river.ErrorAt(r, "remove one of the references",
				"components refer to each other in a circle: %s", strings.Join(ids, " -> ")))
			return
		}
	}
}
