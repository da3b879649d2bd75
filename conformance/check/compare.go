package check

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// compare applies a comparing operator. An equality with a range asks for a value inside it.
func compare[T cmp.Ordered](op string, got T, want scenario.Range[T]) bool {
	switch op {
	case "=":
		return want.Has(got)
	case "!=":
		return !want.Has(got)
	case "<":
		return got < want.Low
	case "<=":
		return got <= want.High
	case ">":
		return got > want.High
	default:
		return got >= want.Low
	}
}

// number judges a count.
func (v *view) number(got int, what string) result {
	want, err := scenario.ParseNumber(v.value())
	if err != nil {
		return inconclusive("%v", err)
	}
	if compare(v.Op, got, want) {
		return pass()
	}
	return fail("got %d %s, want %s", got, what, v.wanted())
}

// lists judges a list of texts with = starts has lacks.
func (v *view) list(got []string) result {
	want := v.Values
	var ok bool
	switch v.Op {
	case "=":
		ok = slices.Equal(got, want)
	case "starts":
		ok = len(got) >= len(want) && slices.Equal(got[:len(want)], want)
	case "has":
		ok = !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(got, w) })
	case "lacks":
		ok = !slices.ContainsFunc(want, func(w string) bool { return slices.Contains(got, w) })
	}
	return verdictOf(ok, shorten(got), v.wanted())
}

// shorten joins a list and cuts it where it gets too long to read.
func shorten(list []string) string {
	const most = 24
	if len(list) <= most {
		return strings.Join(list, " ")
	}
	return strings.Join(list[:most], " ") + " ..."
}

const (
	// stampError is how much earlier than due something may seem to happen on the real lane: the fake notes the time of an answer
	// only after the agent can have read it.
	stampError = 5 * time.Millisecond
	// defaultSlack is the lateness allowed on the real lane when none was measured.
	defaultSlack = 250 * time.Millisecond
)

// tolerance is how much earlier and later than due something may be.
func (v *view) tolerance() (early, late time.Duration) {
	if v.o.Lane == string(scenario.Virtual) {
		return 0, 0
	}
	if v.o.Slack > 0 {
		return stampError, v.o.Slack
	}
	return stampError, defaultSlack
}

// due tells whether a time fits. With jitter, an agent on the real lane may take up to twice as long.
func (v *view) due(got time.Duration, want scenario.Range[time.Duration], jitter bool) bool {
	early, late := v.tolerance()
	if jitter && late > 0 {
		want.High *= 2
	}
	return got >= want.Low-early && got <= want.High+late
}

// duration judges one time with = <= >=.
func (v *view) duration(got time.Duration) (bool, error) {
	want, err := scenario.ParseDuration(v.value())
	if err != nil {
		return false, err
	}
	early, late := v.tolerance()
	switch v.Op {
	case "<=":
		return got <= want.High+late, nil
	case ">=":
		return got >= want.Low-early, nil
	default:
		return v.due(got, want, false), nil
	}
}
