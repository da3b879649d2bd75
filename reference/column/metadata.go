package column

import "strings"

// Metadata says what a metric is.
type Metadata struct {
	// Family is the name that all series of the metric share: without _bucket, _total and the like.
	Family string
	// Type is counter, gauge, histogram, gaugehistogram, summary, info or stateset; anything else is unknown.
	Type string
	Help string
	Unit string
}

// Catalogue is what is known about metrics at one moment, by family. It never changes; nil knows nothing.
type Catalogue struct {
	families map[string]Metadata
}

// NewCatalogue makes a catalogue. The map is kept and must not be written to any more.
func NewCatalogue(families map[string]Metadata) *Catalogue { return &Catalogue{families} }

// Len is the number of families.
func (c *Catalogue) Len() int {
	if c == nil {
		return 0
	}
	return len(c.families)
}

// All returns the families by name. The map must not be written to.
func (c *Catalogue) All() map[string]Metadata {
	if c == nil {
		return nil
	}
	return c.families
}

// Of finds what is known about a series by the name of its metric: its family's name, or that with one of the endings that
// the series of a histogram, a summary, a counter or an info metric have.
func (c *Catalogue) Of(metric string) (Metadata, bool) {
	if c == nil {
		return Metadata{}, false
	}
	if m, known := c.families[metric]; known {
		return m, true
	}
	for _, ending := range [...]string{"_bucket", "_count", "_sum", "_total", "_created", "_info", "_gcount", "_gsum"} {
		if family, has := strings.CutSuffix(metric, ending); has {
			m, known := c.families[family]
			return m, known
		}
	}
	return Metadata{}, false
}
