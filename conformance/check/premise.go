package check

import (
	"fmt"
	"slices"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// premises collects broken assumptions.
type premises struct {
	// void means that nothing can be concluded, neither good nor bad.
	void string
	// doubts mean that nothing good can be concluded; each with the subjects that it does not concern.
	doubts []doubt
}

type doubt struct {
	reason string
	except []string
}

// doubt adds an assumption that is broken for all subjects but those in except.
func (p *premises) doubt(reason string, except ...string) {
	p.doubts = append(p.doubts, doubt{reason, except})
}

// apply takes the assumptions into account in one finding.
func (p *premises) apply(e scenario.Expect, f *Finding) {
	if p.void != "" && e.Subject != "ready" {
		f.Verdict, f.Detail = Inconclusive, p.void
		return
	}
	if f.Verdict != Pass || f.Given {
		return
	}
	for _, d := range p.doubts {
		if !slices.Contains(d.except, e.Subject) {
			f.Verdict, f.Detail = Inconclusive, d.reason
			return
		}
	}
}

// assumptions judges everything that a scenario takes for granted, except its givens.
func assumptions(c scenario.Case, o *observe.Observation) *premises {
	p := &premises{}
	p.runs(c, o)
	for _, run := range o.Controls {
		if run.Ready.IsZero() {
			p.doubt(fmt.Sprintf("line %d: the control was not accepted either", run.Line), "ready")
		}
	}
	for _, r := range o.Reloads {
		switch {
		case r.Trouble != "":
			p.doubt(fmt.Sprintf("line %d: the reload got no answer: %s", r.Line, r.Trouble))
		case r.Meant && r.Refused:
			p.doubt(fmt.Sprintf("line %d: the reload was refused: %s", r.Line, r.Reason), "reload")
		}
	}
	for _, w := range o.Waits {
		if !w.Met {
			p.doubt(fmt.Sprintf("line %d: waited in vain: %s", w.Line, w.Detail))
		}
	}
	p.complete(c, o)
	return p
}

// runs checks that the agent ran when it was meant to.
func (p *premises) runs(c scenario.Case, o *observe.Observation) {
	if len(o.Runs) == 0 {
		p.void = "the agent was never started"
	}
	for i := range o.Runs {
		run := &o.Runs[i]
		if !run.Meant {
			continue
		}
		if run.Ready.IsZero() {
			p.void = fmt.Sprintf("line %d: the agent did not get ready: %s", run.Line, unready(run))
			return
		}
		if run.Over() {
			p.doubt(fmt.Sprintf("the agent started at line %d ended by itself with %s", run.Line, ending(run)), "exit", "alive")
		}
	}
}

// unready words what a run did instead of getting ready.
func unready(run *observe.Run) string {
	did := "it went on running without saying that it is"
	if run.Over() {
		did = "it ended by itself with " + ending(run)
	}
	if said := tail(run.Log); said != "" {
		return fmt.Sprintf("%s; it printed at last: %.300s", did, said)
	}
	return did + "; it printed nothing"
}

// ending words how a run ended.
func ending(run *observe.Run) string {
	if run.Signal != "" {
		return "signal " + run.Signal
	}
	return fmt.Sprintf("status %d", run.Code)
}

// complete checks that every wait of the case was played: a run that broke off shows nothing.
func (p *premises) complete(c scenario.Case, o *observe.Observation) {
	for _, step := range c.Steps {
		if _, ok := step.(*scenario.Wait); !ok {
			continue
		}
		line := step.Place().Line
		if !slices.ContainsFunc(o.Waits, func(w observe.Wait) bool { return w.Line == line }) {
			p.doubt(fmt.Sprintf("line %d: the run broke off before this wait", line))
		}
	}
}
