package sabotage

import (
	"slices"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// targetEdit changes what an agent tells about what it scrapes.
type targetEdit func(a *Act, list []observe.Target) []observe.Target

// tellTargets makes the constructor of an edit of every target. edit tells whether it is still told of.
func tellTargets(edit func(t *observe.Target) bool) func(string) (targetEdit, error) {
	return func(string) (targetEdit, error) {
		return func(a *Act, list []observe.Target) []observe.Target {
			var left []observe.Target
			for _, t := range list {
				a.touch()
				if edit(&t) {
					left = append(left, t)
				}
			}
			return left
		}, nil
	}
}

func hideTargets(*observe.Target) bool { return false }

func callUp(t *observe.Target) bool {
	t.State, t.Error = "up", ""
	return true
}

func hideTargetLabels(t *observe.Target) bool {
	left := t.Labels[:0:0]
	for _, l := range t.Labels {
		if slices.Contains([]string{"job", "instance", "__name__"}, l.Name) {
			left = append(left, l)
		}
	}
	t.Labels = left
	return true
}

func forgetScrapeTimes(t *observe.Target) bool {
	t.Scraped, t.Succeeded = time.Time{}, time.Time{}
	return true
}
