package metrics

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// The ends of time, as far as Prometheus' API takes them.
var (
	minTime = time.Unix(math.MinInt64/1000+62135596801, 0).UTC()
	maxTime = time.Unix(math.MaxInt64/1000-62135596801, 999999999).UTC()
)

// timeOf reads seconds since 1970, with a fraction, or a moment by RFC 3339.
func timeOf(text string) (time.Time, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(seconds) && math.Abs(seconds) < math.MaxInt64/1000 {
		whole, fraction := math.Modf(seconds)
		fraction = math.Round(fraction*1000) / 1000
		return time.Unix(int64(whole), int64(fraction*float64(time.Second))).UTC(), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	for _, end := range []time.Time{minTime, maxTime} {
		if text == end.Format(time.RFC3339Nano) {
			return end, nil
		}
	}
	return time.Time{}, fmt.Errorf("cannot parse %q to a valid timestamp", text)
}

// optionalTime is timeOf for a parameter that may be missing.
func optionalTime(r *http.Request, name string, otherwise time.Time) (time.Time, error) {
	text := r.FormValue(name)
	if text == "" {
		return otherwise, nil
	}
	t, err := timeOf(text)
	if err != nil {
		return t, fmt.Errorf("invalid time value for '%s': %w", name, err)
	}
	return t, nil
}

// durationOf reads seconds, with a fraction, or what Prometheus calls a duration.
func durationOf(text string) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		nanoseconds := seconds * float64(time.Second)
		if nanoseconds > math.MaxInt64 || nanoseconds < math.MinInt64 || math.IsNaN(nanoseconds) {
			return 0, fmt.Errorf("cannot parse %q to a valid duration. It overflows int64", text)
		}
		return time.Duration(nanoseconds), nil
	}
	if d, err := model.ParseDuration(text); err == nil {
		return time.Duration(d), nil
	}
	return 0, fmt.Errorf("cannot parse %q to a valid duration", text)
}

// limitOf reads how many things are wanted at most; 0 is no limit.
func limitOf(r *http.Request) (int, error) {
	text := r.FormValue("limit")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err == nil && n < 0 {
		err = errors.New("limit must be non-negative")
	}
	return n, err
}

// errTruncated is the warning with which a limit shows.
var errTruncated = errors.New("results truncated due to limit")

// selection is what the calls about labels and series have in common.
type selection struct {
	limit    int
	from, to int64
	sets     [][]*labels.Matcher // any of them; none means all series
}

// readSelection reads limit, start, end and match[].
func (a *api) readSelection(r *http.Request) (selection, *result) {
	limit, err := limitOf(r)
	if err != nil {
		return selection{}, new(badParameter("limit", err))
	}
	start, err := optionalTime(r, "start", minTime)
	if err != nil {
		return selection{}, new(badParameter("start", err))
	}
	end, err := optionalTime(r, "end", maxTime)
	if err != nil {
		return selection{}, new(badParameter("end", err))
	}
	sets, err := matcherSets(a.parser, r.Form["match[]"])
	if err != nil {
		return selection{}, new(badParameter("match[]", err))
	}
	return selection{limit: limit, from: start.UnixMilli(), to: end.UnixMilli(), sets: sets}, nil
}

// matcherSets reads selectors. One that would match series without any label is refused, as it would find everything.
func matcherSets(p parser.Parser, selectors []string) ([][]*labels.Matcher, error) {
	sets, err := p.ParseMetricSelectors(selectors)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if matches(labels.EmptyLabels(), set) {
			return nil, errors.New("match[] must contain at least one non-empty matcher")
		}
	}
	return sets, nil
}
