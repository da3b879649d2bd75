package metrics

import (
	"context"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/annotations"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// Querier makes a view a storage.Queryable.
func (v view) Querier(from, to int64) (storage.Querier, error) {
	return &querier{view: v, from: from, to: to}, nil
}

// querier reads a view between two moments, both included.
type querier struct {
	view
	from, to int64
}

// found is a series as one query sees it.
type found struct {
	labels    labels.Labels
	samples   samples
	exemplars []exemplar
}

// find returns the series that the matchers find, unsorted. With samples only, it leaves out series that have none in the range.
func (v view) find(from, to int64, matchers []*labels.Matcher) []found {
	v.store.mu.Lock()
	defer v.store.mu.Unlock()
	var all []found
	for _, name := range v.tenants {
		t, ok := v.store.tenants[name]
		rest, wanted := v.ofTenant(name, matchers)
		if !ok || !wanted {
			continue
		}
		for _, s := range t.index.find(rest) {
			one := found{labels: s.labels, samples: s.upTo(v.seq).between(from, to), exemplars: s.exemplars}
			if v.label {
				one.labels = s.withTenant(name)
			}
			all = append(all, one)
		}
	}
	return all
}

// ofTenant takes the matchers on the tenant's label out, and tells whether they hold.
func (v view) ofTenant(name string, matchers []*labels.Matcher) (rest []*labels.Matcher, wanted bool) {
	if !v.label {
		return matchers, true
	}
	for _, m := range matchers {
		if m.Name != mimir.TenantLabel {
			rest = append(rest, m)
		} else if !m.Matches(name) {
			return nil, false
		}
	}
	return rest, true
}

// within returns the series that have samples in the querier's range.
func (q *querier) within(matchers []*labels.Matcher) []found {
	return slices.DeleteFunc(q.find(q.from, q.to, matchers), func(f found) bool { return len(f.samples) == 0 })
}

func (q *querier) Select(_ context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	narrow := *q
	if hints != nil {
		narrow.from, narrow.to = max(q.from, hints.Start), min(q.to, hints.End)
	}
	all := narrow.within(matchers)
	if sorted {
		slices.SortFunc(all, func(a, b found) int { return labels.Compare(a.labels, b.labels) })
	}
	return &seriesSet{all: all, at: -1}
}

func (q *querier) LabelNames(_ context.Context, _ *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	set := map[string]bool{}
	for _, one := range q.within(matchers) {
		one.labels.Range(func(l labels.Label) { set[l.Name] = true })
	}
	return sortedKeys(set), nil, nil
}

func (q *querier) LabelValues(_ context.Context, name string, _ *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	set := map[string]bool{}
	for _, one := range q.within(matchers) {
		if value := one.labels.Get(name); value != "" {
			set[value] = true
		}
	}
	return sortedKeys(set), nil, nil
}

func (q *querier) Close() error { return nil }

// seriesSet is a storage.SeriesSet over what was found.
type seriesSet struct {
	all []found
	at  int
}

func (s *seriesSet) Next() bool {
	s.at++
	return s.at < len(s.all)
}

func (s *seriesSet) At() storage.Series                { return &s.all[s.at] }
func (s *seriesSet) Err() error                        { return nil }
func (s *seriesSet) Warnings() annotations.Annotations { return nil }

func (f *found) Labels() labels.Labels { return f.labels }

func (f *found) Iterator(chunkenc.Iterator) chunkenc.Iterator {
	return storage.NewListSeriesIterator(f.samples)
}
