package metrics

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/util/annotations"
)

// labelNames lists the names of labels.
func (a *api) labelNames(r *http.Request) result {
	return a.distinct(r, func(set labels.Labels, seen map[string]bool) {
		set.Range(func(l labels.Label) { seen[l.Name] = true })
	})
}

// labelValues lists the values of one label.
func (a *api) labelValues(r *http.Request) result {
	name := r.PathValue("name")
	if strings.HasPrefix(name, "U__") {
		name = model.UnescapeName(name, model.ValueEncodingEscaping)
	}
	if !model.UTF8Validation.IsValidLabelName(name) {
		return badData("invalid label name: %q", name)
	}
	return a.distinct(r, func(set labels.Labels, seen map[string]bool) {
		if value := set.Get(name); value != "" {
			seen[value] = true
		}
	})
}

// distinct lists the different texts that collect finds in the series asked for, sorted.
func (a *api) distinct(r *http.Request, collect func(labels.Labels, map[string]bool)) result {
	s, bad := a.readSelection(r)
	if bad != nil {
		return *bad
	}
	seen := map[string]bool{}
	for _, set := range a.selected(r, s) {
		collect(set, seen)
	}
	return limited(sortedKeys(seen), s.limit)
}

// series lists label sets.
func (a *api) series(r *http.Request) result {
	if len(r.Form["match[]"]) == 0 {
		return badData("no match[] parameter provided")
	}
	s, bad := a.readSelection(r)
	if bad != nil {
		return *bad
	}
	found := a.selected(r, s)
	slices.SortFunc(found, labels.Compare)
	found = slices.CompactFunc(found, labels.Equal)
	listed := limited(found, s.limit)
	listed.data = encodeSets(listed.data.([]labels.Labels))
	return listed
}

// selected returns the labels of the series that have samples in the range, once for each selector that finds them.
func (a *api) selected(r *http.Request, s selection) []labels.Labels {
	q := &querier{view: a.view(r), from: s.from, to: s.to}
	sets := s.sets
	if len(sets) == 0 {
		sets = [][]*labels.Matcher{nil}
	}
	var found []labels.Labels
	for _, matchers := range sets {
		for _, one := range q.within(matchers) {
			found = append(found, one.labels)
		}
	}
	return found
}

func limited[T any](all []T, limit int) result {
	if limit > 0 && len(all) > limit {
		return result{data: all[:limit], warnings: annotations.New().Add(errTruncated)}
	}
	if all == nil {
		all = []T{}
	}
	return result{data: all}
}

func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// encodeSets writes label sets as JSON objects.
func encodeSets(sets []labels.Labels) raw {
	b := []byte{'['}
	for i, set := range sets {
		b = appendLabels(comma(b, i), set)
	}
	return raw(append(b, ']'))
}
