package check

import (
	"bytes"
	"slices"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// taken are the accepted profiles that the selector matches.
func (v *view) taken() []observe.Profile {
	selector := v.selector()
	var all []observe.Profile
	for _, r := range v.requests {
		if r.Accepted() {
			all = append(all, filter(r.Profiles, func(p observe.Profile) bool { return selector.Matches(p.Labels) })...)
		}
	}
	return all
}

func (v *view) profiles() result { return v.amount(len(v.taken()), "profiles") }

// raw judges whether profiles are what a fake served, byte for byte.
func (v *view) raw() result {
	all := v.taken()
	if len(all) == 0 {
		return v.nothing()
	}
	source := v.o.Fake(v.value())
	if source == nil {
		return inconclusive("nothing was recorded by %s", v.value())
	}
	for _, p := range all {
		served := slices.ContainsFunc(source.Requests, func(r observe.Request) bool {
			return len(r.Served) > 0 && bytes.Equal(r.Served, p.Raw)
		})
		if !served {
			return fail("%s: %d bytes that %s never served", p.Labels, len(p.Raw), v.value())
		}
	}
	return pass()
}
