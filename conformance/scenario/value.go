package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Range is a closed interval of numbers or durations; a single value is a range from itself to itself.
type Range[T cmp.Ordered] struct{ Low, High T }

// Single tells whether the range is one value.
func (r Range[T]) Single() bool { return r.Low == r.High }

// Has tells whether v lies in the range.
func (r Range[T]) Has(v T) bool { return r.Low <= v && v <= r.High }

// ParseNumber reads an integer or a range such as 3..4.
func ParseNumber(text string) (Range[int], error) {
	return parseRange(text, "a whole number from 0 on or a range like 3..4", strconv.Atoi)
}

// ParseDuration reads a Go duration or a range such as 500ms..1s.
func ParseDuration(text string) (Range[time.Duration], error) {
	return parseRange(text, "a duration like 15s or a range like 500ms..1s", time.ParseDuration)
}

func parseRange[T cmp.Ordered](text, want string, parse func(string) (T, error)) (r Range[T], err error) {
	low, high, found := strings.Cut(text, "..")
	if !found {
		high = low
	}
	if r.Low, err = parse(low); err == nil {
		r.High, err = parse(high)
	}
	var zero T
	if err != nil || r.Low > r.High || r.Low < zero {
		return r, fmt.Errorf("%q: want %s", text, want)
	}
	return r, nil
}

// outcomes are the words for requests that got no status.
var outcomes = []string{"reset", "cut", "hung", "gone"}

func checkStatus(text string) error {
	if n, err := strconv.Atoi(text); err == nil && n >= 100 && n <= 599 {
		return nil
	}
	if slices.Contains(outcomes, text) {
		return nil
	}
	return fmt.Errorf("%q: want a status or one of %s", text, strings.Join(outcomes, ", "))
}

func checkSample(text string) error {
	if text == "stale" {
		return nil
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return fmt.Errorf("%q: want a number or stale", text)
	}
	return nil
}

// check tells whether text is a value of this kind.
func (k ValueKind) check(text string) error {
	var err error
	switch k {
	case Number:
		_, err = ParseNumber(text)
	case Duration:
		_, err = ParseDuration(text)
	case Sample:
		err = checkSample(text)
	case Status:
		err = checkStatus(text)
	}
	return err
}

// repeated resolves 503*3 into three values. Only kinds that cannot hold a * themselves can be repeated.
func (k ValueKind) repeated(text string) ([]string, error) {
	value, times, found := strings.Cut(text, "*")
	if !found || k == Text || k == Pair || k == FakeName {
		return []string{text}, nil
	}
	n, err := strconv.Atoi(times)
	if err != nil || n < 1 || n > 10_000 {
		return nil, fmt.Errorf("%q: want VALUE*N with N from 1 to 10000", text)
	}
	return slices.Repeat([]string{value}, n), nil
}
