package metricscrape

import "github.com/touchstone-telemetry/touchstone/reference/column"

// ownTimes collects the samples of a page that carry a time of their own.
type ownTimes struct {
	samples []sample
	layout  *column.Layout // of the last page's first column, reused while the same series come back
}

// assemble makes columns of the lines just read and compares them with the page before.
func (p *page) assemble(now int64) reading {
	r := reading{samples: len(p.lines) + len(p.natives.lines)}
	var gone []column.Series
	if p.sameAsLast() {
		p.values = p.values[:0]
		for _, s := range p.lines {
			p.values = append(p.values, s.value)
		}
	} else {
		r.added, gone = p.relayout()
	}
	r.columns = append(r.columns, column.Column{Layout: p.layout, T: now, Values: p.values})
	r.columns = append(r.columns, p.own.columns()...)
	if c, added, ended := p.natives.assemble(now); c.Layout != nil {
		r.columns = append(r.columns, c)
		r.added, gone = r.added+added, append(gone, ended...)
		if added > 0 || len(ended) > 0 {
			p.forgetNew()
		}
	}
	if len(gone) > 0 {
		r.gone = &column.Layout{Series: gone}
	}
	if len(p.examples) > 0 {
		r.columns = p.withExemplars(r.columns, now)
	}
	return r
}

// stale returns the markers that end all series of the last page but those with times of their own.
func (p *page) stale(now int64) []column.Column {
	columns := []column.Column{stale(p.layout, now)}
	if p.natives.layout != nil {
		columns = append(columns, stale(&column.Layout{Series: untimed(p.natives.last)}, now))
	}
	return columns
}

func untimed(all []*known) (series []column.Series) {
	for _, k := range all {
		if !k.timed {
			series = append(series, k.series)
		}
	}
	return series
}

// sameAsLast tells whether the page has the series of the last one in the same order, and none with a time of its own
// or twice.
func (p *page) sameAsLast() bool {
	if p.layout == nil || len(p.lines) != len(p.last) || len(p.lines) != len(p.layout.Series) {
		return false
	}
	for i, s := range p.lines {
		if s.known != p.last[i] || s.timed {
			return false
		}
	}
	return true
}

// relayout takes the page as the new last one. A series that stands twice on a page counts once, with its first value.
func (p *page) relayout() (added int, gone []column.Series) {
	before := p.last
	p.last = make([]*known, 0, len(p.lines))
	p.values = p.values[:0]
	p.own.samples = p.own.samples[:0]
	old := membership(before)
	current := make(map[string]bool, len(p.lines))
	var plain []column.Series
	for _, s := range p.lines {
		p.last = append(p.last, s.known)
		s.known.timed = s.timed
		if s.timed {
			p.own.take(s)
			continue
		}
		if current[s.known.id] {
			continue
		}
		current[s.known.id] = true
		if !old[s.known.id] {
			added++
		}
		plain = append(plain, s.known.series)
		p.values = append(p.values, s.value)
	}
	p.forgetNew()
	if !sameSeries(p.layout, plain) {
		p.layout = &column.Layout{Series: plain, Metadata: p.metadata}
	}
	return added, missing(before, old, current)
}

func membership(lines []*known) map[string]bool {
	set := make(map[string]bool, len(lines))
	for _, k := range lines {
		set[k.id] = true
	}
	return set
}

// missing returns the series that stood on the page before and do not now. Series with times of their own do
// not become stale: their source decides when they end.
func missing(before []*known, old, current map[string]bool) (gone []column.Series) {
	for _, k := range before {
		if !k.timed && old[k.id] && !current[k.id] {
			old[k.id] = false
			gone = append(gone, k.series)
		}
	}
	return gone
}

// sameSeries tells whether a layout already has just these series in this order; their labels are shared, so comparing
// where they lie is enough.
func sameSeries(l *column.Layout, series []column.Series) bool {
	if l == nil || len(l.Series) != len(series) {
		return false
	}
	for i := range series {
		a, b := l.Series[i].Labels, series[i].Labels
		if len(a) != len(b) || len(a) > 0 && &a[0] != &b[0] {
			return false
		}
	}
	return true
}

// take keeps a sample unless its time was taken before: a target may repeat the last sample it has.
func (o *ownTimes) take(s sample) {
	if s.time > s.known.lastT {
		s.known.lastT = s.time
		o.samples = append(o.samples, s)
	}
}

// columns makes one column of the samples taken, or several if the page has several times for one series.
func (o *ownTimes) columns() []column.Column {
	var columns []column.Column
	for rest := o.samples; len(rest) > 0; {
		n := distinct(rest)
		columns = append(columns, timedColumn(rest[:n]))
		rest = rest[n:]
	}
	if len(columns) > 0 {
		if sameSeries(o.layout, columns[0].Layout.Series) {
			columns[0].Layout = o.layout
		}
		o.layout = columns[0].Layout
	}
	o.samples = o.samples[:0]
	return columns
}

// distinct counts the samples up to the first whose series stands before it.
func distinct(samples []sample) int {
	seen := make(map[*known]bool, len(samples))
	for i, s := range samples {
		if seen[s.known] {
			return i
		}
		seen[s.known] = true
	}
	return len(samples)
}

func timedColumn(samples []sample) column.Column {
	c := column.Column{Layout: &column.Layout{}, T: samples[0].time}
	for _, s := range samples {
		c.Layout.Series = append(c.Layout.Series, s.known.series)
		c.Values = append(c.Values, s.value)
		c.Times = append(c.Times, s.time)
	}
	return c
}
