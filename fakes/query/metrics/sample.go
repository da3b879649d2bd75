package metrics

import (
	"cmp"
	"slices"
	"sort"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// sample is a value or a native histogram as it was accepted. It is a chunks.Sample.
type sample struct {
	t, start  int64 // milliseconds
	value     float64
	histogram *mimir.Histogram // nil for a value
	seq       int              // of the request that brought it
}

func (s *sample) T() int64   { return s.t }
func (s *sample) ST() int64  { return s.start }
func (s *sample) F() float64 { return s.value }

func (s *sample) H() *histogram.Histogram {
	if s.histogram == nil || s.histogram.Float {
		return nil
	}
	return integers(s.histogram)
}

// FH is also asked for of integer histograms.
func (s *sample) FH() *histogram.FloatHistogram {
	switch {
	case s.histogram == nil:
		return nil
	case s.histogram.Float:
		return floats(s.histogram)
	default:
		return integers(s.histogram).ToFloat(nil)
	}
}

func (s *sample) Type() chunkenc.ValueType {
	switch {
	case s.histogram == nil:
		return chunkenc.ValFloat
	case s.histogram.Float:
		return chunkenc.ValFloatHistogram
	default:
		return chunkenc.ValHistogram
	}
}

// Copy returns a sample of its own; the histogram behind it is never written to.
func (s *sample) Copy() chunks.Sample {
	c := *s
	return &c
}

// samples is a list of samples as Prometheus' iterators read them.
type samples []sample

func (s samples) Get(i int) chunks.Sample { return &s[i] }
func (s samples) Len() int                { return len(s) }

// between cuts out what lies in a range of time, both ends included.
func (s samples) between(from, to int64) samples {
	first := sort.Search(len(s), func(i int) bool { return s[i].t >= from })
	end := sort.Search(len(s), func(i int) bool { return s[i].t > to })
	if first >= end {
		return nil
	}
	return s[first:end:end]
}

// inOrder returns the samples in order of time, each moment once. Of two for one moment the one that was accepted last counts.
func (s samples) inOrder() samples {
	sorted := slices.Clone(s)
	slices.SortStableFunc(sorted, func(a, b sample) int {
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.seq, b.seq))
	})
	kept := sorted[:0]
	for i, one := range sorted {
		if i > 0 && one.t == kept[len(kept)-1].t {
			kept[len(kept)-1] = one
			continue
		}
		kept = append(kept, one)
	}
	return kept
}
