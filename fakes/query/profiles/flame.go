package profiles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// Node is a function in a flame graph, with those it called. The root is named "total".
type Node struct {
	Name string `json:"name"`
	// Self is what was counted in the function itself, Total with all that it called.
	Self  int64 `json:"self"`
	Total int64 `json:"total"`
	// Children are sorted by name.
	Children []*Node `json:"children,omitempty"`
}

// Flame is Merge as a flame graph.
func Flame(p *pyroscope.Server, q Query) (*Node, error) {
	merged, err := Merge(p, q)
	if err != nil {
		return nil, err
	}
	return FlameOf(merged, 0), nil
}

// maxDepth is how many frames of a stack are shown, beginning with the outermost; what is deeper counts for the last of them.
const maxDepth = 1000

// FlameOf makes a flame graph of one profile's sample type of this index, which must be in range. The profile is not changed.
func FlameOf(p *profile.Profile, index int) *Node {
	b := builder{root: &Node{Name: "total"}, known: map[child]*Node{}}
	for _, s := range p.Sample {
		b.add(stack(s), s.Value[index])
	}
	return b.root
}

// builder puts stacks into a tree.
type builder struct {
	root  *Node
	known map[child]*Node
}

type child struct {
	parent *Node
	name   string
}

// add counts a value for a stack that is listed from the outermost frame.
func (b *builder) add(stack []string, value int64) {
	if value == 0 {
		return
	}
	at := b.root
	at.Total += value
	for _, name := range stack[:min(len(stack), maxDepth)] {
		next, ok := b.known[child{at, name}]
		if !ok {
			next = &Node{Name: name}
			b.known[child{at, name}] = next
			place, _ := slices.BinarySearchFunc(at.Children, name, func(n *Node, name string) int { return strings.Compare(n.Name, name) })
			at.Children = slices.Insert(at.Children, place, next)
		}
		next.Total += value
		at = next
	}
	at.Self += value
}

// stack lists the functions of a sample from the outermost to the innermost, inlined ones too.
func stack(s *profile.Sample) []string {
	var names []string
	for _, location := range slices.Backward(s.Location) {
		if len(location.Line) == 0 {
			names = append(names, fmt.Sprintf("0x%x", location.Address))
		}
		for _, line := range slices.Backward(location.Line) {
			names = append(names, nameOf(line, location))
		}
	}
	return names
}

func nameOf(line profile.Line, location *profile.Location) string {
	switch {
	case line.Function == nil:
		return fmt.Sprintf("0x%x", location.Address)
	case line.Function.Name == "":
		return line.Function.SystemName
	default:
		return line.Function.Name
	}
}
