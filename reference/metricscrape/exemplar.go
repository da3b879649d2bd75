package metricscrape

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// maxExemplarRunes is how long names and values of an exemplar's labels may be together, as OpenMetrics says. Longer ones are
// left out.
const maxExemplarRunes = 128

// example is one exemplar of a page. An exemplar stays on the page until there is a newer one, so each is forwarded once:
// what identifies it is compared with what the last page had for the series.
type example struct {
	known *known
	key   string
	old   bool // it stood on the last page
	column.Exemplar
	time  int64
	timed bool
}

// readExample reads what follows a value in OpenMetrics behind the sign #: {labels} value [time].
func (p *page) readExample(k *known, text []byte) error {
	if len(k.examples) == 1 && k.examples[0] == string(text) {
		return nil
	}
	end := seriesLength(text)
	set, err := parseSeries(append([]byte("x"), text[:end]...))
	if err != nil {
		return fmt.Errorf("exemplar %.80q of %.80s is malformed", text, k.raw)
	}
	e := example{known: k, key: string(text)}
	value, rest := field(text[end:])
	if e.Value, err = parseValue(value); err != nil {
		return fmt.Errorf("value %.40q of the exemplar of %.80s is not a number", value, k.raw)
	}
	if at, rest := field(rest); len(at) > 0 {
		if e.time, err = parseSeconds(at); err != nil || len(bytes.TrimSpace(rest)) > 0 {
			return fmt.Errorf("time %.40q of the exemplar of %.80s is not a number of seconds", at, k.raw)
		}
		e.timed = true
	}
	e.Labels = exemplarLabels(set)
	p.take(e)
	return nil
}

// takeExemplar takes one that the library has read. A native histogram's must have a time, because it has several.
func (p *page) takeExemplar(k *known, from *exemplar.Exemplar, native bool) {
	if native && !from.HasTs {
		return
	}
	key := fmt.Sprint(from.Labels, from.Value, from.HasTs, from.Ts)
	p.take(example{
		known: k, key: key, old: slices.Contains(k.examples, key), time: from.Ts, timed: from.HasTs,
		Exemplar: column.Exemplar{Labels: exemplarLabels(from.Labels), Value: from.Value},
	})
}

func (p *page) take(e example) {
	runes := 0
	for _, l := range e.Labels {
		runes += utf8.RuneCountInString(l.Name) + utf8.RuneCountInString(l.Value)
	}
	if runes <= maxExemplarRunes {
		p.examples = append(p.examples, e)
	}
}

func exemplarLabels(set labels.Labels) []column.Label {
	var own []column.Label
	set.Range(func(l labels.Label) {
		if l.Name != "__name__" {
			own = append(own, column.Label{Name: l.Name, Value: l.Value})
		}
	})
	return own
}

// withExemplars appends to the columns of a page those of the exemplars that belong to their series.
func (p *page) withExemplars(columns []column.Column, now int64) []column.Column {
	for i := range p.examples {
		if k := p.examples[i].known; i == 0 || p.examples[i-1].known != k {
			k.examples = k.examples[:0:0]
		}
		p.examples[i].known.examples = append(p.examples[i].known.examples, p.examples[i].key)
	}
	p.examples = slices.DeleteFunc(p.examples, func(e example) bool { return e.old })
	for _, base := range columns {
		if len(p.examples) == 0 {
			break
		}
		if c := p.exemplarsOf(base.Layout, now); len(c.Exemplars) > 0 {
			columns = append(columns, c)
		}
	}
	p.examples = p.examples[:0]
	return columns
}

// exemplarsOf makes a column of the exemplars that belong to series of a layout.
func (p *page) exemplarsOf(l *column.Layout, now int64) column.Column {
	c := column.Column{Layout: l, T: now}
	places := p.placesIn(l)
	for _, e := range p.examples {
		at, has := places[&e.known.series.Labels[0]]
		if !has {
			continue
		}
		if !e.timed {
			e.time = now
		}
		c.Exemplars, c.Index, c.Times = append(c.Exemplars, e.Exemplar), append(c.Index, at), append(c.Times, e.time)
	}
	return c
}

// placesIn tells where in the layout a series is, by the address of its labels.
func (p *page) placesIn(l *column.Layout) map[*column.Label]int {
	if places := p.places[l]; places != nil {
		return places
	}
	places := make(map[*column.Label]int, len(l.Series))
	for i, s := range l.Series {
		if len(s.Labels) > 0 {
			places[&s.Labels[0]] = i
		}
	}
	if len(p.places) >= 4 || p.places == nil { // of a few layouts at most, the others are no longer used
		p.places = map[*column.Layout]map[*column.Label]int{}
	}
	p.places[l] = places
	return places
}
