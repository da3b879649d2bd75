package exposition

import (
	"fmt"
	"strconv"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Source makes the metrics for a scrape by its number, from 1. It is called by several goroutines at once, and must not change
// what it has returned.
type Source func(scrape int) []Family

// Series has the gauges load_0 ... load_(n-1), or the one gauge scrape_number when n is 0. All have the number of the scrape as value.
func Series(n int) Source {
	names := make([]string, 0, max(n, 1))
	for i := range n {
		names = append(names, "load_"+strconv.Itoa(i))
	}
	if n <= 0 {
		names = append(names, "scrape_number")
	}
	return func(scrape int) []Family {
		families := make([]Family, len(names))
		for i, name := range names {
			families[i] = Family{Name: name, Type: Gauge, Metrics: []Metric{{Value: float64(scrape)}}}
		}
		return families
	}
}

// Churn has n series of the gauge churn with the label series, of which each scrape replaces so many, oldest first, by new ones. All have the number of
// the scrape as value.
func Churn(n, replaced int) Source {
	return func(scrape int) []Family {
		first := (scrape - 1) * replaced
		family := Family{Name: "churn", Type: Gauge, Metrics: make([]Metric, n)}
		for i := range family.Metrics {
			family.Metrics[i] = Metric{Labels: labels.Labels{{Name: "series", Value: strconv.Itoa(first + i)}}, Value: float64(scrape)}
		}
		return []Family{family}
	}
}

// EveryType has a metric of each type, with exemplars and a native histogram: for whoever wants to see what gets through.
func EveryType(scrape int) []Family {
	n := uint64(scrape)
	exemplar := &Exemplar{
		Labels: labels.Labels{{Name: "trace_id", Value: fmt.Sprintf("%032x", scrape)}}, Value: 0.5, Time: time.Now(),
	}
	path := labels.Labels{{Name: "path", Value: "/a \"b\"\\c\n"}}
	return []Family{
		{Name: "every_untyped", Help: "Has no type.", Metrics: []Metric{{Value: float64(scrape)}}},
		{Name: "every_gauge", Help: "Goes up and down.", Type: Gauge, Metrics: []Metric{{Labels: path, Value: float64(scrape % 10)}}},
		{Name: "every_total", Help: "Goes up.\nAnd on.", Type: Counter, Metrics: []Metric{{Labels: path, Value: float64(scrape), Exemplar: exemplar}}},
		{Name: "every_seconds", Help: "Classic and native.", Type: Histogram, Unit: "seconds", Metrics: []Metric{{Histogram: &HistogramValue{
			Count: 6 * n, Sum: 4.5 * float64(n),
			Buckets: []Bucket{{UpperBound: 0.5, Count: 3 * n}, {UpperBound: 1, Count: 5 * n, Exemplar: exemplar}},
			Native:  &Native{Schema: 0, ZeroThreshold: 1e-9, ZeroCount: n, PositiveOffset: -1, Positive: []uint64{2 * n, 2 * n, n}},
		}}}},
	}
}
