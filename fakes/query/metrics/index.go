package metrics

import "github.com/prometheus/prometheus/model/labels"

// index finds series by their labels.
type index struct {
	series []*series
	byPair map[labels.Label][]*series
}

func (x *index) add(s *series) {
	if x.byPair == nil {
		x.byPair = map[labels.Label][]*series{}
	}
	x.series = append(x.series, s)
	s.labels.Range(func(l labels.Label) { x.byPair[l] = append(x.byPair[l], s) })
}

// find returns the series that all matchers hold for. It goes through the shortest list that one of them points to.
func (x *index) find(matchers []*labels.Matcher) []*series {
	candidates := x.series
	for _, m := range matchers {
		if m.Type != labels.MatchEqual || m.Value == "" {
			continue
		}
		if list := x.byPair[labels.Label{Name: m.Name, Value: m.Value}]; len(list) < len(candidates) {
			candidates = list
		}
	}
	var found []*series
	for _, s := range candidates {
		if matches(s.labels, matchers) {
			found = append(found, s)
		}
	}
	return found
}

func matches(set labels.Labels, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(set.Get(m.Name)) {
			return false
		}
	}
	return true
}
