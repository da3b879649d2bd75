package wal

import (
	"slices"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// When a few series of a target change, its scraper makes a new layout that shares the labels of all the others. Recognising
// those by their address saves encoding and hashing them.

// ends are the addresses of the labels of a layout's first and last series. One of them is likely to survive a change.
func ends(l *column.Layout) [2]*column.Label {
	n := len(l.Series)
	if n == 0 || len(l.Series[0].Labels) == 0 || len(l.Series[n-1].Labels) == 0 {
		return [2]*column.Label{}
	}
	return [2]*column.Label{&l.Series[0].Labels[0], &l.Series[n-1].Labels[0]}
}

// remember makes the plan known as that of the layout with these ends.
func (c *catalog) remember(p *plan, l *column.Layout) {
	p.ends = ends(l)
	for _, end := range p.ends {
		c.byEnd[end] = p
	}
}

func (c *catalog) forget(p *plan) {
	for _, end := range p.ends {
		if c.byEnd[end] == p {
			delete(c.byEnd, end)
		}
	}
}

// known is a series as an earlier plan knows it.
type known struct {
	labels *column.Label
	size   int
	id     identity
	// at is where it lives, if that is sure.
	at place
}

// recall walks beside a new layout over the series of an earlier one.
type recall struct {
	series []known
	next   int
	missed int // series since the last one that was found
}

// recall returns the series of the plan that the layout seems to come from.
func (c *catalog) recall(l *column.Layout) (r recall) {
	for _, end := range ends(l) {
		if p := c.byEnd[end]; p != nil && end != nil {
			c.room.known = p.known(c.room.known)
			r.series = c.room.known
			return r
		}
	}
	return r
}

// known lists the series of a plan in the order of its layout, in room.
func (p *plan) known(room []known) []known {
	all := slices.Grow(room[:0], p.size())[:p.size()]
	for i := range p.groups {
		g := &p.groups[i]
		sure := g.frame
		if g.frame.moved || g.frame.gone || g.generation != g.frame.generation {
			sure = nil
		}
		for j := range g.size {
			member := g.member(j)
			labels := g.series.Series[member].Labels
			all[g.at(j)] = known{&labels[0], len(labels), g.frame.members[member], place{sure, member}}
		}
	}
	return all
}

// window is how many series may be gone in one place.
const window = 32

// find returns what is known of the next series of the new layout if it shares its labels with the earlier one. It looks
// first where it is when those before it were replaced, then where it is when they are additional or others are gone.
func (r *recall) find(labels []column.Label) (*known, bool) {
	if len(labels) == 0 || len(r.series) == 0 {
		return nil, false
	}
	if r.is(r.next+r.missed, labels) {
		return r.found(r.next + r.missed)
	}
	for i := r.next; i < r.next+window; i++ {
		if r.is(i, labels) {
			return r.found(i)
		}
	}
	r.missed++
	return nil, false
}

func (r *recall) is(i int, labels []column.Label) bool {
	return i < len(r.series) && r.series[i].labels == &labels[0] && r.series[i].size == len(labels)
}

func (r *recall) found(i int) (*known, bool) {
	r.next, r.missed = i+1, 0
	return &r.series[i], true
}
