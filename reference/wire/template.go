package wire

import (
	"encoding/binary"
	"math"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// template is the series of a frame compressed once: Snappy elements in which the values stand as literals, to be written
// over, and the time as one literal of which all other series have copies. No copy refers back beyond the frame's own text, so
// templates can be joined with each other and with other elements in any order.
//
// For a request only the values and one time are written: 3 ns a sample, where compressing anew takes 67 to 81.
type template struct {
	elements []byte
	// wide and narrow are where the values are, in the order of their series. Of a narrow one only the upper half is: it has
	// had whole numbers below two millions only, whose lower half is 0 and goes into the copies.
	wide, narrow []hole
	// values is where each value ends. An element ends there too, so whatever follows can be cut off.
	values []uint32
	// time is where the time is: behind the first value, in a literal of its own.
	time int
}

// hole is the place of a value.
type hole struct {
	series uint32
	at     uint32
}

// Sizes of a value in a template.
const (
	wideSize   = 8
	narrowSize = 4
)

// timeText is the end of a series, its time to be filled in.
var timeText = [1 + timeSize]byte{tagTimestamp}

// append appends the elements of the first series, as many as there are values. ok is false, and dst as it was, if a value does
// not fit.
func (t *template) append(dst []byte, values []float64, at int64) (_ []byte, ok bool) {
	n, from := len(values), len(dst)
	whole := n == len(t.values)
	if whole {
		dst = append(dst, t.elements...)
	} else {
		dst = append(dst, t.elements[:t.values[n-1]]...)
		dst = appendLiteral(dst, timeText[:])
	}
	block := dst[from:]
	if !t.fill(block, values) {
		return dst[:from], false
	}
	if n > 1 {
		putTime(block[t.time:], at)
	}
	if n == 1 || !whole {
		putTime(block[len(block)-timeSize:], at)
	}
	return dst, true
}

// fill writes the values and tells whether all fit.
func (t *template) fill(block []byte, values []float64) bool {
	n := uint32(len(values))
	for _, h := range t.wide {
		if h.series >= n {
			break
		}
		binary.LittleEndian.PutUint64(block[h.at:], math.Float64bits(values[h.series]))
	}
	lost := uint32(0)
	for _, h := range t.narrow {
		if h.series >= n {
			break
		}
		v := math.Float64bits(values[h.series])
		binary.LittleEndian.PutUint32(block[h.at:], uint32(v>>32))
		lost |= uint32(v)
	}
	return lost == 0
}

// prefix tells whether the items of a part are those of the first series that are sent, all at one time.
func (e *encoded) prefix(p *column.Part) bool {
	if p.Times != nil || p.T < minTime || p.T > maxTime || p.Kind() != column.Samples {
		return false
	}
	if p.Index == nil {
		return true
	}
	// Indexes ascend, and those of series that are not sent do not occur, so the last one tells.
	last := len(p.Index) - 1
	if e.lacking != nil {
		return p.Index[last] == e.kept[last]
	}
	return int(p.Index[last]) == last
}

// rawSize is the size of the first n series that are sent.
func (e *encoded) rawSize(n int) int {
	if e.lacking != nil {
		return int(e.ends[e.kept[n-1]])
	}
	return int(e.ends[n-1])
}
