package labels

import (
	"fmt"
	"regexp"
	"strings"
)

// Selector is what label sets are asked for: all its matchers must hold. The zero value matches everything.
type Selector struct {
	text     string
	matchers []matcher
}

// operator is how a matcher compares.
type operator string

const (
	equal    operator = "="
	notEqual operator = "!="
	like     operator = "=~"
	notLike  operator = "!~"
)

// matcher is one condition on one label.
type matcher struct {
	name    string
	op      operator
	value   string
	pattern *regexp.Regexp // of =~ and !~, anchored at both ends
}

func newMatcher(name string, op operator, value string) (matcher, error) {
	m := matcher{name: name, op: op, value: value}
	if op != like && op != notLike {
		return m, nil
	}
	// Compiled by itself first, so that an unbalanced bracket cannot escape the anchors.
	if _, err := regexp.Compile(value); err != nil {
		return m, fmt.Errorf("compile pattern %q: %w", value, err)
	}
	pattern, err := regexp.Compile(`^(?s:` + value + `)$`)
	if err != nil {
		return m, fmt.Errorf("compile pattern %q: %w", value, err)
	}
	m.pattern = pattern
	return m, nil
}

func (m matcher) matches(value string) bool {
	switch m.op {
	case equal:
		return value == m.value
	case notEqual:
		return value != m.value
	case like:
		return m.pattern.MatchString(value)
	default:
		return !m.pattern.MatchString(value)
	}
}

// String returns the selector as it was written.
func (s Selector) String() string {
	if s.text == "" {
		return "{}"
	}
	return s.text
}

// Matches reports whether every matcher of the selector holds for the labels. An absent label counts as an empty one.
func (s Selector) Matches(ls Labels) bool {
	for _, m := range s.matchers {
		if !m.matches(ls.Get(m.name)) {
			return false
		}
	}
	return true
}

// Name returns the metric name when the selector asks for exactly one.
func (s Selector) Name() (string, bool) {
	for _, m := range s.matchers {
		if m.name == MetricName && m.op == equal {
			return m.value, true
		}
	}
	return "", false
}

// Miss tells how far the labels are from matching, 0 when they match, and why in words. Of two label sets the one with the
// smaller distance is the likelier misspelling: a matcher that fails counts most, then how different the texts are.
func (s Selector) Miss(ls Labels) (distance int, why string) {
	var reasons []string
	for _, m := range s.matchers {
		got := ls.Get(m.name)
		if m.matches(got) {
			continue
		}
		reasons = append(reasons, m.reason(got, ls.Has(m.name)))
		distance += m.distance(got)
	}
	return distance, strings.Join(reasons, ", ")
}

// perMatcher is what a failed matcher weighs at least; the name of the metric weighs three times that, since a series of
// another name is seldom what was meant.
const perMatcher = 100

func (m matcher) distance(got string) int {
	weight := perMatcher
	if m.name == MetricName {
		weight *= 3
	}
	if m.op != equal {
		return weight
	}
	return weight + min(perMatcher, editDistance(m.value, got))
}

func (m matcher) reason(got string, present bool) string {
	name := m.name
	if name == MetricName {
		name = "the name"
	}
	if !present {
		return name + " is missing"
	}
	switch m.op {
	case equal:
		return fmt.Sprintf("%s is %q, not %q", name, got, m.value)
	case notEqual:
		return fmt.Sprintf("%s is %q", name, got)
	case like:
		return fmt.Sprintf("%s is %q, which does not match %q", name, got, m.value)
	default:
		return fmt.Sprintf("%s is %q, which matches %q", name, got, m.value)
	}
}

// longestCompared bounds the work of editDistance: texts are compared by their first bytes only.
const longestCompared = 64

// editDistance counts the bytes to insert, delete or replace to make b of a.
func editDistance(a, b string) int {
	a, b = a[:min(len(a), longestCompared)], b[:min(len(b), longestCompared)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
