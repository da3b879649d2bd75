package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// UsageError is a request that cannot be met because of how it was put.
type UsageError struct{ message string }

func (e *UsageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &UsageError{message: fmt.Sprintf(format, args...)}
}

// Filter selects cases. An empty list selects everything, several entries of a list select what any of them fits, and all lists
// must agree. In patterns a * stands for any run of characters.
type Filter struct {
	// Scenarios are patterns for names of scenarios (remote_write/retry) or of single cases (remote_write/retry#auth=basic).
	Scenarios []string
	// Clauses are patterns for names of clauses, Components for what clauses are about (pyroscope.write).
	Clauses    []string
	Components []string
	// Lanes are names of lanes.
	Lanes []string
}

// Empty tells whether the filter selects everything.
func (f Filter) Empty() bool {
	return len(f.Scenarios)+len(f.Clauses)+len(f.Components)+len(f.Lanes) == 0
}

// check refuses entries that fit nothing in the suite: a typing error must not select nothing in silence.
func (f Filter) check(s *Suite) error {
	var components []string
	for _, c := range s.Clauses.All() {
		components = append(components, c.Component)
	}
	lists := []struct {
		what    string
		entries []string
		known   []string
	}{
		{"scenario", f.Scenarios, append(s.Paths(), s.cases()...)},
		{"clause", f.Clauses, s.Clauses.IDs()},
		{"component", f.Components, slices.Compact(slices.Sorted(slices.Values(components)))},
		{"lane", f.Lanes, laneNames()},
	}
	for _, list := range lists {
		for _, entry := range list.entries {
			if slices.ContainsFunc(list.known, func(name string) bool { return wild(entry, name) }) {
				continue
			}
			return unknown(list.what, entry, list.known)
		}
	}
	return nil
}

// unknown words an entry that fits nothing, with the nearest spelling.
func unknown(what, entry string, known []string) error {
	if hint := scenario.Nearest(entry, known); hint != "" {
		return usagef("no %s fits %q: %s", what, entry, hint)
	}
	if len(known) <= 8 {
		return usagef("no %s fits %q: known are %s", what, entry, strings.Join(known, ", "))
	}
	return usagef("no %s fits %q", what, entry)
}

// cases are the names of all cases on any lane.
func (s *Suite) cases() []string {
	var ids []string
	for _, one := range s.Scenarios {
		for _, lane := range scenario.Lanes {
			cases, _ := one.Expand(lane) // it has parsed, so it expands
			for _, c := range cases {
				ids = append(ids, c.ID)
			}
		}
	}
	return ids
}

func laneNames() []string {
	var names []string
	for _, lane := range scenario.Lanes {
		names = append(names, string(lane))
	}
	return names
}

// selects tells whether the filter lets a case through.
func (f Filter) selects(s *Suite, c scenario.Case) bool {
	return fits(f.Scenarios, c.ID, c.Scenario.Path) &&
		fits(f.Lanes, string(c.Lane)) &&
		fits(f.Clauses, c.Clauses...) &&
		fits(f.Components, s.components(c)...)
}

// components are what the clauses of a case are about.
func (s *Suite) components(c scenario.Case) []string {
	var components []string
	for _, id := range c.Clauses {
		if found, ok := s.Clauses.Get(id); ok {
			components = append(components, found.Component)
		}
	}
	return components
}

// fits tells whether any of the patterns fits any of the names. No pattern fits everything.
func fits(patterns []string, names ...string) bool {
	if len(patterns) == 0 {
		return true
	}
	return slices.ContainsFunc(patterns, func(p string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return wild(p, name) })
	})
}

// wild tells whether a pattern with * fits a text.
func wild(pattern, text string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, head)
	if !ok {
		return false
	}
	for {
		part, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(text, part)
		}
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text, rest = text[i+len(part):], after
	}
}
