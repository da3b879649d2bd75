package check

import (
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// last returns the last run that keep accepts, or nil.
func (v *view) last(keep func(*observe.Run) bool) *observe.Run {
	for i := len(v.o.Runs) - 1; i >= 0; i-- {
		if keep(&v.o.Runs[i]) {
			return &v.o.Runs[i]
		}
	}
	return nil
}

func anyRun(*observe.Run) bool { return true }

func (v *view) ready() result {
	if len(v.o.Runs) == 0 {
		return inconclusive("the agent was never started")
	}
	for i := range v.o.Runs {
		if run := &v.o.Runs[i]; run.Meant && run.Ready.IsZero() {
			return fail("the agent started at line %d did not get ready; it printed: %s", run.Line, tail(run.Log))
		}
	}
	return pass()
}

// tail is the last line of a log.
func tail(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	return lines[len(lines)-1]
}

// refused judges the start that was meant to be refused.
func (v *view) refused() result {
	run := v.last(func(r *observe.Run) bool { return !r.Meant })
	if run == nil {
		return inconclusive("no start was meant to be refused")
	}
	if len(v.o.Controls) == 0 {
		return inconclusive("there was no control")
	}
	switch {
	case !run.Ready.IsZero():
		return fail("the configuration was accepted: the agent got ready")
	case run.Exited.IsZero() || run.Killed:
		return fail("the agent neither got ready nor exited")
	case run.Code == 0 && run.Signal == "":
		return fail("the agent exited with status 0")
	case run.Code < 0 || run.Signal != "":
		return fail("the agent was ended by %s", ending(run))
	case strings.Contains(run.Log, "goroutine ") && strings.Contains(run.Log, "panic:"):
		return fail("the agent crashed instead of refusing: %s", tail(run.Log))
	}
	return v.says(run.Log)
}

// says judges whether a text holds the wanted part, in any letter case.
func (v *view) says(text string) result {
	if strings.Contains(strings.ToLower(text), strings.ToLower(v.value())) {
		return pass()
	}
	return fail("the reason %q does not say %q", tail(text), v.value())
}

func (v *view) exit() result {
	run := v.last(anyRun)
	if run == nil || run.Exited.IsZero() {
		return inconclusive("the agent has not exited")
	}
	if run.Killed {
		return fail("the agent did not stop when told to")
	}
	if run.Signal != "" {
		return fail("the agent was ended by %s", ending(run))
	}
	return v.number(run.Code, "as status")
}

func (v *view) alive() result {
	run := v.last(anyRun)
	if run == nil || run.Ready.IsZero() {
		return inconclusive("the agent never got ready")
	}
	if run.Over() {
		return fail("the agent ended by itself with %s", ending(run))
	}
	return pass()
}

func (v *view) reload() result {
	if len(v.o.Reloads) == 0 {
		return inconclusive("there was no reload")
	}
	last := v.o.Reloads[len(v.o.Reloads)-1]
	switch {
	case last.Trouble != "":
		return inconclusive("the reload got no answer: %s", last.Trouble)
	case last.Refused && v.Op == "accepted":
		return fail("refused: %s", last.Reason)
	case !last.Refused && v.Op == "refused":
		return fail("the new configuration was accepted")
	}
	return v.says(last.Reason)
}

// log judges everything that the agent wrote, and the reasons it gave for refusing.
func (v *view) log() result {
	var all strings.Builder
	for _, run := range v.o.Runs {
		all.WriteString(run.Log)
	}
	for _, r := range v.o.Reloads {
		all.WriteString(r.Reason)
	}
	if v.Op == "lacks" && all.Len() == 0 {
		return inconclusive("the agent wrote nothing at all")
	}
	has := strings.Contains(all.String(), v.value())
	switch {
	case v.Op == "has" && !has:
		return fail("the log does not say %q", v.value())
	case v.Op == "lacks" && has:
		return fail("the log says %q", v.value())
	}
	return pass()
}
