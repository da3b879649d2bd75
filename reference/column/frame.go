package column

// MaxFrameSeries is the largest number of series in one frame. 250 divides the documented batch sizes of 500 and 2000, so
// that whole frames fill a request exactly.
const MaxFrameSeries = 250

// Frame is a fixed group of at most MaxFrameSeries series which are stored, queued and encoded together.
type Frame struct {
	// ID is unique within one log, for ever.
	ID uint64
	// Key decides the shard: parts of frames with one key are delivered in the order of their Seq. A series keeps its key
	// for life, also when it moves to another frame because its neighbours changed.
	Key uint64
	// Series are the members, in order.
	Series []Series
}

// Part is the piece of one column that belongs to one frame: what the log stores, a queue holds and an encoder sends. As in
// a column, exactly one of Values, Histograms and Exemplars is used; its entries are the items of the part.
type Part struct {
	// Seq is the position in the log. It grows by one with every part stored, across restarts, and is never reused.
	Seq uint64
	// Frame tells which series the items belong to.
	Frame *Frame
	// T is the time of all items in milliseconds, unless Times is set.
	T int64
	// Values, Histograms and Exemplars are read-only.
	Values     []float64
	Histograms []Histogram
	Exemplars  []Exemplar
	// Index is nil in the usual, dense case: one item per series of the frame. Otherwise item i belongs to
	// Frame.Series[Index[i]]; indexes ascend, and only those of exemplars may repeat.
	Index []uint16
	// Times is nil when every item has time T. Otherwise it has one time per item.
	Times []int64
}

// Kind is the kind of the items.
func (p *Part) Kind() Kind { return kindOf(p.Histograms, p.Exemplars) }

// Len is the number of items.
func (p *Part) Len() int { return len(p.Values) + len(p.Histograms) + len(p.Exemplars) }

// Slice returns the items [from, to) of the part as a part of its own with the same Seq and Kind.
func (p Part) Slice(from, to int) Part {
	if p.Index == nil && (from > 0 || to < p.Len()) {
		p.Index = make([]uint16, to-from)
		for i := range p.Index {
			p.Index[i] = uint16(from + i)
		}
	} else if p.Index != nil {
		p.Index = p.Index[from:to]
	}
	switch p.Kind() {
	case Samples:
		p.Values = p.Values[from:to]
	case Histograms:
		p.Histograms = p.Histograms[from:to]
	case Exemplars:
		p.Exemplars = p.Exemplars[from:to]
	}
	if p.Times != nil {
		p.Times = p.Times[from:to]
	}
	return p
}

// Pick returns the items for which keep says yes, as a part of its own with the same Seq and Kind.
func (p Part) Pick(keep func(i int) bool) Part {
	kept := Part{Seq: p.Seq, Frame: p.Frame, T: p.T, Histograms: p.Histograms[:0:0], Exemplars: p.Exemplars[:0:0]}
	for i := range p.Len() {
		if !keep(i) {
			continue
		}
		kept.Index = append(kept.Index, uint16(p.Member(i)))
		switch p.Kind() {
		case Samples:
			kept.Values = append(kept.Values, p.Values[i])
		case Histograms:
			kept.Histograms = append(kept.Histograms, p.Histograms[i])
		case Exemplars:
			kept.Exemplars = append(kept.Exemplars, p.Exemplars[i])
		}
		if p.Times != nil {
			kept.Times = append(kept.Times, p.Times[i])
		}
	}
	return kept
}

// Member returns the place in the frame of the series that item i belongs to.
func (p *Part) Member(i int) int {
	if p.Index != nil {
		return int(p.Index[i])
	}
	return i
}

// Series returns the series that item i belongs to.
func (p *Part) Series(i int) Series { return p.Frame.Series[p.Member(i)] }

// Time returns the time of item i in milliseconds.
func (p *Part) Time(i int) int64 {
	if p.Times != nil {
		return p.Times[i]
	}
	return p.T
}
