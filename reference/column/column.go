// Package column holds what flows through the metrics path of the agent: layouts, columns, frames and parts, of samples,
// native histograms and exemplars.
//
// A scraper produces a [Layout] (the series of one target, in order) once and then one [Column] of values per scrape.
// The log cuts a layout into [Frame]s and stores each column as one [Part] per frame; queues and encoders work on parts
// only. Nothing on the way is done per sample that can be done per frame.
//
// Layouts and frames are immutable once handed over, so they may be shared between goroutines without locks.
package column

import (
	"context"
	"math"
)

// StaleNaN is the bit pattern of the value that marks the end of a series (0x7ff0000000000002).
const StaleNaN uint64 = 0x7ff0000000000002

// Stale returns the staleness marker as a value. Compare with IsStale, not with ==.
func Stale() float64 { return math.Float64frombits(StaleNaN) }

// IsStale tells whether v is the staleness marker, bit for bit.
func IsStale(v float64) bool { return math.Float64bits(v) == StaleNaN }

// Label is one name and value of a series.
type Label struct {
	Name, Value string
}

// Series is one time series: its labels, sorted by name, without duplicates and without empty values. The metric name is
// the label __name__.
type Series struct {
	Labels []Label
}

// Layout is the ordered list of series of one source. The same pointer means the same series in the same order, so a
// receiver prepares a layout once and recognises it by address afterwards.
type Layout struct {
	Series []Series
	// Metadata says what the metrics of the series are, as far as that is known; no two have one Family.
	Metadata []Metadata
}

// Column is what one scrape has for a layout: a value for every series, or a native histogram for every series, or
// exemplars for some. Exactly one of Values, Histograms and Exemplars is used.
type Column struct {
	Layout *Layout
	// T is the time of everything in the column, in milliseconds since 1970-01-01 UTC.
	T int64
	// Values has one value per series of the layout, in its order.
	Values []float64
	// Histograms has one histogram per series of the layout, in its order.
	Histograms []Histogram
	// Exemplars belong to the series that Index names. A series may have several.
	Exemplars []Exemplar
	// Index is, for each of the Exemplars, the place of its series in the layout. It goes with Exemplars only.
	Index []int
	// Times is nil when everything has time T. Otherwise it has one time per value, histogram or exemplar.
	Times []int64
}

// Kind is the kind of what the column holds.
func (c *Column) Kind() Kind { return kindOf(c.Histograms, c.Exemplars) }

// Len is the number of values, histograms or exemplars.
func (c *Column) Len() int { return len(c.Values) + len(c.Histograms) + len(c.Exemplars) }

// Receiver takes columns. It is what a write component exports and a scrape component is given.
type Receiver interface {
	// Append takes the columns of one scrape as one unit: either all of them are kept or an error comes back. It copies
	// what it keeps, so the caller may reuse the column's slices afterwards; layouts, histograms and the labels of
	// exemplars are kept by reference.
	// Safe for concurrent use.
	Append(ctx context.Context, columns ...Column) error
}
