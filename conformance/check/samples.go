package check

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// arrival is one accepted sample with when it came and whose it is.
type arrival struct {
	observe.Sample
	series  string
	arrived time.Time
}

// found are the accepted samples that the selector matches, in order of arrival.
func (v *view) found() []arrival {
	selector := v.selector()
	var all []arrival
	for _, r := range v.requests {
		if !r.Accepted() {
			continue
		}
		for _, series := range r.Series {
			if !selector.Matches(series.Labels) {
				continue
			}
			key := series.Labels.Key()
			for _, s := range series.Samples {
				all = append(all, arrival{s, key, r.Arrived})
			}
		}
	}
	return all
}

func (v *view) samples() result { return v.amount(len(v.found()), "samples") }

// sampleValues judges the values in the order of their times.
func (v *view) sampleValues() result {
	got := v.found()
	slices.SortStableFunc(got, func(a, b arrival) int { return cmp.Compare(a.T, b.T) })
	values := make([]observe.Value, len(got))
	for i, s := range got {
		values[i] = s.V
	}
	return v.valueList(values)
}

// valueList judges a list of values; an empty one is no witness.
func (v *view) valueList(got []observe.Value) result {
	if len(got) == 0 {
		return v.nothing()
	}
	texts := make([]string, len(got))
	for i, value := range got {
		texts[i] = value.String()
	}
	for i, text := range v.Values {
		value, err := observe.ParseValue(text)
		if err != nil {
			return inconclusive("%v", err)
		}
		v.Values[i] = value.String()
	}
	return v.list(texts)
}

// sequence judges values that are numbers of scrapes, series by series.
func (v *view) sequence() result {
	bySeries := map[string][]arrival{}
	var order []string
	for _, s := range v.found() {
		if s.V.IsStale() {
			continue
		}
		if bySeries[s.series] == nil {
			order = append(order, s.series)
		}
		bySeries[s.series] = append(bySeries[s.series], s)
	}
	judged := 0
	for _, key := range order {
		numbers := bySeries[key]
		if len(numbers) < 2 {
			continue
		}
		judged++
		if problem := v.inSequence(numbers); problem != "" {
			return fail("%s", problem)
		}
	}
	if judged == 0 {
		return inconclusive("no series at %s has two samples", v.Target)
	}
	return pass()
}

// mostNumbers is how many scrapes a case can have.
const mostNumbers = 1e7

// inSequence tells what is wrong with the numbers of one series; empty when nothing is.
func (v *view) inSequence(all []arrival) string {
	if v.Op == "ordered" {
		return outOfOrder(all)
	}
	times := map[observe.Value]int{}
	low, high := all[0].V, all[0].V
	for _, s := range all {
		if s.V != observe.Value(math.Trunc(float64(s.V))) {
			return fmt.Sprintf("the value %s is no number of a scrape", s.V)
		}
		times[s.V]++
		low, high = min(low, s.V), max(high, s.V)
	}
	if high-low > mostNumbers {
		return fmt.Sprintf("values from %s to %s are no numbers of scrapes", low, high)
	}
	for n := low; n <= high; n++ {
		switch {
		case times[n] == 0:
			return fmt.Sprintf("number %s is missing between %s and %s", n, low, high)
		case times[n] > 1 && v.Op == "once":
			return fmt.Sprintf("number %s came %d times", n, times[n])
		}
	}
	return ""
}

func outOfOrder(all []arrival) string {
	for i, s := range all[1:] {
		if s.T < all[i].T {
			return fmt.Sprintf("number %s came after number %s", s.V, all[i].V)
		}
	}
	return ""
}

// batch judges how much one request carries.
func (v *view) batch() result {
	if len(v.requests) == 0 {
		return v.nothing()
	}
	want, err := scenario.ParseNumber(v.value())
	if err != nil {
		return inconclusive("%v", err)
	}
	if !slices.ContainsFunc(v.requests, func(r *observe.Request) bool { return carried(r) > 0 }) {
		return inconclusive("no request at %s carried anything", v.Target)
	}
	var sizes []string
	for _, r := range v.requests {
		n := carried(r)
		sizes = append(sizes, fmt.Sprint(n))
		if v.Op != "has" && (v.Op == "lacks" && want.Has(n) || v.Op != "lacks" && !compare(v.Op, n, want)) {
			return fail("request %d at %s carries %d, want %s", r.Seq, v.when(r.Arrived), n, v.wanted())
		}
		if v.Op == "has" && want.Has(n) {
			return pass()
		}
	}
	return verdictOf(v.Op != "has", shorten(sizes), "one of "+v.value())
}

// carried counts the samples, exemplars, histograms and profiles of a request; of one that is about metadata, its entries.
func carried(r *observe.Request) int {
	if r.Kind == "metadata" {
		return len(r.Metadata)
	}
	n := len(r.Profiles)
	for _, s := range r.Series {
		n += len(s.Samples) + len(s.Exemplars) + len(s.Histograms)
	}
	return n
}

// decodes judges whether every body made sense.
func (v *view) decodes() result {
	return v.each(func(r *observe.Request) (bool, string) { return r.DecodeError == "", r.DecodeError })
}
