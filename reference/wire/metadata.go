package wire

import (
	"encoding/binary"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Field numbers and types of the messages WriteRequest and MetricMetadata of Remote Write 1.0.
const (
	tagMetadata       = 3<<3 | 2
	tagMetadataType   = 1 << 3
	tagMetadataFamily = 2<<3 | 2
	tagMetadataHelp   = 4<<3 | 2
	tagMetadataUnit   = 5<<3 | 2
)

// typeNumber is the number of a type of metric, the same in both versions. 0 means unknown.
func typeNumber(name string) byte {
	switch name {
	case "counter":
		return 1
	case "gauge":
		return 2
	case "histogram":
		return 3
	case "gaugehistogram":
		return 4
	case "summary":
		return 5
	case "info":
		return 6
	case "stateset":
		return 7
	}
	return 0
}

// EncodeMetadata appends to dst the Snappy block of a WriteRequest of version 1.0 with metadata and nothing else.
func EncodeMetadata(dst []byte, all []column.Metadata) []byte {
	var s scratch
	var one []byte
	for _, m := range all {
		one = append(one[:0], tagMetadataType, typeNumber(m.Type))
		one = appendText(one, tagMetadataFamily, m.Family)
		one = appendText(one, tagMetadataHelp, m.Help)
		one = appendText(one, tagMetadataUnit, m.Unit)
		s.raw = appendBytes(s.raw, tagMetadata, one)
	}
	return s.appendTo(dst)
}

// piece is what version 2.0 sends of the metadata of one series; help and unit are places in a table of symbols.
type piece struct {
	kind       byte
	help, unit uint32
}

// append appends the field metadata of a TimeSeries of version 2.0, unless there is nothing to say.
func (m piece) append(dst []byte, symbol func(uint32) uint32) []byte {
	if m == (piece{}) {
		return dst
	}
	var one [16]byte
	text := append(one[:0], tag2MetadataType, m.kind)
	text = binary.AppendUvarint(append(text, tag2MetadataHelp), uint64(symbol(m.help)))
	text = binary.AppendUvarint(append(text, tag2MetadataUnit), uint64(symbol(m.unit)))
	return appendBytes(dst, tag2Metadata, text)
}
