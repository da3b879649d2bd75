package wire

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Snappy has literals, near copies (two bytes) and far copies (three bytes).
const (
	kindNear = 1
	kindFar  = 2

	maxNearOffset, minNear, maxNear = 1<<11 - 1, 4, 11
	maxFarOffset, minFar, maxFar    = 1<<16 - 1, 5, 64
)

const (
	// hashBits is the size of a compiler's table: two to the power of that.
	hashBits = 13
	// maxTries is how many places are looked at for a copy.
	maxTries = 4
	// rest is how much of a long match, beyond whole far copies, is looked for again: there may be a longer one.
	rest = 24
)

// A place is owned by one of at most 256 series.
var _ [256 - column.MaxFrameSeries]struct{}

// compiler makes templates. It is Snappy's compression with two more rules: values are never copied, and times only from
// times.
//
// Between two values the text is a span: the time of one series and then the next series up to its value. A copy lies within
// one span on both sides. Copies of a time begin where a span begins, on both sides; all others begin behind the time.
type compiler struct {
	text []byte
	ends []uint32
	// holes are where the spans end: where the values begin, or their upper halves.
	holes []uint32
	out   []byte
	// pending is where the text begins that is not in out yet.
	pending int
	// owner says for each place of the text so far to which span it belongs.
	owner []byte
	// newest is for each hash the newest place, before for each place the one before it with the same hash. 0 is none.
	newest [1 << hashBits]uint32
	before []uint32
	// hashed is the first place that is not in the table yet.
	hashed int
	// offset is that of the copy before.
	offset int
	// heads are, for each size of a series modulo 256, the beginning of the newest span with such a series. 0 is none.
	heads [256]int
}

var compilers = sync.Pool{New: func() any { return new(compiler) }}

// compile makes a template of series that stand one after the other, ending at ends. There is at least one, and none is larger
// than maxFarOffset. wide tells whose values need their lower half.
func compile(text []byte, ends []uint32, wide []bool) *template {
	c := compilers.Get().(*compiler)
	defer compilers.Put(c)
	c.reset(text, ends, wide)
	t := &template{values: make([]uint32, len(ends))}
	begin := 0
	for i, end := range ends {
		c.span(i, begin, int(c.holes[i]))
		begin = int(end) - valueAt + wideSize
		c.value(int(c.holes[i]), begin)
		t.add(i, len(c.out), wide[i])
		if i == 0 {
			t.time = len(c.out) + 2
		}
	}
	c.span(len(ends), begin, len(text))
	c.literal(len(text))
	t.elements = slices.Clone(c.out)
	c.text, c.ends = nil, nil
	return t
}

// add notes that a value ends at end.
func (t *template) add(series, end int, wide bool) {
	t.values[series] = uint32(end)
	if wide {
		t.wide = append(t.wide, hole{uint32(series), uint32(end - wideSize)})
	} else {
		t.narrow = append(t.narrow, hole{uint32(series), uint32(end - narrowSize)})
	}
}

func (c *compiler) reset(text []byte, ends []uint32, wide []bool) {
	c.text, c.ends, c.out, c.pending, c.hashed, c.offset = text, ends, c.out[:0], 0, 1, 0
	c.owner = slices.Grow(c.owner[:0], len(text))[:len(text)]
	c.before = slices.Grow(c.before[:0], len(text))[:len(text)]
	c.holes = c.holes[:0]
	for i, end := range ends {
		hole := end - valueAt
		if !wide[i] {
			hole += wideSize - narrowSize
		}
		c.holes = append(c.holes, hole)
	}
	clear(c.newest[:])
	clear(c.heads[:])
}

// span compresses text[begin:end], the i-th span. The one behind the last value has a time only.
func (c *compiler) span(i, begin, end int) {
	fill(c.owner[begin:min(end+wideSize, len(c.text))], byte(i))
	at := begin
	switch i {
	case 0:
	case 1:
		at += len(timeText)
		c.literal(at)
	default:
		at += c.copyHead(i, begin, end)
	}
	if i == len(c.ends) {
		return
	}
	if i > 0 {
		c.heads[c.text[begin+len(timeText)+1]] = begin
		c.hashed = begin + len(timeText)
	}
	c.body(at, end)
}

// fill sets all bytes; there is at least one.
func fill(dst []byte, to byte) {
	dst[0] = to
	for n := 1; n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}

