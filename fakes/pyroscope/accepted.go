package pyroscope

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// TenantLabel stands in selectors for the tenant that sent a profile.
const TenantLabel = "__tenant_id__"

// entry is an accepted request in the fake's store.
type entry struct {
	seq      int
	arrived  time.Time
	profiles []Profile
	bytes    int
}

func (e *entry) stamp(seq int) { e.seq = seq }

func (e *entry) size() int64 { return int64(e.bytes) }

// size is about what the profile holds.
func (p *Profile) size() int {
	const overhead = 256
	n := overhead + len(p.Raw) + len(p.ID)
	for _, set := range []labels.Labels{p.Labels, p.Annotations} {
		for _, l := range set {
			n += 32 + len(l.Name) + len(l.Value)
		}
	}
	if p.Ingest != nil {
		n += overhead + len(p.Ingest.Name) + len(p.Ingest.Previous) + len(p.Ingest.SampleTypeConfig)
	}
	return n
}

// selectable are a profile's labels as selectors see them.
func (p *Profile) selectable() labels.Labels {
	if p.Tenant == "" {
		return p.Labels
	}
	return append(p.Labels[:len(p.Labels):len(p.Labels)], labels.Label{Name: TenantLabel, Value: p.Tenant})
}

// Data is what had been accepted at one moment: what came in requests that were answered 2xx, and nothing else.
type Data struct {
	server  *Server
	entries []entry
}

// Accepted returns what has been accepted so far and is still kept. Requests that fell out of the journal's limits are not in it.
func (s *Server) Accepted() Data { return Data{s, s.accepted.All()} }

// Profiles returns the profiles that a selector finds, parsed, in the order accepted. The selector is that of [labels.Parse]; {} finds
// all, and [TenantLabel] stands for the tenant.
func (d Data) Profiles(selector string) ([]Profile, error) {
	s, err := labels.Parse(selector)
	if err != nil {
		return nil, err
	}
	found := d.find(s)
	d.server.parseAll(found)
	return found, nil
}

func (d Data) find(selector labels.Selector) []Profile {
	var found []Profile
	for _, e := range d.entries {
		for _, p := range e.profiles {
			if selector.Matches(p.selectable()) {
				found = append(found, p)
			}
		}
	}
	return found
}

// Requests is how many accepted requests the data came in.
func (d Data) Requests() int { return len(d.entries) }
