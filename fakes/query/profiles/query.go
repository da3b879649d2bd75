package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
)

// Query says which profiles are meant. The zero value means all of the one type that there is.
type Query struct {
	// Selector is that of [labels.Parse], for example {service_name="shop"}; empty finds all. [pyroscope.TenantLabel] stands for the
	// tenant.
	Selector string
	// Type is a profile type, for example process_cpu:cpu:nanoseconds:cpu:nanoseconds. It may be left out when the selector finds
	// profiles of one type only.
	Type string
	// From and Until bound the time of the profiles, both included; zero is no bound.
	From, Until time.Time
}

// Types lists the profile types of what a fake accepted, sorted.
func Types(p *pyroscope.Server) []string {
	seen := map[string]bool{}
	for _, c := range StoreOf(p).all() {
		seen[c.kind.id()] = true
	}
	return sortedKeys(seen)
}

// errNothing is that no profile was found.
var errNothing = errors.New("no profile found")

// find returns the cards of one profile type that the query is for.
func (q Query) find(cards []card) ([]card, error) {
	var one labels.Selector
	if q.Selector != "" {
		var err error
		if one, err = labels.Parse(q.Selector); err != nil {
			return nil, fmt.Errorf("query the fake pyroscope: %w", err)
		}
	}
	found := slices.DeleteFunc(slices.Clone(cards), func(c card) bool {
		return !c.within(q.From, q.Until) || !one.Matches(c.withTenant())
	})
	types := map[string]bool{}
	for _, c := range found {
		types[c.kind.id()] = true
	}
	switch {
	case q.Type != "":
		found = slices.DeleteFunc(found, func(c card) bool { return c.kind.id() != q.Type })
	case len(types) > 1:
		return nil, fmt.Errorf("query the fake pyroscope: set Query.Type, %s finds several: %s", one, strings.Join(sortedKeys(types), ", "))
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("query the fake pyroscope: %s of type %q: %w, there are: %s", one, q.Type, errNothing, there(types, cards))
	}
	return found, nil
}

// there names the types that the selector did find, or else those of everything.
func there(types map[string]bool, cards []card) string {
	if len(types) == 0 {
		types = map[string]bool{}
		for _, c := range cards {
			types[c.kind.id()+" of "+c.profile.Labels.String()] = true
		}
	}
	if len(types) == 0 {
		return "none at all"
	}
	return strings.Join(sortedKeys(types), ", ")
}

// within tells whether the profile was taken in a range, both ends included; a zero end is open.
func (c card) within(from, until time.Time) bool {
	return (from.IsZero() || !c.time.Before(from)) && (until.IsZero() || !c.time.After(until))
}

// withTenant are the card's labels with the tenant among them.
func (c card) withTenant() labels.Labels {
	if c.tenant == "" {
		return c.labels
	}
	return append(c.labels[:len(c.labels):len(c.labels)], labels.Label{Name: pyroscope.TenantLabel, Value: c.tenant})
}
