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

// Part is the piece of one column that belongs to one frame: what the log stores, a queue holds and an encoder sends.
type Part struct {
	// Seq is the position in the log. It grows by one with every part stored, across restarts, and is never reused.
	Seq uint64
	// Frame tells which series the values belong to.
	Frame *Frame
	// T is the time of all values in milliseconds, unless Times is set.
	T int64
	// Values has one value per series of the frame, or one per entry of Index when that is set. Read-only.
	Values []float64
	// Index is nil in the usual, dense case. Otherwise Values[i] belongs to Frame.Series[Index[i]]; indexes ascend.
	Index []uint16
	// Times is nil when every value has time T. Otherwise it has one time per value.
	Times []int64
}

// Len is the number of samples in the part.
func (p Part) Len() int { return len(p.Values) }

// Slice returns the samples [from, to) of the part as a part of its own with the same Seq.
func (p Part) Slice(from, to int) Part {
	if p.Index == nil && (from > 0 || to < len(p.Values)) {
		p.Index = make([]uint16, to-from)
		for i := range p.Index {
			p.Index[i] = uint16(from + i)
		}
	} else if p.Index != nil {
		p.Index = p.Index[from:to]
	}
	p.Values = p.Values[from:to]
	if p.Times != nil {
		p.Times = p.Times[from:to]
	}
	return p
}

// Series returns the series that the i-th value belongs to.
func (p Part) Series(i int) Series {
	if p.Index != nil {
		return p.Frame.Series[p.Index[i]]
	}
	return p.Frame.Series[i]
}

// Time returns the time of the i-th value in milliseconds.
func (p Part) Time(i int) int64 {
	if p.Times != nil {
		return p.Times[i]
	}
	return p.T
}
