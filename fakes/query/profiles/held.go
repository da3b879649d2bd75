package profiles

import (
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Held is a series of profiles that a fake holds: those of one type, tenant and label set.
type Held struct {
	Type, Tenant string
	// Labels are those sent, with those of the samples; what begins with "__" is left out.
	Labels   labels.Labels
	Profiles int
	// From and Until are the times of the oldest and the newest.
	From, Until time.Time
}

// Held lists what the fake holds, in the order in which the series first came.
func (s *Store) Held() []Held {
	var all []Held
	places := map[string]int{}
	for _, c := range s.all() {
		set := slices.DeleteFunc(slices.Clone(c.labels), func(l labels.Label) bool { return strings.HasPrefix(l.Name, "__") })
		key := strings.Join([]string{c.kind.id(), c.tenant, set.Key()}, "\xff")
		place, ok := places[key]
		if !ok {
			place = len(all)
			places[key] = place
			all = append(all, Held{Type: c.kind.id(), Tenant: c.tenant, Labels: set, From: c.time, Until: c.time})
		}
		all[place].add(c.time)
	}
	return all
}

func (h *Held) add(t time.Time) {
	h.Profiles++
	if t.Before(h.From) {
		h.From = t
	}
	if t.After(h.Until) {
		h.Until = t
	}
}
