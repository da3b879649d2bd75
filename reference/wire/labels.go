package wire

import (
	"cmp"
	"slices"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// labeller works out the labels that are sent for a series.
type labeller struct {
	external []column.Label // sorted
	relabel  func([]column.Label) []column.Label
}

func newLabeller(o Options) labeller {
	return labeller{external: sorted(o.External), relabel: o.Relabel}
}

// labels returns them; they are not to be written to, and room may be used for them. There are none if the series is not to be
// sent.
func (l labeller) labels(room *[]column.Label, own []column.Label) []column.Label {
	if l.relabel == nil && len(l.external) == 0 && !slices.ContainsFunc(own, unsent) {
		return own
	}
	*room = merge((*room)[:0], own, l.external)
	if l.relabel == nil || len(*room) == 0 {
		return *room
	}
	return slices.DeleteFunc(l.relabel(*room), unsent)
}

func unsent(l column.Label) bool { return !sent(l.Name) || l.Value == "" }

// sorted returns the labels of a map that are sent, ordered by name.
func sorted(labels map[string]string) []column.Label {
	var all []column.Label
	for name, value := range labels {
		if sent(name) && value != "" {
			all = append(all, column.Label{Name: name, Value: value})
		}
	}
	slices.SortFunc(all, func(a, b column.Label) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// sent tells whether a label leaves the agent: not if it begins with two underscores, apart from the two that backends know.
func sent(name string) bool {
	return len(name) < 2 || name[0] != '_' || name[1] != '_' || name == "__name__" || name == "__delta__"
}

// merge appends to dst the labels of a series and the external ones that it does not have, ordered by name. An own label
// without text is no label.
func merge(dst, own, external []column.Label) []column.Label {
	for _, l := range own {
		if !sent(l.Name) || l.Value == "" {
			continue
		}
		for len(external) > 0 && external[0].Name < l.Name {
			dst = append(dst, external[0])
			external = external[1:]
		}
		if len(external) > 0 && external[0].Name == l.Name {
			external = external[1:]
		}
		dst = append(dst, l)
	}
	return append(dst, external...)
}
