package profiles

import (
	"slices"

	querierv1 "github.com/grafana/pyroscope/api/gen/proto/go/querier/v1"
)

// defaultMaxNodes is how many nodes Pyroscope shows when it is not told.
const defaultMaxNodes = 8192

// bar is a node with its place in the flame graph.
type bar struct {
	*Node
	x int64
}

// flamegraph lays a tree out in levels, as the API has it: for each bar how far it lies from the end of the one before it, its total, its
// self, and the number of its name. Nodes that do not belong to the largest become one bar named other.
func flamegraph(root *Node, maxNodes int64) *querierv1.FlameGraph {
	g := layout{graph: &querierv1.FlameGraph{Total: root.Total}, names: map[string]int64{}, least: least(root, maxNodes)}
	for level := []bar{{Node: root}}; len(level) > 0; {
		level = g.lay(level)
	}
	return g.graph
}

type layout struct {
	graph *querierv1.FlameGraph
	names map[string]int64
	least int64 // the total of the smallest node that is shown
}

// lay writes one level down and returns the one below it.
func (g *layout) lay(level []bar) (below []bar) {
	var values []int64
	end := int64(0)
	for _, b := range level {
		values = append(values, b.x-end, b.Total, b.Self, g.name(b.Name))
		end = b.x + b.Total
		g.graph.MaxSelf = max(g.graph.MaxSelf, b.Self)
		below = append(below, g.children(b)...)
	}
	g.graph.Levels = append(g.graph.Levels, &querierv1.Level{Values: values})
	return below
}

// children lays the children of a bar out beside its self.
func (g *layout) children(b bar) []bar {
	x, rest := b.x+b.Self, int64(0)
	var shown []bar
	for _, c := range b.Children {
		if c.Total < g.least || c.Name == "other" {
			rest += c.Total
			continue
		}
		shown = append(shown, bar{c, x})
		x += c.Total
	}
	if rest != 0 {
		shown = append(shown, bar{&Node{Name: "other", Self: rest, Total: rest}, x})
	}
	return shown
}

func (g *layout) name(name string) int64 {
	number, ok := g.names[name]
	if !ok {
		number = int64(len(g.names))
		g.names[name] = number
		g.graph.Names = append(g.graph.Names, name)
	}
	return number
}

// least is the total of the smallest of the so many largest nodes, the root not counted.
func least(root *Node, maxNodes int64) int64 {
	if maxNodes <= 0 {
		maxNodes = defaultMaxNodes
	}
	var totals []int64
	for todo := slices.Clone(root.Children); len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = append(todo[:len(todo)-1], n.Children...)
		totals = append(totals, n.Total)
	}
	if int64(len(totals)) <= maxNodes {
		return 0
	}
	slices.Sort(totals)
	return totals[int64(len(totals))-maxNodes]
}
