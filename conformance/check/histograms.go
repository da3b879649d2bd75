package check

import (
	"cmp"
	"slices"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// foundHistograms are the accepted native histograms of the series that the selector matches, in order of arrival.
func (v *view) foundHistograms() []observe.Histogram {
	return ofSeries(v, func(s observe.Series) []observe.Histogram { return s.Histograms })
}

// ofSeries collects something of every accepted series that the selector matches, in order of arrival.
func ofSeries[T any](v *view, of func(observe.Series) []T) []T {
	selector := v.selector()
	var all []T
	for _, r := range v.requests {
		if !r.Accepted() {
			continue
		}
		for _, s := range r.Series {
			if selector.Matches(s.Labels) {
				all = append(all, of(s)...)
			}
		}
	}
	return all
}

func (v *view) histograms() result { return v.amount(len(v.foundHistograms()), "native histograms") }

// observations judges how much each histogram counts, in the order of their times.
func (v *view) observations() result {
	return v.ofHistograms(func(h observe.Histogram) []observe.Value { return []observe.Value{h.Count} })
}

// buckets judges the counts of the positive buckets, of one histogram after the other.
func (v *view) buckets() result {
	return v.ofHistograms(func(h observe.Histogram) []observe.Value { return h.Positive })
}

func (v *view) ofHistograms(values func(observe.Histogram) []observe.Value) result {
	found := v.foundHistograms()
	slices.SortStableFunc(found, func(a, b observe.Histogram) int { return cmp.Compare(a.T, b.T) })
	var got []observe.Value
	for _, h := range found {
		got = append(got, values(h)...)
	}
	return v.valueList(got)
}
