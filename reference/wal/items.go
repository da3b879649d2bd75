package wal

import (
	"encoding/binary"
	"math"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// Histograms and exemplars differ in size, so their bodies are read one after the other:
//
//	histogram: size, bytes
//	exemplar:  labels, value (8 bytes)

func packedFlag(kind column.Kind) byte {
	if kind == column.Histograms {
		return flagHistograms
	}
	return flagExemplars
}

// appendItems writes the items of a part that is not one of samples.
func appendItems(dst []byte, p *column.Part) []byte {
	for _, h := range p.Histograms {
		dst = append(binary.AppendUvarint(dst, uint64(len(h))), h...)
	}
	for _, e := range p.Exemplars {
		dst = appendLabels(dst, e.Labels)
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(e.Value))
	}
	return dst
}

// decodeItems reads what appendItems wrote. The part keeps nothing of the text.
func decodeItems(p *column.Part, kind column.Kind, n int, text []byte) error {
	c := cursor{rest: text}
	if kind == column.Histograms {
		p.Histograms = make([]column.Histogram, n)
		for i := range p.Histograms {
			p.Histograms[i] = append(column.Histogram{}, c.bytes(c.count())...)
		}
		return c.err
	}
	p.Exemplars = make([]column.Exemplar, n)
	for i := range p.Exemplars {
		p.Exemplars[i].Labels = c.labels()
		if value := c.bytes(8); c.err == nil {
			p.Exemplars[i].Value = math.Float64frombits(binary.LittleEndian.Uint64(value))
		}
	}
	return c.err
}

// labels reads what appendLabels wrote.
func (c *cursor) labels() []column.Label {
	labels := make([]column.Label, c.count())
	for i := range labels {
		labels[i] = column.Label{Name: c.text(), Value: c.text()}
	}
	return labels
}

func (c *cursor) text() string { return string(c.bytes(c.count())) }

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}
