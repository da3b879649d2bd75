package conformance

import (
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// Listed is one case that could be played.
type Listed struct {
	scenario.Case
	// First is set on the first case of each scenario.
	First bool
}

// List returns the cases that a filter selects, on all lanes, in the order of the scenarios. The error is a *UsageError when there are none,
// or when an entry of the filter fits nothing.
func List(s *Suite, f Filter) ([]Listed, error) {
	if err := f.check(s); err != nil {
		return nil, err
	}
	var found []Listed
	for _, one := range s.Scenarios {
		first := true
		for _, lane := range scenario.Lanes {
			cases, err := one.Expand(lane)
			if err != nil {
				return nil, err
			}
			for _, c := range cases {
				if f.selects(s, c) {
					found = append(found, Listed{Case: c, First: first})
					first = false
				}
			}
		}
	}
	if len(found) == 0 {
		return nil, usagef("nothing is selected: no case fits all filters")
	}
	return found, nil
}
