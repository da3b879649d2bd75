package report

import "slices"

// Verdict is the outcome of a check, a case or a clause.
type Verdict string

const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
	// Skip: not played, with the reason.
	Skip Verdict = "skip"
	// Known: fails, as the list of known deviations says.
	KnownDeviation Verdict = "known"
	// UnexpectedPass: listed as a known deviation, but holds.
	UnexpectedPass Verdict = "unexpected pass"
	// Error: the harness itself failed.
	Error Verdict = "error"
)

// Verdicts returns all verdicts, the worst first.
func Verdicts() []Verdict {
	return []Verdict{Error, Fail, Inconclusive, UnexpectedPass, KnownDeviation, Pass, Skip}
}

// Meaning says for somebody who has not read anything else what the verdict means.
func (v Verdict) Meaning() string {
	switch v {
	case Pass:
		return "it was seen to hold"
	case Fail:
		return "it was seen not to hold"
	case Inconclusive:
		return "what would show it never happened, so nothing is proved"
	case Skip:
		return "not played, because this agent cannot be asked"
	case KnownDeviation:
		return "does not hold, and stands on the agent's list of known deviations"
	case UnexpectedPass:
		return "stands on that list, but holds: the list is out of date"
	case Error:
		return "the harness itself failed"
	}
	return ""
}

func (v Verdict) worse(w Verdict) bool {
	order := Verdicts()
	return slices.Index(order, v) < slices.Index(order, w)
}

// Exit codes of a run.
const (
	// ExitOK: everything as expected.
	ExitOK = 0
	// ExitFailed: a binding clause failed or is inconclusive, or a list of known deviations is stale.
	ExitFailed = 1
	// ExitUsage: wrong arguments, or nothing was selected.
	ExitUsage = 2
	// ExitBroken: the harness itself failed.
	ExitBroken = 3
)

// Exit is the exit code of the run. Checks that prove only clauses of level should, example or observe do not fail it; checks
// without a clause do.
func (r *Report) Exit() int {
	switch {
	case len(r.Cases) == 0:
		return ExitUsage
	case slices.ContainsFunc(r.Cases, func(c Case) bool { return c.Verdict == Error }):
		return ExitBroken
	case len(r.Stale) > 0 || slices.ContainsFunc(r.Cases, r.failed):
		return ExitFailed
	}
	return ExitOK
}

// failed tells whether a case has a check that fails the run.
func (r *Report) failed(c Case) bool {
	return slices.ContainsFunc(c.Checks, func(chk Check) bool {
		bad := chk.Verdict == Fail || chk.Verdict == Inconclusive || chk.Verdict == UnexpectedPass
		return bad && !chk.Given && r.binding(chk)
	})
}

// binding tells whether a check counts: it proves nothing by name, or at least one must or default.
func (r *Report) binding(chk Check) bool {
	if len(chk.Clauses) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Clauses, func(c Clause) bool {
		return c.Level.Binding() && slices.Contains(chk.Clauses, c.ID)
	})
}
