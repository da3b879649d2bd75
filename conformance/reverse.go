package conformance

import (
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// opposites are operators of which exactly one can hold.
var opposites = map[string]string{
	">": "<=", "<=": ">", "<": ">=", ">=": "<", "=": "!=", "!=": "=",
	"has": "lacks", "lacks": "has", "present": "absent", "absent": "present",
	"ok": "failed", "failed": "ok", "accepted": "refused", "refused": "accepted",
}

// reversed turns an expectation that holds into one that does not. It is false for those that have no opposite, like same-body.
func reversed(e scenario.Expect) (scenario.Expect, bool) {
	subject, ok := subjectOf(e)
	if !ok {
		return e, false
	}
	e.Values = slices.Clone(e.Values)
	if subject.Values == scenario.Duration {
		return reversedDuration(e)
	}
	if opposite, ok := opposites[e.Op]; ok && subject.takes(opposite) {
		e.Op = opposite
		return e, true
	}
	return alteredValues(e, subject.Subject)
}

// alteredValues asks for another value than the one that holds.
func alteredValues(e scenario.Expect, subject scenario.Subject) (scenario.Expect, bool) {
	if len(e.Values) == 0 || subject.Values == scenario.FakeName || slices.Contains([]string{"lacks", "!=", "<", ">"}, e.Op) {
		return e, false
	}
	last := len(e.Values) - 1
	e.Values[last] = altered(e.Values[last], subject.Values)
	switch e.Op {
	case "matches":
		e.Values[last] = "^reversed$"
	case "<=":
		return e, false // more is allowed then, not less
	}
	return e, true
}

// row is a row of the language.
type row struct{ scenario.Subject }

// takes tells whether the subject has an operator, and whether that means the opposite of another one there. What labels lacks is names,
// what it has is names with values.
func (r row) takes(op string) bool {
	if r.Values == scenario.Pair {
		return false
	}
	words := strings.Fields(strings.Join([]string{r.One, r.Many, r.None, r.Maybe}, " "))
	return slices.Contains(words, op)
}

// subjectOf finds the row of the language that an expectation is about. Subjects of one name take the same values.
func subjectOf(e scenario.Expect) (row, bool) {
	all := scenario.Subjects()
	i := slices.IndexFunc(all, func(s scenario.Subject) bool { return s.Name == e.Subject })
	if i < 0 {
		return row{}, false
	}
	return row{all[i]}, true
}

// reversedDuration moves the limit past what holds: a time that is exactly at the limit satisfies both operators.
func reversedDuration(e scenario.Expect) (scenario.Expect, bool) {
	if len(e.Values) == 0 {
		return e, false
	}
	last := len(e.Values) - 1
	want, err := scenario.ParseDuration(e.Values[last])
	if err != nil {
		return e, false
	}
	switch e.Op {
	case "<=":
		e.Op, e.Values[last] = ">=", (want.High + time.Second).String()
	case ">=":
		if want.Low < time.Second {
			return e, false
		}
		e.Op, e.Values[last] = "<=", (want.Low - time.Millisecond).String()
	default:
		e.Values[last] = (want.High + time.Hour).String()
	}
	return e, true
}

// altered is a value that differs from what a check wants.
func altered(value string, kind scenario.ValueKind) string {
	switch kind {
	case scenario.Status:
		return "599"
	case scenario.Sample:
		return "-123456789"
	case scenario.Number:
		return "123456789"
	}
	return value + "-reversed"
}
