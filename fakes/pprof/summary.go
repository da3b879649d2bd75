package pprof

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// summary says which paths were answered with what, for failures.
func summary(all []journal.Exchange) string {
	counts := map[string]int{}
	for _, e := range all {
		answer := e.Outcome
		switch {
		case e.Status != 0:
			answer = fmt.Sprint(e.Status)
		case answer == "":
			answer = "not answered yet"
		}
		counts[fmt.Sprintf("%s %s (%s)", e.Method, e.Path, answer)]++
	}
	if len(counts) == 0 {
		return "nothing"
	}
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		lines = append(lines, fmt.Sprintf("%s %d times", what, counts[what]))
	}
	return strings.Join(lines, ", ")
}
