package control

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// Line is one request in words, for people: when, which fake, the answer, what it was, whose, and what it carried. It is fit for a terminal:
// what a terminal would obey is replaced.
func Line(r api.Summary) string {
	parts := []string{r.Arrived.Format("15:04:05.000"), fmt.Sprintf("%-10s", r.Fake), answer(r), r.Kind}
	if r.Tenant != "" {
		parts = append(parts, "tenant="+quoteIfNeeded(r.Tenant))
	}
	return printable(strings.Join(append(parts, r.Line), "  "))
}

// answer is the status, or how the request ended without one.
func answer(r api.Summary) string {
	switch {
	case r.Status == 0:
		return r.Outcome
	case r.Outcome != "replied":
		return fmt.Sprintf("%d (%s)", r.Status, r.Outcome)
	}
	return strconv.Itoa(r.Status)
}

// exampleSeries is a series with its last value.
func exampleSeries(one mimir.Series) string {
	text := one.Labels.String()
	if n := len(one.Samples); n > 0 {
		text += " " + strconv.FormatFloat(one.Samples[n-1].Value, 'g', -1, 64)
	}
	return text
}

func quoteIfNeeded(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == '"' || r == 0x7f }) {
		return strconv.Quote(text)
	}
	return text
}

func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
