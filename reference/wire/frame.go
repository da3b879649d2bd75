package wire

import (
	"encoding/binary"
	"math"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Field numbers and types of the messages WriteRequest, TimeSeries, Label, Sample, Exemplar and Histogram of Remote Write 1.0.
const (
	tagSeries    = 1<<3 | 2
	tagLabel     = 1<<3 | 2
	tagLabelName = 1<<3 | 2
	tagLabelText = 2<<3 | 2
	tagSample    = 2<<3 | 2
	tagValue     = 1<<3 | 1
	tagTimestamp = 2 << 3 // a varint, type 0

	tagExemplar      = 3<<3 | 2
	tagHistogram     = 4<<3 | 2
	tagExemplarValue = 2<<3 | 1
	tagExemplarTime  = 3 << 3
	tagHistogramAt   = 15 << 3
)

// A time between 1971 and 2109 takes six bytes, so that a series with such a time always has the same size:
//
//	tagSeries size labels... | tagSample 16 tagValue VALUE(8) tagTimestamp TIME(6)
//
// The value is written even if it is 0. Other times take the slow way.
const (
	timeSize   = 6
	sampleSize = 1 + 8 + 1 + timeSize
	tailSize   = 2 + sampleSize
	minTime    = 1 << (7 * (timeSize - 1))
	maxTime    = 1<<(7*timeSize) - 1
	// Places in an encoded series, counted from its end.
	valueAt = 8 + 1 + timeSize
	timeAt  = timeSize
)

// encoded is a frame in the form in which it is sent, with holes for the values and times.
type encoded struct {
	// text are all series one after the other; ends[i] is where series i ends, labels[i] how long its labels are.
	text   []byte
	ends   []uint32
	labels []uint32
	// A series without labels is there, but empty.
	selection
	compiled
}

// encode prepares a frame for an endpoint. text is memory for its text, which is copied; it is returned, perhaps grown.
func encode(frame *column.Frame, labels labeller, text []byte) (*encoded, []byte) {
	n := len(frame.Series)
	e := &encoded{ends: make([]uint32, n), labels: make([]uint32, n)}
	var room []column.Label
	var block []byte
	text = text[:0]
	for i, s := range frame.Series {
		merged := labels.labels(&room, s.Labels)
		block = appendLabels(block[:0], merged)
		if len(block) > 0 {
			text = appendSeries(text, block, 0, minTime)
		} else {
			e.lack(i, n)
		}
		e.ends[i] = uint32(len(text))
		e.labels[i] = uint32(len(block))
	}
	e.text = append(make([]byte, 0, len(text)), text...)
	e.settle()
	return e, text
}

// appendLabels appends the repeated field labels of a TimeSeries.
func appendLabels(dst []byte, labels []column.Label) []byte {
	for _, l := range labels {
		size := textSize(l.Name) + textSize(l.Value)
		if size < 0x80 { // then all three sizes take one byte
			dst = append(append(dst, tagLabel, byte(size), tagLabelName, byte(len(l.Name))), l.Name...)
			dst = append(append(dst, tagLabelText, byte(len(l.Value))), l.Value...)
			continue
		}
		dst = binary.AppendUvarint(append(dst, tagLabel), uint64(size))
		dst = appendText(dst, tagLabelName, l.Name)
		dst = appendText(dst, tagLabelText, l.Value)
	}
	return dst
}

// appendSeries appends a TimeSeries with encoded labels and one sample to a WriteRequest. It is right for every time.
func appendSeries(dst, labels []byte, value uint64, t int64) []byte {
	sample := 1 + 8 + 1 + uvarintSize(uint64(t))
	size := len(labels) + 1 + uvarintSize(uint64(sample)) + sample
	dst = binary.AppendUvarint(append(dst, tagSeries), uint64(size))
	dst = append(dst, labels...)
	dst = binary.AppendUvarint(append(dst, tagSample), uint64(sample))
	dst = binary.LittleEndian.AppendUint64(append(dst, tagValue), value)
	return binary.AppendUvarint(append(dst, tagTimestamp), uint64(t))
}

func appendText(dst []byte, tag byte, text string) []byte {
	dst = binary.AppendUvarint(append(dst, tag), uint64(len(text)))
	return append(dst, text...)
}

// textSize is the size of a string field with a tag of one byte.
func textSize(text string) int {
	return 1 + uvarintSize(uint64(len(text))) + len(text)
}

func uvarintSize(v uint64) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

// append appends the items of a part of this frame to a WriteRequest.
func (e *encoded) append(dst []byte, p column.Part) []byte {
	if p.Kind() != column.Samples {
		return e.appendItems(dst, p)
	}
	if !e.fits(p) {
		return e.appendSlowly(dst, p)
	}
	first, run := e.run(p)
	if !run {
		return e.appendEach(dst, p)
	}
	from := e.start(first)
	base := len(dst) - from
	dst = append(dst, e.text[from:e.ends[first+p.Len()-1]]...)
	for i, v := range p.Values {
		patch(dst, base+int(e.ends[first+i]), v, p.Time(i))
	}
	return dst
}

// fits tells whether all times of a part take six bytes.
func (e *encoded) fits(p column.Part) bool {
	if p.Times == nil {
		return p.T >= minTime && p.T <= maxTime
	}
	for _, t := range p.Times {
		if t < minTime || t > maxTime {
			return false
		}
	}
	return true
}

// run tells whether the part's series lie side by side, which makes them one copy, and which is the first.
func (e *encoded) run(p column.Part) (first int, ok bool) {
	if p.Index == nil {
		return 0, true
	}
	first = int(p.Index[0])
	return first, int(p.Index[len(p.Index)-1])-first == len(p.Index)-1
}

// appendEach copies the series one by one.
func (e *encoded) appendEach(dst []byte, p column.Part) []byte {
	for i, v := range p.Values {
		series := int(p.Index[i])
		dst = append(dst, e.text[e.start(series):e.ends[series]]...)
		patch(dst, len(dst), v, p.Time(i))
	}
	return dst
}

// appendSlowly encodes each series anew around its labels.
func (e *encoded) appendSlowly(dst []byte, p column.Part) []byte {
	for i, v := range p.Values {
		dst = appendSeries(dst, e.block(p.Member(i)), math.Float64bits(v), p.Time(i))
	}
	return dst
}

// block returns the encoded labels of a series.
func (e *encoded) block(series int) []byte {
	end := e.ends[series] - tailSize
	return e.text[end-e.labels[series] : end]
}

func (e *encoded) start(series int) int {
	if series == 0 {
		return 0
	}
	return int(e.ends[series-1])
}

// patch writes the value and the time into the series that ends at end.
func patch(text []byte, end int, v float64, t int64) {
	binary.LittleEndian.PutUint64(text[end-valueAt:], math.Float64bits(v))
	putTime(text[end-timeAt:end], t)
}

// putTime writes a time of six bytes.
func putTime(tail []byte, t int64) {
	_ = tail[timeSize-1]
	tail[0] = byte(t) | 0x80
	tail[1] = byte(t>>7) | 0x80
	tail[2] = byte(t>>14) | 0x80
	tail[3] = byte(t>>21) | 0x80
	tail[4] = byte(t>>28) | 0x80
	tail[5] = byte(t >> 35)
}
