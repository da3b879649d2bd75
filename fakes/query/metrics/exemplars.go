package metrics

import (
	"cmp"
	"math"
	"net/http"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// queryExemplars lists the exemplars of the series that an expression reads.
func (a *api) queryExemplars(r *http.Request) result {
	start, err := optionalTime(r, "start", minTime)
	if err != nil {
		return badParameter("start", err)
	}
	end, err := optionalTime(r, "end", maxTime)
	if err != nil {
		return badParameter("end", err)
	}
	if end.Before(start) {
		return badData("end timestamp must not be before start timestamp")
	}
	expression, err := a.parser.ParseExpr(r.FormValue("query"))
	if err != nil {
		return badData("%w", err)
	}
	found := a.view(r).exemplars(start.UnixMilli(), end.UnixMilli(), parser.ExtractSelectors(expression))
	return result{data: encodeExemplars(found)}
}

// exemplars returns the series that any of the selectors finds, once each and sorted, with their exemplars in order of time. Clients send
// one again until there is a newer one: it is there once.
func (v view) exemplars(from, to int64, selectors [][]*labels.Matcher) []found {
	seen := map[string]bool{}
	var all []found
	for _, matchers := range selectors {
		for _, one := range v.find(math.MinInt64, math.MaxInt64, matchers) {
			key := string(one.labels.Bytes(nil))
			one.exemplars = slices.DeleteFunc(slices.Clone(one.exemplars), func(e exemplar) bool {
				return e.Timestamp < from || e.Timestamp > to || e.seq > v.seq
			})
			if seen[key] || len(one.exemplars) == 0 {
				continue
			}
			seen[key] = true
			slices.SortStableFunc(one.exemplars, func(a, b exemplar) int { return cmp.Compare(a.Timestamp, b.Timestamp) })
			one.exemplars = slices.CompactFunc(one.exemplars, sameExemplar)
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b found) int { return labels.Compare(a.labels, b.labels) })
	return all
}

func sameExemplar(a, b exemplar) bool {
	return a.Timestamp == b.Timestamp && math.Float64bits(a.Value) == math.Float64bits(b.Value) && slices.Equal(a.Labels, b.Labels)
}
