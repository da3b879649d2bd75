package mimir

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/touchstone-telemetry/touchstone/fakes/proto"
)

// decodeV1 reads a prometheus.WriteRequest.
func (d *decoder) decodeV1(message []byte) error {
	for r := proto.NewReader(message); ; {
		if !r.Next() {
			return r.Err()
		}
		switch r.Number {
		case 1:
			if err := d.seriesV1(r.Bytes()); err != nil {
				return fmt.Errorf("series %d: %w", len(d.batch.refs)+1, err)
			}
		case 3:
			if err := d.metadataV1(r.Bytes()); err != nil {
				return fmt.Errorf("metadata %d: %w", len(d.batch.metadata)+1, err)
			}
		}
	}
}

func (d *decoder) seriesV1(message []byte) error {
	n := leadingLabels(message)
	set, from := message[:n], d.begin()
	for r := proto.NewReader(message[n:]); ; {
		if !r.Next() {
			if r.Err() != nil {
				return r.Err()
			}
			return d.finishV1(from, set)
		}
		var err error
		switch r.Number {
		case 1:
			set = d.moreLabels(set, r.Bytes())
		case 2:
			err = d.sample(r.Bytes())
		case 3:
			err = d.exemplarV1(r.Bytes())
		case 4:
			err = d.histogram(r.Bytes())
		}
		if err != nil {
			return err
		}
	}
}

func (d *decoder) finishV1(from ref, raw []byte) error {
	s, err := d.lookUp(raw)
	if err != nil {
		return err
	}
	return d.finish(from, s)
}

// leadingLabels is the length of the short label fields that a series begins with: with any sane sender, of all of them.
func leadingLabels(message []byte) int {
	const tag = 1<<3 | byte(proto.Bytes)
	n := 0
	for n+1 < len(message) && message[n] == tag && message[n+1] < 0x80 {
		end := n + 2 + int(message[n+1])
		if end > len(message) {
			break
		}
		n = end
	}
	return n
}

// moreLabels appends a label that came after something else, or is long. The labels so far lie in the message until the first time.
func (d *decoder) moreLabels(set, label []byte) []byte {
	if len(d.raw) == 0 || len(set) == 0 || &set[0] != &d.raw[0] {
		d.raw = append(d.raw[:0], set...)
	}
	d.raw = appendField(d.raw, 1, label)
	return d.raw
}

// appendField writes a length-delimited field.
func appendField(to []byte, number int, data []byte) []byte {
	to = appendUvarint(append(to, byte(number<<3)|byte(proto.Bytes)), len(data))
	return append(to, data...)
}

func appendUvarint(to []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		to = append(to, byte(n)|0x80)
	}
	return append(to, byte(n))
}

// sample reads a sample of either version: they differ in the start, which 1.0 does not have.
func (d *decoder) sample(message []byte) error {
	if s, ok := usualSample(message); ok {
		d.batch.samples = append(d.batch.samples, s)
		return d.spend(sizeOfSample)
	}
	var s Sample
	for r := proto.NewReader(message); ; {
		if !r.Next() {
			d.batch.samples = append(d.batch.samples, s)
			return orErr(r.Err(), "sample", d.spend(sizeOfSample))
		}
		switch r.Number {
		case 1:
			s.Value = r.Double()
		case 2:
			s.Timestamp = r.Int64()
		case 3:
			s.Start = r.Int64()
		}
	}
}

// usualSample reads a sample as nearly all are written: a value, a timestamp, and nothing more. It takes 9 ns, a walk over the fields 53.
func usualSample(message []byte) (s Sample, ok bool) {
	const timestampAt = 9 // behind the value with its tag
	if len(message) <= timestampAt+1 || message[0] != 1<<3|byte(proto.Fixed64) || message[timestampAt] != 2<<3|byte(proto.Varint) {
		return s, false
	}
	timestamp, n := binary.Uvarint(message[timestampAt+1:])
	s.Value, s.Timestamp = math.Float64frombits(binary.LittleEndian.Uint64(message[1:])), int64(timestamp)
	return s, n == len(message)-timestampAt-1
}

// orErr is the error of a message, told whose, or else the other one.
func orErr(err error, whose string, other error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", whose, err)
	}
	return other
}

func (d *decoder) exemplarV1(message []byte) error {
	var e Exemplar
	d.extra = d.extra[:0]
	r := proto.NewReader(message)
	for r.Next() {
		switch r.Number {
		case 1:
			d.extra = appendField(d.extra, 1, r.Bytes())
		case 2:
			e.Value = r.Double()
		case 3:
			e.Timestamp = r.Int64()
		}
	}
	if r.Err() != nil {
		return fmt.Errorf("exemplar: %w", r.Err())
	}
	var err error
	if e.Labels, err = parseLabels(d.extra, d.spend); err != nil {
		return fmt.Errorf("exemplar: %w", err)
	}
	d.batch.exemplars = append(d.batch.exemplars, e)
	return d.spend(sizeOfExemplar)
}

func (d *decoder) metadataV1(message []byte) error {
	m := Metadata{Type: metricType(0)}
	r := proto.NewReader(message)
	for r.Next() {
		switch r.Number {
		case 1:
			m.Type = metricType(r.Uint64())
		case 2:
			m.Metric = string(r.Bytes())
		case 4:
			m.Help = string(r.Bytes())
		case 5:
			m.Unit = string(r.Bytes())
		}
	}
	d.batch.metadata = append(d.batch.metadata, m)
	return orErr(r.Err(), "fields", d.spend(sizeOfMetadata+len(message)))
}
