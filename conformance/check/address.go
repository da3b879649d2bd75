package check

import (
	"net/url"
	"slices"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

func (v *view) method() result {
	return v.each(func(r *observe.Request) (bool, string) { return r.Method == v.value(), r.Method })
}

func (v *view) proto() result {
	return v.each(func(r *observe.Request) (bool, string) { return r.Proto == v.value(), r.Proto })
}

func (v *view) path() result {
	if v.Op == "=" {
		return v.each(func(r *observe.Request) (bool, string) { return r.Path == v.value(), r.Path })
	}
	return v.set(func(r *observe.Request) string { return r.Path })
}

func (v *view) urls() result {
	return v.set(func(r *observe.Request) string {
		if r.Query == "" {
			return r.Path
		}
		return r.Path + "?" + r.Query
	})
}

// set judges the distinct texts of all requests, in no order.
func (v *view) set(text func(*observe.Request) string) result {
	if len(v.requests) == 0 {
		return v.nothing()
	}
	var got []string
	for _, r := range v.requests {
		got = append(got, text(r))
	}
	slices.Sort(got)
	if v.Op == "=" {
		slices.Sort(v.Values)
	}
	return v.list(slices.Compact(got))
}

// query judges one parameter of the query of every request.
func (v *view) query() result {
	return v.each(func(r *observe.Request) (bool, string) {
		parameters, err := url.ParseQuery(r.Query)
		got := parameters[v.Argument]
		switch {
		case err != nil:
			return false, "the malformed query " + r.Query
		case v.Op == "absent":
			return len(got) == 0, shorten(got)
		case len(got) == 0:
			return false, "none"
		}
		return len(got) == 1 && got[0] == v.value(), shorten(got)
	})
}
