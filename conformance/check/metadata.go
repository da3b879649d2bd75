package check

import (
	"slices"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// metadata judges the type told for a metric, help its help and unit its unit.
func (v *view) metadata() result { return v.told(func(m observe.Metadata) string { return m.Type }) }
func (v *view) help() result     { return v.told(func(m observe.Metadata) string { return m.Help }) }
func (v *view) unit() result     { return v.told(func(m observe.Metadata) string { return m.Unit }) }

// told judges one property of what was told about a metric, in requests of their own or with its series.
func (v *view) told(property func(observe.Metadata) string) result {
	arrived := false
	var told []string
	for i := range v.fake.Requests {
		r := &v.fake.Requests[i]
		if !r.Accepted() || !v.within(r) {
			continue
		}
		arrived = true
		for _, m := range r.Metadata {
			if m.Metric == v.Argument {
				told = append(told, property(m))
			}
		}
	}
	switch {
	case !arrived:
		return v.nothing()
	case v.Op == "absent":
		return verdictOf(len(told) == 0, shorten(told), "none")
	case len(told) == 0:
		return fail("got no metadata of %s", v.Argument)
	case v.Op == "present":
		return pass()
	}
	return verdictOf(!slices.ContainsFunc(told, func(t string) bool { return t != v.value() }), shorten(told), v.wanted())
}
