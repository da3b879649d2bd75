package mimir

import (
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// TenantLabel stands in selectors for the tenant that sent a series, as it does in Mimir's queries over several tenants.
const TenantLabel = "__tenant_id__"

// entry is an accepted request in the fake's store.
type entry struct {
	seq    int
	tenant string
	batch  *batch
}

func (e *entry) size() int64 { return int64(e.batch.bytes()) }

func (e *entry) stamp(seq int) { e.seq = seq }

// labelsOf are a series' labels as selectors see them.
func (e *entry) labelsOf(s *series) labels.Labels { return withTenant(s.labels, e.tenant) }

func withTenant(set labels.Labels, tenant string) labels.Labels {
	if tenant == "" {
		return set
	}
	return append(set[:len(set):len(set)], labels.Label{Name: TenantLabel, Value: tenant})
}

// Data is what had been accepted at one moment: what came in requests that were answered 2xx, and nothing else.
type Data struct {
	entries []entry
}

// Accepted returns what has been accepted so far and is still kept. Requests that fell out of the journal's limits are not in it.
func (s *Server) Accepted() Data { return Data{s.accepted.All()} }

// Series returns the series that a selector finds, in the order in which they first came, each once per tenant with all that was sent
// for it, in the order accepted. The selector is that of [labels.Parse]; {} finds all, and [TenantLabel] stands for the tenant.
func (d Data) Series(selector string) ([]Series, error) {
	s, err := labels.Parse(selector)
	if err != nil {
		return nil, err
	}
	m := merger{matches: s.Matches, byKey: map[mergeKey]int{}}
	for _, e := range d.entries {
		m.add(e)
	}
	return m.merged, nil
}

// Samples returns the samples of all series that a selector finds, in the order of [Data.Series].
func (d Data) Samples(selector string) ([]Sample, error) {
	all, err := d.Series(selector)
	var samples []Sample
	for _, one := range all {
		samples = append(samples, one.Samples...)
	}
	return samples, err
}

// Metadata returns what was said about metrics, in the order accepted: apart from series (1.0) or with them (2.0).
func (d Data) Metadata() []Metadata {
	var all []Metadata
	for _, e := range d.entries {
		all = append(all, e.batch.metadata...)
	}
	return all
}

// Requests is how many accepted requests the data came in.
func (d Data) Requests() int { return len(d.entries) }

// merger joins what came for one series in several requests.
type merger struct {
	matches func(labels.Labels) bool
	merged  []Series
	byKey   map[mergeKey]int
	// places caches where a series goes, so that keys are not made again and again. It is for one tenant.
	places map[*series]int
	tenant string
}

type mergeKey struct{ tenant, key string }

const nowhere = -1

func (m *merger) add(e entry) {
	if m.places == nil || m.tenant != e.tenant {
		m.places, m.tenant = map[*series]int{}, e.tenant
	}
	e.batch.each(func(one Series, s *series) {
		place, ok := m.places[s]
		if !ok {
			place = m.place(e, s)
			m.places[s] = place
		}
		if place != nowhere {
			m.merged[place].join(one)
		}
	})
}

// place finds the series' place in the result, makes one, or says that the series is not asked for.
func (m *merger) place(e entry, s *series) int {
	if !m.matches(e.labelsOf(s)) {
		return nowhere
	}
	key := mergeKey{e.tenant, s.labels.Key()}
	if place, ok := m.byKey[key]; ok {
		return place
	}
	m.byKey[key] = len(m.merged)
	m.merged = append(m.merged, Series{Tenant: e.tenant, Labels: s.labels})
	return len(m.merged) - 1
}

// join appends what came for the same series.
func (s *Series) join(more Series) {
	s.Samples = append(s.Samples, more.Samples...)
	s.Exemplars = append(s.Exemplars, more.Exemplars...)
	s.Histograms = append(s.Histograms, more.Histograms...)
	if more.Metadata != nil {
		s.Metadata = more.Metadata
	}
}
