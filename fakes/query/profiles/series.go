package profiles

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"connectrpc.com/connect"
	querierv1 "github.com/grafana/pyroscope/api/gen/proto/go/querier/v1"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"
)

// SelectSeries adds up the totals of profiles, step by step. A step at a moment holds what came after the step before it, up to that moment.
func (s *service) SelectSeries(_ context.Context, r *connect.Request[querierv1.SelectSeriesRequest]) (*connect.Response[querierv1.SelectSeriesResponse], error) {
	step := time.Duration(r.Msg.Step * float64(time.Second)).Milliseconds()
	if step <= 0 {
		return nil, invalid("step must be non-zero")
	}
	wider := &querierv1.SelectMergeProfileRequest{ // the first step reaches back before the start
		ProfileTypeID: r.Msg.ProfileTypeID, LabelSelector: r.Msg.LabelSelector, Start: r.Msg.Start, End: r.Msg.End,
	}
	if wider.Start > step {
		wider.Start -= step - 1
	}
	cards, err := s.selected(r, wider)
	if err != nil {
		return nil, err
	}
	average := r.Msg.GetAggregation() == typesv1.TimeSeriesAggregationType_TIME_SERIES_AGGREGATION_TYPE_AVERAGE
	answer := &querierv1.SelectSeriesResponse{}
	for _, g := range grouped(cards, r.Msg.GroupBy) {
		if found := points(g, r.Msg.Start, r.Msg.End, step, average); len(found) > 0 {
			set := only(g[0].labels, groupNames(r.Msg.GroupBy))
			answer.Series = append(answer.Series, &typesv1.Series{Labels: pairs(set), Points: found})
		}
	}
	answer.Series = top(answer.Series, r.Msg.GetLimit())
	return connect.NewResponse(answer), nil
}

// groupNames are the labels that a group keeps. Without any, all profiles are one group without labels.
func groupNames(names []string) []string {
	if len(names) == 0 {
		return []string{""}
	}
	return names
}

// grouped puts cards together that have the same values of these labels, in order of the groups' labels.
func grouped(cards []card, names []string) [][]card {
	groups := map[string][]card{}
	for _, c := range cards {
		key := only(c.labels, groupNames(names)).Key()
		groups[key] = append(groups[key], c)
	}
	made := make([][]card, 0, len(groups))
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		made = append(made, groups[key])
	}
	return made
}

// points makes a point of each step that holds a profile. Times are milliseconds.
func points(cards []card, start, end, step int64, average bool) []*typesv1.Point {
	sums, counts := map[int64]float64{}, map[int64]float64{}
	for _, c := range cards {
		at := start + (c.time.UnixMilli()-start+step-1)/step*step
		if at > end {
			continue
		}
		sums[at] += float64(c.total)
		counts[at]++
	}
	made := make([]*typesv1.Point, 0, len(sums))
	for _, at := range slices.Sorted(maps.Keys(sums)) {
		value := sums[at]
		if average {
			value /= counts[at]
		}
		made = append(made, &typesv1.Point{Timestamp: at, Value: value})
	}
	return made
}

// top keeps so many series of the largest sums; 0 keeps all.
func top(all []*typesv1.Series, limit int64) []*typesv1.Series {
	if limit <= 0 || int64(len(all)) <= limit {
		return all
	}
	slices.SortStableFunc(all, func(a, b *typesv1.Series) int { return cmp.Compare(sum(b), sum(a)) })
	return all[:limit]
}

func sum(s *typesv1.Series) float64 {
	total := 0.0
	for _, p := range s.Points {
		total += p.Value
	}
	return total
}
