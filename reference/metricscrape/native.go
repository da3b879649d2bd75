package metricscrape

import (
	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// natives are the native histograms of a target. They come in a column of their own.
type natives struct {
	lines  []native // of the page being read
	last   []*known // of the last page
	layout *column.Layout
	values []column.Histogram
	times  []int64
}

type native struct {
	known *known
	value column.Histogram
	time  int64
	timed bool
}

// assemble makes a column of the lines just read and compares them with the page before.
func (n *natives) assemble(now int64) (c column.Column, added int, gone []column.Series) {
	if len(n.lines) == 0 && len(n.last) == 0 {
		return c, 0, nil
	}
	if !n.sameAsLast() {
		added, gone = n.relayout()
	}
	n.values, n.times = n.values[:0], n.times[:0]
	timed := false
	for i := range n.lines {
		line := &n.lines[i]
		if !line.timed {
			line.time = now
		}
		timed = timed || line.timed
		n.values, n.times = append(n.values, line.value), append(n.times, line.time)
	}
	c = column.Column{Layout: n.layout, T: now, Histograms: n.values}
	if timed {
		c.Times = n.times
	}
	return c, added, gone
}

func (n *natives) sameAsLast() bool {
	if len(n.lines) != len(n.last) {
		return false
	}
	for i := range n.lines {
		if n.lines[i].known != n.last[i] || n.lines[i].timed != n.last[i].timed {
			return false
		}
	}
	return true
}

// relayout takes the page as the new last one. A histogram that stands twice counts once.
func (n *natives) relayout() (added int, gone []column.Series) {
	before, old := n.last, membership(n.last)
	current := make(map[string]bool, len(n.lines))
	n.last, n.layout = nil, &column.Layout{}
	kept := n.lines[:0]
	for _, line := range n.lines {
		if current[line.known.id] {
			continue
		}
		current[line.known.id] = true
		if !old[line.known.id] {
			added++
		}
		line.known.timed = line.timed
		kept = append(kept, line)
		n.last = append(n.last, line.known)
		n.layout.Series = append(n.layout.Series, line.known.series)
	}
	n.lines = kept
	return added, missing(before, old, current)
}
