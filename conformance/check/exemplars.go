package check

import (
	"cmp"
	"slices"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// foundExemplars are the accepted exemplars of the series that the selector matches, in order of arrival.
func (v *view) foundExemplars() []observe.Exemplar {
	return ofSeries(v, func(s observe.Series) []observe.Exemplar { return s.Exemplars })
}

func (v *view) exemplars() result { return v.amount(len(v.foundExemplars()), "exemplars") }

// exemplarValues judges the values of exemplars in the order of their times.
func (v *view) exemplarValues() result {
	found := v.foundExemplars()
	slices.SortStableFunc(found, func(a, b observe.Exemplar) int { return cmp.Compare(a.T, b.T) })
	values := make([]observe.Value, len(found))
	for i, e := range found {
		values[i] = e.V
	}
	return v.valueList(values)
}

// exemplarLabels judges the labels of every exemplar.
func (v *view) exemplarLabels() result {
	found := v.foundExemplars()
	if len(found) == 0 {
		return v.nothing()
	}
	for _, e := range found {
		if problem := v.wrongLabels(e.Labels); problem != "" {
			return fail("exemplar %s: %s", e.Labels, problem)
		}
	}
	return pass()
}
