package check

import (
	"slices"
	"strconv"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// count judges how many requests there were.
func (v *view) count() result { return v.amount(len(v.requests), "requests") }

func (v *view) accepted() result {
	return v.amount(len(filter(v.requests, (*observe.Request).Accepted)), "accepted requests")
}

// amount judges a number of things that arrived. Where no request arrived at all, that there are too few shows nothing.
func (v *view) amount(got int, what string) result {
	r := v.number(got, what)
	if got == 0 && len(v.requests) == 0 && r.verdict == Fail {
		return v.nothing()
	}
	return r
}

func filter[T any](all []T, keep func(T) bool) []T {
	var kept []T
	for _, one := range all {
		if keep(one) {
			kept = append(kept, one)
		}
	}
	return kept
}

// statusOf is the status answered, or the word for an answer without one.
func statusOf(r *observe.Request) string {
	switch r.Outcome {
	case "":
		return "open"
	case "replied":
		return strconv.Itoa(r.Status)
	}
	return r.Outcome
}

func (v *view) statuses() result {
	if len(v.requests) == 0 {
		return v.nothing()
	}
	var got []string
	for _, r := range v.requests {
		if status := statusOf(r); status != "open" { // still being answered at the end
			got = append(got, status)
		}
	}
	return v.list(got)
}

// inflight judges the largest number of requests open at one moment.
func (v *view) inflight() result {
	if len(v.requests) == 0 {
		return v.nothing()
	}
	type edge struct {
		at time.Time
		by int
	}
	var edges []edge
	for _, r := range v.requests {
		end := r.Replied
		if end.IsZero() {
			end = v.o.Ended
		}
		edges = append(edges, edge{r.Arrived, 1}, edge{end, -1})
	}
	// An answer counts before an arrival at the same moment: one may have caused the other.
	slices.SortStableFunc(edges, func(a, b edge) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.by - b.by
	})
	most, open := 0, 0
	for _, e := range edges {
		open += e.by
		most = max(most, open)
	}
	return v.number(most, "requests in flight")
}
