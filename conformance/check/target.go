package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// eachTarget judges every target that the agent tells of in the snapshot and that matches, and fails with the first that is wrong.
func (v *view) eachTarget(judge func(t observe.Target, at time.Time) (problem string)) result {
	s, r := v.inside()
	if r.verdict != "" {
		return r
	}
	if len(s.Targets) == 0 {
		return inconclusive("the agent tells nothing about its targets: %s", s.TargetsError)
	}
	selector, found := v.selector(), false
	for _, t := range s.Targets {
		if !selector.Matches(t.Labels) {
			continue
		}
		found = true
		if problem := judge(t, s.At); problem != "" {
			return fail("target %s: %s", t.Labels, problem)
		}
	}
	if !found {
		return fail("the agent tells of no target that fits, but of %d others", len(s.Targets))
	}
	return pass()
}

func (v *view) targetState() result {
	return v.eachTarget(func(t observe.Target, _ time.Time) string { return differs(t.State, v.value()) })
}

func (v *view) targetURL() result {
	return v.eachTarget(func(t observe.Target, _ time.Time) string { return differs(t.URL, v.value()) })
}

func differs(got, want string) string {
	if got == want {
		return ""
	}
	return fmt.Sprintf("got %q, want %q", got, want)
}

func (v *view) targetLabels() result {
	return v.eachTarget(func(t observe.Target, _ time.Time) string { return v.wrongLabels(t.Labels) })
}

func (v *view) targetError() result {
	return v.eachTarget(func(t observe.Target, _ time.Time) string {
		switch {
		case v.Op == "absent" && t.Error != "":
			return fmt.Sprintf("has the error %q", t.Error)
		case v.Op == "present" && t.Error == "":
			return "has no error"
		case v.Op == "has" && !strings.Contains(t.Error, v.value()):
			return fmt.Sprintf("its error does not say %q but %q", v.value(), t.Error)
		}
		return ""
	})
}

func (v *view) targetScraped() result {
	return v.eachTarget(func(t observe.Target, at time.Time) string { return v.wrongAge("scrape", t.Scraped, at) })
}

func (v *view) targetSucceeded() result {
	return v.eachTarget(func(t observe.Target, at time.Time) string { return v.wrongAge("success", t.Succeeded, at) })
}

// wrongAge judges how long before the snapshot something last happened.
func (v *view) wrongAge(what string, last, at time.Time) string {
	if last.IsZero() {
		return "tells no time of its last " + what
	}
	switch ok, err := v.duration(at.Sub(last)); {
	case err != nil:
		return err.Error()
	case !ok:
		return fmt.Sprintf("its last %s was %s ago, want %s", what, at.Sub(last), v.wanted())
	}
	return ""
}
