// Package report says what a run of the harness amounts to. [Build] makes a [Report] of judged cases, [Report.Exit] is the exit
// code, [WriteJSON] and [WriteSummary] write it down; every other form is written from the JSON document.
//
// The package plays nothing, judges no observation and reads no clock: times come in with the cases.
package report

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

// Format is the version of the JSON document.
const Format = "touchstone-report/1"

// Report is the outcome of one run. It is read-only once built.
type Report struct {
	Format string `json:"format"`
	// Tool is the version of the program that made the report.
	Tool  string    `json:"tool"`
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended"`
	// Filtered: only a part of all scenarios was selected.
	Filtered bool    `json:"filtered"`
	Agents   []Agent `json:"agents"`
	Cases    []Case  `json:"cases"`
	// Clauses has one entry for each clause that a case names, per agent and lane.
	Clauses  []Clause       `json:"clauses"`
	Coverage Coverage       `json:"coverage"`
	Stale    []Stale        `json:"stale,omitempty"`
	Totals   map[string]int `json:"totals"` // cases by verdict
	// Footer is the last thing in the document.
	Footer Footer `json:"footer"`
}

// Agent is one program that was judged.
type Agent struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Path    string   `json:"path,omitempty"`
	Notes   []string `json:"notes,omitempty"`
	// Rewritten names components that the agent has under a later name only: what is said of the former was seen at the latter.
	Rewritten map[string]string `json:"rewritten,omitempty"`
}

// Case is one case played by one agent on one lane.
type Case struct {
	ID       string  `json:"id"`
	Sentence string  `json:"sentence"`
	Agent    string  `json:"agent"`
	Lane     string  `json:"lane"`
	Verdict  Verdict `json:"verdict"`
	// Reason says why the case was skipped or what broke in the harness.
	Reason string `json:"reason,omitempty"`
	// Clauses are the clauses that the case names; Checks is what it found.
	Clauses []string `json:"clauses,omitempty"`
	Checks  []Check  `json:"checks,omitempty"`
	// Took is how long the case took by the clock on the wall, Passed how much time went by in it.
	Took   time.Duration `json:"tookNanoseconds"`
	Passed time.Duration `json:"passedNanoseconds"`
	// Replayed says why this is the second play of the case, alone; empty for most.
	Replayed string `json:"replayed,omitempty"`
	// Evidence is the folder with everything that was recorded; empty when it was not kept.
	Evidence string `json:"evidence,omitempty"`
	// Again is the command that plays this case again.
	Again string `json:"again,omitempty"`
}

// Check is one finding with its verdict after known deviations were taken into account.
type Check struct {
	check.Finding
	Verdict Verdict `json:"verdict"`
	// Reason says why a deviation is known.
	Reason string `json:"reason,omitempty"`
}

// Clause is what the cases of one agent on one lane say about a clause.
type Clause struct {
	ID        string       `json:"id"`
	Source    string       `json:"source"`
	Level     clause.Level `json:"level"`
	Statement string       `json:"statement"`
	Agent     string       `json:"agent"`
	Lane      string       `json:"lane"`
	// As is the component that stood for the clause's own, when the agent has that under a later name only.
	As string `json:"as,omitempty"`
	// Verdict is the worst of the checks that prove the clause.
	Verdict Verdict `json:"verdict"`
	// Cases are the cases with that verdict.
	Cases []string `json:"cases"`
}

// Coverage counts clauses.
type Coverage struct {
	// All is how many clauses there are, Judged how many got a verdict other than skip in this run, Untestable how many say that
	// no scenario can show them.
	All        int `json:"all"`
	Judged     int `json:"judged"`
	Untestable int `json:"untestable"`
}

// Stale is an entry of a list of known deviations that does not hold.
type Stale struct {
	Agent string `json:"agent"`
	Entry string `json:"entry"`
	Why   string `json:"why"`
}

// Footer closes the document: one without it was cut short.
type Footer struct {
	Cases    int  `json:"cases"`
	Complete bool `json:"complete"`
}

// Run is what Build is told besides the cases.
type Run struct {
	Tool         string
	Began, Ended time.Time
	Filtered     bool
	Agents       []Agent
	Clauses      *clause.Set
	// Known are the lists of known deviations by name of agent.
	Known map[string]Known
}

// Build makes a report of cases in the order given. Cases come with their findings as judged: see [Judged], [Skipped] and [Broken].
func Build(run Run, cases []Case) *Report {
	r := &Report{Format: Format, Tool: run.Tool, Began: run.Began, Ended: run.Ended, Filtered: run.Filtered, Agents: run.Agents,
		Totals: map[string]int{}}
	for _, c := range cases {
		c.Checks = append([]Check(nil), c.Checks...)
		r.Cases = append(r.Cases, c)
	}
	for _, a := range run.Agents {
		r.Stale = append(r.Stale, run.Known[a.Name].apply(a, r.Cases, !run.Filtered)...)
	}
	for i := range r.Cases {
		r.Cases[i].settle()
		r.Totals[string(r.Cases[i].Verdict)]++
	}
	r.Clauses = clauses(r.Cases, run.Clauses, run.Agents)
	r.Coverage = coverage(r.Clauses, run.Clauses)
	r.Footer = Footer{Cases: len(r.Cases), Complete: true}
	return r
}

// Judged turns findings into checks of a case. The clauses in unasked are skipped for the reason there: a check that proves others, too, is
// split in two.
func Judged(c Case, findings []check.Finding, unasked map[string]string) Case {
	for _, f := range findings {
		var rest []string
		for _, id := range f.Clauses {
			if reason := unasked[id]; reason != "" {
				skipped := check.Finding{Line: f.Line, Text: f.Text, Clauses: []string{id}}
				c.Checks = append(c.Checks, Check{Finding: skipped, Verdict: Skip, Reason: reason})
				continue
			}
			rest = append(rest, id)
		}
		if len(rest) > 0 || len(f.Clauses) == 0 {
			f.Clauses = rest
			c.Checks = append(c.Checks, Check{Finding: f, Verdict: Verdict(f.Verdict)})
		}
	}
	if c.settle(); c.Verdict == Skip {
		c.Reason = c.Checks[0].Reason
	}
	return c
}

// Skipped is a case that was not played, with the reason.
func Skipped(c Case, reason string) Case {
	c.Verdict, c.Reason = Skip, reason
	return c
}

// Broken is a case in which the harness itself failed.
func Broken(c Case, err error) Case {
	c.Verdict, c.Reason = Error, err.Error()
	return c
}

// settle derives the case's verdict from its checks. A given has no verdict of its own: it shows in the others.
func (c *Case) settle() {
	if c.Verdict == Skip || c.Verdict == Error {
		return
	}
	c.Verdict = Inconclusive
	first := true
	for _, chk := range c.Checks {
		if chk.Given {
			continue
		}
		if first || chk.Verdict.worse(c.Verdict) {
			c.Verdict = chk.Verdict
		}
		first = false
	}
}
