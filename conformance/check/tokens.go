package check

import (
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// token judges whether every request shows a token that an oauth2 fake has given out.
func (v *view) token() result {
	issuer := v.o.Fake(v.value())
	if issuer == nil {
		return inconclusive("nothing was recorded by %s", v.value())
	}
	return v.each(func(r *observe.Request) (bool, string) {
		got, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !found || got == "" {
			return false, "no token"
		}
		given := slices.ContainsFunc(issuer.Requests, func(r observe.Request) bool { return r.Token != nil && r.Token.Value == got })
		return given, "a token that was not given out there"
	})
}

// asked judges every request for a token. Others, like a GET, are none.
func (v *view) asked(judge func(*observe.Token) (ok bool, got string)) result {
	return v.each(func(r *observe.Request) (bool, string) {
		if r.Token == nil {
			return false, "no request for a token"
		}
		return judge(r.Token)
	})
}

func (v *view) client() result {
	return v.asked(func(t *observe.Token) (bool, string) { return t.Client == v.value(), t.Client })
}

func (v *view) style() result {
	return v.asked(func(t *observe.Token) (bool, string) { return t.Style == v.value(), t.Style })
}

func (v *view) form() result {
	return v.asked(func(t *observe.Token) (bool, string) {
		got, found := t.Form[v.Argument]
		switch v.Op {
		case "present":
			return found, "none"
		case "absent":
			return !found, shorten(got)
		}
		return slices.Equal(got, v.Values), shorten(got)
	})
}

// targets judges the set of hosts that a proxy was asked for.
func (v *view) targets() result { return v.set(func(r *observe.Request) string { return r.Host }) }
