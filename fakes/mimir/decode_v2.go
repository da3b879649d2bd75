package mimir

import (
	"errors"
	"fmt"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/proto"
)

var (
	errOdd     = errors.New("an odd number of label references")
	errSymbols = errors.New("the first symbol is not the empty string")
)

// decodeV2 reads an io.prometheus.write.v2.Request, its symbols first wherever they stand.
func (d *decoder) decodeV2(message []byte) error {
	if err := d.readSymbols(message); err != nil {
		return err
	}
	for r := proto.NewReader(message); ; {
		if !r.Next() {
			return r.Err()
		}
		if r.Number != 5 {
			continue
		}
		if err := d.seriesV2(r.Bytes()); err != nil {
			return fmt.Errorf("series %d: %w", len(d.batch.refs)+1, err)
		}
	}
}

func (d *decoder) readSymbols(message []byte) error {
	r := proto.NewReader(message)
	for r.Next() {
		if r.Number != 4 {
			continue
		}
		d.symbols = append(d.symbols, r.Bytes())
		if err := d.spend(sizeOfSymbol); err != nil {
			return err
		}
	}
	if len(d.symbols) > 0 && len(d.symbols[0]) > 0 {
		return errSymbols
	}
	return r.Err()
}

func (d *decoder) seriesV2(message []byte) error {
	from := d.begin()
	d.refs = d.refs[:0]
	var metadata []byte
	var created int64
	for r := proto.NewReader(message); ; {
		if !r.Next() {
			if r.Err() != nil {
				return r.Err()
			}
			d.startAt(from, created)
			return d.finishV2(from, metadata)
		}
		var err error
		switch r.Number {
		case 1:
			d.refs = r.AppendUint32(d.refs)
		case 2:
			err = d.sample(r.Bytes())
		case 3:
			err = d.histogram(r.Bytes())
		case 4:
			err = d.exemplarV2(r.Bytes())
		case 5:
			metadata = r.Bytes()
		case 6:
			created = r.Int64()
		}
		if err != nil {
			return err
		}
	}
}

// startAt fills in the time that senders of the first drafts of 2.0 gave once for the series, as created timestamp.
func (d *decoder) startAt(from ref, created int64) {
	if created == 0 {
		return
	}
	for i := range d.batch.samples[from.samples:] {
		if s := &d.batch.samples[int(from.samples)+i]; s.Start == 0 {
			s.Start = created
		}
	}
	for i := range d.batch.histograms[from.histograms:] {
		if h := &d.batch.histograms[int(from.histograms)+i]; h.Start == 0 {
			h.Start = created
		}
	}
}

func (d *decoder) finishV2(from ref, metadata []byte) error {
	var err error
	if d.raw, err = d.resolve(d.raw[:0], d.refs); err != nil {
		return err
	}
	if err := d.finish(from, d.raw); err != nil {
		return err
	}
	return d.metadataV2(metadata, &d.batch.refs[len(d.batch.refs)-1])
}

// resolve writes the labels that pairs of references stand for as version 1.0 encodes them.
func (d *decoder) resolve(to []byte, refs []uint32) ([]byte, error) {
	if len(refs)%2 != 0 {
		return to, errOdd
	}
	for i := 0; i < len(refs); i += 2 {
		name, err := d.symbol(refs[i])
		if err != nil {
			return to, err
		}
		value, err := d.symbol(refs[i+1])
		if err != nil {
			return to, err
		}
		if len(to) > d.limit/2 { // a few references can stand for megabytes
			return to, errTooLarge{limit: d.limit / 2}
		}
		to = appendLabel(to, name, value)
	}
	return to, nil
}

func (d *decoder) symbol(ref uint32) ([]byte, error) {
	if uint64(ref) >= uint64(len(d.symbols)) {
		return nil, fmt.Errorf("reference %d is beyond the %d symbols", ref, len(d.symbols))
	}
	return d.symbols[ref], nil
}

// appendLabel writes a label field of version 1.0.
func appendLabel(to, name, value []byte) []byte {
	to = append(to, 1<<3|byte(proto.Bytes))
	to = appendUvarint(to, fieldSize(name)+fieldSize(value))
	return appendField(appendField(to, 1, name), 2, value)
}

// fieldSize is how many bytes a length-delimited field with a small number takes.
func fieldSize(data []byte) int {
	size := 2 + len(data)
	for n := len(data); n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

func (d *decoder) exemplarV2(message []byte) error {
	var e Exemplar
	var refs []uint32
	r := proto.NewReader(message)
	for r.Next() {
		switch r.Number {
		case 1:
			refs = r.AppendUint32(refs)
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
	if d.extra, err = d.resolve(d.extra[:0], refs); err != nil {
		return fmt.Errorf("exemplar: %w", err)
	}
	return d.exemplar(e, d.extra)
}

// metadataV2 adds what a series says about its metric. Prometheus sends the message always, empty when it knows nothing: that is none.
func (d *decoder) metadataV2(message []byte, of *ref) error {
	var kind uint64
	var help, unit uint32
	r := proto.NewReader(message)
	for r.Next() {
		switch r.Number {
		case 1:
			kind = r.Uint64()
		case 3:
			help = uint32(r.Uint64())
		case 4:
			unit = uint32(r.Uint64())
		}
	}
	if r.Err() != nil || kind == 0 && help == 0 && unit == 0 {
		return orErr(r.Err(), "metadata", nil)
	}
	helpText, err := d.symbol(help)
	if err != nil {
		return fmt.Errorf("metadata: help: %w", err)
	}
	unitText, err := d.symbol(unit)
	if err != nil {
		return fmt.Errorf("metadata: unit: %w", err)
	}
	d.batch.metadata = append(d.batch.metadata, Metadata{
		Metric: of.series.labels.Get(labels.MetricName),
		Type:   metricType(kind),
		Help:   string(helpText),
		Unit:   string(unitText),
	})
	of.metadata = int32(len(d.batch.metadata))
	return d.spend(sizeOfMetadata + len(helpText) + len(unitText))
}
