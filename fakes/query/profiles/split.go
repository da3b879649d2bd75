package profiles

import (
	"maps"
	"slices"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// maxGroups is how many series one profile may make by the labels of its samples. One with more stays whole.
const maxGroups = 1000

// split is a profile's samples grouped by the labels that they carry. Pyroscope stores each group as a series of its own.
type split struct {
	groups []string // of each sample
	labels map[string]labels.Labels
}

func splitUp(p *profile.Profile) split {
	s := split{groups: make([]string, len(p.Sample)), labels: map[string]labels.Labels{}}
	for i, one := range p.Sample {
		set := ofSample(one)
		s.groups[i] = set.Key()
		if s.labels[s.groups[i]] = set; len(s.labels) > maxGroups {
			return split{groups: make([]string, len(p.Sample)), labels: map[string]labels.Labels{"": nil}}
		}
	}
	return s
}

// totals adds up one value of the samples by their groups.
func (s split) totals(p *profile.Profile, index int) map[string]int64 {
	all := map[string]int64{}
	for i, one := range p.Sample {
		all[s.groups[i]] += one.Value[index]
	}
	return all
}

// ofSample are a sample's labels that count: no numbers, and none that name spans.
func ofSample(s *profile.Sample) labels.Labels {
	if len(s.Label) == 0 {
		return nil
	}
	var set labels.Labels
	for _, name := range slices.Sorted(maps.Keys(s.Label)) {
		if values := s.Label[name]; len(values) > 0 && name != "profile_id" && name != "span_id" && name != "span_name" {
			set = append(set, labels.Label{Name: name, Value: values[0]})
		}
	}
	return set
}

// joined are the labels of a series with those of a group of samples. The series' own win.
func joined(series, group labels.Labels) labels.Labels {
	set := slices.Clone(series)
	for _, l := range group {
		if !series.Has(l.Name) {
			set = append(set, l)
		}
	}
	return set
}
