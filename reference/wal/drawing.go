package wal

import (
	"errors"
	"fmt"
	"slices"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// drawing is a plan in the making.
type drawing struct {
	*catalog
	layout *column.Layout
	ids    []identity
	// places are where series live, as far as that is known without the index. With room, 5 % new series take 223 ns a
	// sample instead of 253.
	places []place
	groups []group
	// tidy is whether only frames are kept that are used wholly.
	tidy bool
	err  error
}

func (c *catalog) draw(layout *column.Layout, tidy bool) (*plan, error) {
	d := drawing{catalog: c, layout: layout, tidy: tidy}
	if err := d.identify(); err != nil {
		return nil, err
	}
	rest := c.room.rest[:0]
	for i := range d.ids {
		rest = append(rest, int32(i))
	}
	c.room.rest = rest
	for len(rest) > 0 {
		rest = d.round(rest)
	}
	if d.err != nil {
		return nil, d.err
	}
	clear(c.room.known)
	clear(c.room.places)
	c.room.release()
	p := &plan{groups: d.groups} // not a part of d, which holds on to the layout
	c.remember(p, layout)
	return p, nil
}

// identify finds out which series the layout has.
func (d *drawing) identify() error {
	before := d.recall(d.layout)
	n := len(d.layout.Series)
	d.room.ids = slices.Grow(d.room.ids[:0], n)[:n]
	d.room.places = slices.Grow(d.room.places[:0], n)[:n]
	clear(d.room.places)
	d.ids, d.places = d.room.ids, d.room.places
	var encoded []byte
	for i, s := range d.layout.Series {
		if k, ok := before.find(s.Labels); ok {
			d.ids[i], d.places[i] = k.id, k.at
			continue
		}
		if err := checkLabels(s.Labels); err != nil {
			return fmt.Errorf("series %d of the layout: %w", i, err)
		}
		encoded = appendLabels(encoded[:0], s.Labels)
		d.ids[i] = d.hasher.sum(encoded)
	}
	return nil
}

// checkLabels refuses what column.Series forbids.
func checkLabels(labels []column.Label) error {
	if len(labels) == 0 {
		return errors.New("it has no labels")
	}
	for i, l := range labels {
		switch {
		case l.Name == "" || l.Value == "":
			return fmt.Errorf("label %q=%q: names and values must not be empty", l.Name, l.Value)
		case i > 0 && l.Name == labels[i-1].Name:
			return fmt.Errorf("label name %q occurs twice", l.Name)
		case i > 0 && l.Name < labels[i-1].Name:
			return fmt.Errorf("label name %q comes after %q: labels must be sorted", l.Name, labels[i-1].Name)
		}
	}
	return nil
}

// usage is which members of one frame a layout uses, and where they lie in the column.
type usage struct {
	frame *frame
	// n is how many they are, at[i] the place in the column of member i plus one, 0 if it is not used.
	n  int
	at [column.MaxFrameSeries]int32
}

// take adds a member. It returns false when the layout had it before.
func (u *usage) take(member int, at int32) bool {
	if u.at[member] != 0 {
		return false
	}
	u.at[member] = at + 1
	u.n++
	return true
}

// list returns the places in the column, in the order of the members, with room for more.
func (u *usage) list(room int) []int32 {
	all := make([]int32, 0, u.n+room)
	for _, at := range u.at[:len(u.frame.members)] {
		if at != 0 {
			all = append(all, at-1)
		}
	}
	return all
}

// index lists the members, nil if all are used.
func (u *usage) index() []uint16 {
	if u.n == len(u.frame.members) {
		return nil
	}
	all := make([]uint16, 0, u.n)
	for member, at := range u.at[:len(u.frame.members)] {
		if at != 0 {
			all = append(all, uint16(member))
		}
	}
	return all
}

// use returns what the layout uses of a frame so far.
func (d *drawing) use(f *frame) *usage {
	if f.usage != nil {
		return f.usage
	}
	all := d.room.uses
	if len(all) < cap(all) && all[:len(all)+1][len(all)] != nil {
		all = all[:len(all)+1]
	} else {
		all = append(all, new(usage))
	}
	f.usage = all[len(all)-1]
	*f.usage = usage{frame: f}
	d.room.uses = all
	return f.usage
}

// round places each of the series once and returns those that occur a second time.
func (d *drawing) round(series []int32) (again []int32) {
	uses, fresh, again := d.lookUp(series)
	for _, u := range uses {
		if d.keeps(u, len(fresh)) {
			d.add(u.frame, u.list(0), u.index())
			continue
		}
		room := min(column.MaxFrameSeries-u.n, len(fresh))
		d.found(u.frame.key, append(u.list(room), fresh[:room]...))
		fresh = fresh[room:]
	}
	for len(fresh) > 0 {
		n := min(column.MaxFrameSeries, len(fresh))
		d.found(d.next, fresh[:n])
		fresh = fresh[n:]
	}
	return again
}

// lookUp sorts the series into those that live in a frame, by frame, and those that are new.
func (d *drawing) lookUp(series []int32) (uses []*usage, fresh, again []int32) {
	isFresh := map[identity]bool{}
	d.room.uses = d.room.uses[:0]
	var u *usage
	for _, i := range series {
		id := d.ids[i]
		switch at, known := d.place(i); {
		case known:
			if u == nil || u.frame != at.frame {
				u = d.use(at.frame)
			}
			if !u.take(at.member, i) {
				again = append(again, i)
			}
		case isFresh[id]:
			again = append(again, i)
		default:
			isFresh[id] = true
			fresh = append(fresh, i)
		}
	}
	uses = d.room.uses
	for _, u := range uses {
		u.frame.usage = nil
	}
	return uses, fresh, again
}

// place is where a series of the layout lives.
func (d *drawing) place(i int32) (at place, known bool) {
	if at = d.places[i]; at.frame != nil && !at.frame.moved {
		return at, true
	}
	at, known = d.index[d.ids[i]]
	return at, known
}

// keeps tells whether the frame serves the layout as it is. One that is mostly unused is replaced, and so is one that is at
// most half full when there are new series to fill it with: otherwise frames would crumble as series come and go.
func (d *drawing) keeps(u *usage, fresh int) bool {
	if d.tidy {
		return u.n == len(u.frame.members)
	}
	if fresh > 0 && 2*u.n <= column.MaxFrameSeries {
		return false
	}
	return 2*u.n >= len(u.frame.members)
}

// found makes a new frame of the series at these places of the layout.
func (d *drawing) found(key uint64, at []int32) {
	members := make([]identity, len(at))
	for i, j := range at {
		members[i] = d.ids[j]
	}
	f := newFrame(d.next, key, members)
	d.next++
	d.register(f)
	d.add(f, at, nil)
}

// register makes the frame the place of its members.
func (c *catalog) register(f *frame) {
	c.frames.put(f)
	for i, id := range f.members {
		before, known := c.index[id]
		if known {
			before.frame.moved = true
			f.raise(i, before.frame.lastOf(before.member))
		} else {
			c.created++
		}
		c.index[id] = place{f, i}
	}
}

// add appends a group for the series at these places of the layout.
func (d *drawing) add(f *frame, at []int32, index []uint16) {
	g := group{frame: f, generation: f.generation, from: int(at[0]), size: len(at), index: index, last: never}
	for i, j := range at {
		if int(j) != g.from+i {
			g.pick = at
			break
		}
	}
	if index == nil && f.series.unpacked.Load() == nil {
		// Sharing the labels of the layout saves unpacking those of a frame that was replayed.
		series := make([]column.Series, len(at))
		for i, j := range at {
			series[i] = d.layout.Series[j]
		}
		f.series.offer(f.id, f.key, series)
	}
	var err error
	if g.series, err = f.series.get(f.id, f.key); err != nil {
		d.err = err
	}
	d.groups = append(d.groups, g)
}
