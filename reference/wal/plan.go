package wal

import (
	"cmp"
	"slices"
	"weak"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// plan tells how a column of one layout is cut into parts.
type plan struct {
	groups    []group
	ends      [2]*column.Label // of its layout
	places    []spot           // of the series of the layout, made when first needed
	described described
	uses      int // how often it was used
}

// spot is where the items of a series go.
type spot struct{ group, member int }

func (s spot) compare(other spot) int {
	return cmp.Or(cmp.Compare(s.group, other.group), cmp.Compare(s.member, other.member))
}

// place tells where the items of a series of the layout go.
func (p *plan) place(series int) spot {
	if p.places == nil {
		p.places = make([]spot, p.size())
		for i := range p.groups {
			g := &p.groups[i]
			for j := range g.size {
				p.places[g.at(j)] = spot{i, g.member(j)}
			}
		}
	}
	return p.places[series]
}

// size is how many series the layout has.
func (p *plan) size() int {
	n := 0
	for i := range p.groups {
		n += p.groups[i].size
	}
	return n
}

// group is the part of a layout that goes to one frame.
type group struct {
	frame      *frame
	series     *column.Frame
	generation uint32 // of the frame when the plan was made

	from  int      // where the values lie in the column when they lie there in the order of the frame
	pick  []int32  // otherwise their places in the column, in the order of the frame
	size  int      // how many values
	index []uint16 // their places in the frame; nil when all members have a value

	last int64 // the newest time appended, kept for sparse groups only
}

// at is the place in the column of the j-th value of the group, member its place in the frame.
func (g *group) at(j int) int {
	if g.pick != nil {
		return int(g.pick[j])
	}
	return g.from + j
}

func (g *group) member(j int) int {
	if g.index != nil {
		return int(g.index[j])
	}
	return j
}

// usable tells whether every frame still is as it was when the plan was made.
func (p *plan) usable() bool {
	for i := range p.groups {
		if g := &p.groups[i]; g.generation != g.frame.generation {
			return false
		}
	}
	return true
}

// crumbled tells whether there are frames of which the layout uses a part only.
func (p *plan) crumbled() bool {
	return slices.ContainsFunc(p.groups, func(g group) bool { return g.index != nil })
}

// settle hands what the plan noted for its sparse groups to their frames.
func (p *plan) settle() {
	for i := range p.groups {
		g := &p.groups[i]
		for _, member := range g.index {
			g.frame.raise(int(member), g.last)
		}
	}
	p.described.settle()
}

// place is where a series lives.
type place struct {
	frame  *frame
	member int
}

// catalog knows the frames and which series lives where. Its methods need WAL.write.
type catalog struct {
	hasher   hasher
	index    map[identity]place
	frames   frameTable
	plans    map[weak.Pointer[column.Layout]]*plan
	byEnd    map[*column.Label]*plan
	families families
	sweepAt  int // how many plans there may be before the dead ones are looked for
	next     uint64
	created  uint64 // series, ever
	room     room
}

// room is memory that is used again for each drawing.
type room struct {
	known  []known
	ids    []identity
	places []place
	rest   []int32
	uses   []*usage // also beyond their number
}

// release lets go of the frames.
func (r *room) release() {
	for _, u := range r.uses[:cap(r.uses)] {
		if u != nil {
			u.frame = nil
		}
	}
}

func newCatalog() catalog {
	return catalog{
		hasher: newHasher(), index: map[identity]place{}, frames: frameTable{byID: map[uint64]*frame{}},
		plans: map[weak.Pointer[column.Layout]]*plan{}, byEnd: map[*column.Label]*plan{}, sweepAt: 64, next: 1,
	}
}

// tidyAfter is how often a layout is used before frames that have crumbled are replaced. While series come and go that would
// be work for nothing, and afterwards only whole frames are sent from templates.
const tidyAfter = 16

// plan returns how the layout is cut. A layout that is new, or whose series were removed since, is looked up series by
// series: known ones stay in their frames where that pays, others get new frames.
func (c *catalog) plan(layout *column.Layout) (*plan, error) {
	id := weak.Make(layout)
	tidy := false
	if p := c.plans[id]; p != nil {
		p.uses++
		tidy = p.uses == tidyAfter && p.crumbled()
		if p.usable() && !tidy {
			return p, nil
		}
		p.settle()
		c.forget(p)
	}
	p, err := c.draw(layout, tidy)
	if err != nil {
		return nil, err
	}
	if len(c.plans) >= c.sweepAt {
		c.sweep()
	}
	c.plans[id] = p
	return p, nil
}

// sweep forgets the plans of layouts that nobody has any more.
func (c *catalog) sweep() {
	for id, p := range c.plans {
		if id.Value() == nil {
			p.settle()
			c.forget(p)
			delete(c.plans, id)
		}
	}
	c.sweepAt = max(64, 2*len(c.plans))
}
