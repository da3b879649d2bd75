package wire

import (
	"encoding/binary"
	"math"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// appendItems appends histograms or exemplars to a WriteRequest, one TimeSeries each.
func (e *encoded) appendItems(dst []byte, p column.Part) []byte {
	var item []byte
	for i := range p.Len() {
		tag := byte(tagHistogram)
		if p.Kind() == column.Exemplars {
			tag = tagExemplar
			item = appendLabels(item[:0], p.Exemplars[i].Labels)
			item = appendExemplarEnd(item, p.Exemplars[i].Value, p.Time(i))
		} else {
			item = appendHistogram(item[:0], p.Histograms[i], p.Time(i))
		}
		labels := e.block(p.Member(i))
		size := len(labels) + 1 + uvarintSize(uint64(len(item))) + len(item)
		dst = binary.AppendUvarint(append(dst, tagSeries), uint64(size))
		dst = append(dst, labels...)
		dst = appendBytes(dst, tag, item)
	}
	return dst
}

// appendExemplarEnd appends the fields value and timestamp, which have the same numbers in both versions.
func appendExemplarEnd(dst []byte, value float64, t int64) []byte {
	dst = binary.LittleEndian.AppendUint64(append(dst, tagExemplarValue), math.Float64bits(value))
	return binary.AppendUvarint(append(dst, tagExemplarTime), uint64(t))
}

// appendHistogram appends a message Histogram of either version.
func appendHistogram(dst []byte, h column.Histogram, t int64) []byte {
	return binary.AppendUvarint(append(append(dst, h...), tagHistogramAt), uint64(t))
}

func appendBytes(dst []byte, tag byte, text []byte) []byte {
	dst = binary.AppendUvarint(append(dst, tag), uint64(len(text)))
	return append(dst, text...)
}
