package profiles

import (
	"fmt"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// TestSplit: samples with the same labels that count are one group; too many groups are none.
func TestSplit(t *testing.T) {
	sample := func(value int64, pairs ...string) *profile.Sample {
		s := &profile.Sample{Value: []int64{value}, Label: map[string][]string{}}
		for i := 0; i < len(pairs); i += 2 {
			s.Label[pairs[i]] = []string{pairs[i+1], "further"}
		}
		return s
	}
	p := &profile.Profile{Sample: []*profile.Sample{
		sample(1, "a", "1", "span_id", "x"), sample(2, "a", "1", "span_id", "y", "profile_id", "z"), sample(4, "a", "2"), sample(8), {Value: []int64{16}},
	}}
	s := splitUp(p)
	got := map[string]int64{}
	for group, total := range s.totals(p, 0) {
		got[s.labels[group].String()] = total
	}
	if fmt.Sprint(got) != `map[{a="1"}:3 {a="2"}:4 {}:24]` {
		t.Errorf("groups are %v", got)
	}
	for i := range maxGroups + 1 {
		p.Sample = append(p.Sample, sample(1, "n", fmt.Sprint(i)))
	}
	if s := splitUp(p); len(s.labels) != 1 || s.totals(p, 0)[""] != 31+maxGroups+1 {
		t.Errorf("%d groups with the totals %v", len(s.labels), s.totals(p, 0))
	}
	set := joined(labels.Labels{{Name: "a", Value: "series"}}, labels.Labels{{Name: "a", Value: "sample"}, {Name: "b", Value: "sample"}})
	if set.String() != `{a="series", b="sample"}` {
		t.Errorf("joined %s", set)
	}
}
