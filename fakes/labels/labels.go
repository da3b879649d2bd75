// Package labels holds the label sets that pushed series and profiles carry, and the selectors that find them again.
// [Parse] reads a selector such as `up{job="a"}`, [Selector.Matches] applies it, [Selector.Miss] tells how far off a label set
// is. It knows nothing of PromQL beyond the selector: no ranges, offsets or functions.
package labels

import (
	"slices"
	"strings"
)

// MetricName is the label that holds a metric's name, or a profile's.
const MetricName = "__name__"

// Label is one name with its value.
type Label struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Labels is a label set in the order in which it was sent. It may hold a name twice when the sender did.
type Labels []Label

// Get returns the value of the first label with that name, "" when there is none. As in Prometheus, an absent label and an
// empty one are the same.
func (ls Labels) Get(name string) string {
	for _, l := range ls {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}

// Has reports whether a label with that name was sent, be it empty.
func (ls Labels) Has(name string) bool {
	return slices.ContainsFunc(ls, func(l Label) bool { return l.Name == name })
}

// Map returns the labels by name; of a name sent twice the first counts, as with [Labels.Get].
func (ls Labels) Map() map[string]string {
	m := make(map[string]string, len(ls))
	for _, l := range slices.Backward(ls) {
		m[l.Name] = l.Value
	}
	return m
}

// Sorted returns a copy in order of names, duplicates kept in the order sent.
func (ls Labels) Sorted() Labels {
	sorted := slices.Clone(ls)
	slices.SortStableFunc(sorted, func(a, b Label) int { return strings.Compare(a.Name, b.Name) })
	return sorted
}

// Key returns a string that two label sets share exactly when they hold the same labels, in whatever order.
func (ls Labels) Key() string {
	sorted := ls
	if !slices.IsSortedFunc(ls, func(a, b Label) int { return strings.Compare(a.Name, b.Name) }) {
		sorted = ls.Sorted()
	}
	size := 0
	for _, l := range sorted {
		size += len(l.Name) + len(l.Value) + 2*lengthBytes
	}
	key := make([]byte, 0, size)
	for _, l := range sorted {
		key = appendSized(appendSized(key, l.Name), l.Value)
	}
	return string(key)
}

// lengthBytes is how many bytes of a key tell the length of the text behind them.
const lengthBytes = 4

func appendSized(key []byte, text string) []byte {
	n := len(text)
	key = append(key, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	return append(key, text...)
}

// String writes the labels as a selector that finds exactly them: name{a="b"}.
func (ls Labels) String() string {
	var b strings.Builder
	name := ls.Get(MetricName)
	bare := isName(name, true)
	if bare {
		b.WriteString(name)
	}
	rest := make([]string, 0, len(ls))
	for _, l := range ls {
		if bare && l.Name == MetricName && l.Value == name {
			continue
		}
		rest = append(rest, quoteName(l.Name)+"="+quote(l.Value))
	}
	if len(rest) > 0 || !bare {
		b.WriteString("{" + strings.Join(rest, ", ") + "}")
	}
	return b.String()
}