// copyHead copies the time, and what follows it, from an earlier span and returns how much that was.
func (c *compiler) copyHead(i, begin, end int) int {
	from := int(c.ends[i-2]) - len(timeText)
	n := c.match(from, begin, end)
	if i == len(c.ends) {
		return c.copy(from, begin, n)
	}
	if other := c.heads[c.text[begin+len(timeText)+1]]; other > 0 && begin-other <= maxFarOffset {
		if m := c.match(other, begin, end); m > n {
			from, n = other, m
		}
	}
	return c.copy(from, begin, n)
}

// body compresses text[at:end], which has no time.
func (c *compiler) body(at, end int) {
	for at+minNear <= end {
		from, n := c.find(at, end)
		if n == 0 {
			at++
			continue
		}
		at += c.copy(from, at, n)
	}
	c.learn(end)
}

// find looks for the longest match, of those the nearest.
func (c *compiler) find(at, end int) (from, n int) {
	c.learn(at)
	if q := at - c.offset; c.offset > 0 && !c.inTime(q) {
		from, n = c.better(from, n, q, at, end)
	}
	q := int(c.newest[c.hash(at)])
	for range maxTries {
		if q == 0 || at-q > maxFarOffset {
			break
		}
		from, n = c.better(from, n, q, at, end)
		q = int(c.before[q])
	}
	return from, n
}

// better returns the longer of two matches, if it is worth a copy.
func (c *compiler) better(from, n, other, at, end int) (int, int) {
	m := c.match(other, at, end)
	least := minFar
	if at-other <= maxNearOffset {
		least = minNear
	}
	if m < least || m <= n {
		return from, n
	}
	return other, m
}

// inTime tells whether a place lies in a value or a time.
func (c *compiler) inTime(at int) bool {
	k := int(c.owner[at])
	end := int(c.holes[k])
	begin := 0
	if k > 0 {
		begin = int(c.ends[k-1])
	}
	return at < begin || at >= end
}

// match is how long the text at from equals that at at, within both their spans.
func (c *compiler) match(from, at, end int) int {
	source := c.text[from:c.holes[c.owner[from]]]
	here := c.text[at:end]
	most := min(len(source), len(here))
	n := 0
	for ; n+8 <= most; n += 8 {
		if differ := binary.LittleEndian.Uint64(source[n:]) ^ binary.LittleEndian.Uint64(here[n:]); differ != 0 {
			return n + bits.TrailingZeros64(differ)/8
		}
	}
	for n < most && source[n] == here[n] {
		n++
	}
	return n
}

// learn puts all places up to at into the table.
func (c *compiler) learn(at int) {
	for ; c.hashed < at; c.hashed++ {
		h := c.hash(c.hashed)
		c.before[c.hashed] = c.newest[h]
		c.newest[h] = uint32(c.hashed)
	}
}

func (c *compiler) hash(at int) uint32 {
	return binary.LittleEndian.Uint32(c.text[at:]) * 0x9e3779b1 >> (32 - hashBits)
}

// copy writes n bytes at at as copies of those at from and returns how many of them it took: a short rest is left.
func (c *compiler) copy(from, at, n int) int {
	c.literal(at)
	c.offset = at - from
	left := n
	for left > maxFar {
		c.copyElement(maxFar)
		if left -= maxFar; left < rest {
			break
		}
	}
	if left == n || left >= rest {
		c.copyElement(left)
		left = 0
	}
	c.pending = at + n - left
	return n - left
}

func (c *compiler) copyElement(n int) {
	if n >= minNear && n <= maxNear && c.offset <= maxNearOffset {
		c.out = append(c.out, byte(c.offset>>8)<<5|byte(n-minNear)<<2|kindNear, byte(c.offset))
		return
	}
	c.out = append(c.out, byte(n-1)<<2|kindFar, byte(c.offset), byte(c.offset>>8))
}

// literal writes what is pending up to end.
func (c *compiler) literal(end int) {
	for end-c.pending > maxLiteral {
		c.out = appendLiteral(c.out, c.text[c.pending:c.pending+maxLiteral])
		c.pending += maxLiteral
	}
	if c.pending < end {
		c.out = appendLiteral(c.out, c.text[c.pending:end])
		c.pending = end
	}
}

// value writes the value at text[begin:end] at the end of a literal.
func (c *compiler) value(begin, end int) {
	if end-c.pending > maxLiteral {
		c.literal(begin)
	}
	c.literal(end)
}

// maxLiteral is the size of the longest literal that is written.
const maxLiteral = 256

// appendLiteral appends text as one element.
func appendLiteral(dst, text []byte) []byte {
	if n := len(text) - 1; n < 60 {
		dst = append(dst, byte(n)<<2)
	} else {
		dst = append(dst, 60<<2, byte(n))
	}
	return append(dst, text...)
}
