package conformance

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/adapter"
	"github.com/touchstone-telemetry/touchstone/conformance/check"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// Kill is one row of the kill table: one scenario under one killer.
type Kill struct {
	Scenario string `json:"scenario"`
	// Killer is a sabotage with its argument, "agent NAME" for one that does nothing, "reversed" for checks turned into their
	// opposites, or "none" for the honest agent.
	Killer string `json:"killer"`
	// Cases were played, in Failed of them a check failed, in Doubtful of them none did but nothing passed either. Idle counts those in
	// which the sabotage found nothing to do.
	Cases    int `json:"cases"`
	Failed   int `json:"failed"`
	Doubtful int `json:"doubtful"`
	Idle     int `json:"idle"`
	// Survived says what should not have happened; empty for a good row.
	Survived string `json:"survived,omitempty"`
}

// KillTable is the outcome of a self-test.
type KillTable struct {
	Rows []Kill        `json:"rows"`
	Took time.Duration `json:"tookNanoseconds"`
}

// Survivors are the rows that are not as they should be.
func (t *KillTable) Survivors() []Kill {
	return slices.DeleteFunc(slices.Clone(t.Rows), func(k Kill) bool { return k.Survived == "" })
}

// The killers that are neither a sabotage nor an agent.
const (
	honest   = "none"
	reversal = "reversed"
)

// SelfTest plays each selected scenario with the first agent of the options: honestly, under each sabotage that it names, and with its
// checks reversed; and with the agents that do nothing. The honest agent must pass, everything else must not: a sabotage must be
// noticed in at least one case, every case must be killed by some sabotage, and an agent that does nothing must pass no check at all. A
// scenario is played on the virtual lane if it can be there.
func SelfTest(ctx context.Context, o Options) (*KillTable, error) {
	r, err := newRunner(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.late.close()
	began := time.Now()
	cases, err := r.suite.plan(r.agents[:1], o.Filter)
	if err != nil {
		return nil, err
	}
	empties, err := Probe(ctx, adapter.Empties())
	if err != nil {
		return nil, err
	}
	units, err := withKillers(r.oneLane(r.playable(cases)), empties)
	if err != nil {
		return nil, err
	}
	if len(units) == 0 {
		return nil, usagef("nothing is selected: this agent plays none of these scenarios here")
	}
	rows := newRows()
	r.all(ctx, units, func(_ int, u unit, got outcome, folder string) {
		if ctx.Err() != nil {
			_ = os.RemoveAll(folder) // broken off: there is nothing to judge
			return
		}
		judged := r.judge(u, got)
		rows.add(u, got, judged)
		r.tidyAfterKill(u, judged, got, folder)
		if o.Progress != nil {
			o.Progress(judged)
		}
	})
	if err := ctx.Err(); err != nil {
		r.discard()
		return nil, fmt.Errorf("self-test interrupted, so there is no table; %s (%w)", r.left(), err)
	}
	_ = os.Remove(r.folder) // only if it is empty
	return &KillTable{Rows: rows.settled(units), Took: time.Since(began)}, nil
}

// tidyAfterKill keeps the evidence of an honest agent that does not pass, and of a sabotage that nobody noticed.
func (r *runner) tidyAfterKill(u unit, c report.Case, got outcome, folder string) {
	good := (c.Verdict == report.Pass) == (u.act == "" && !isEmpty(u.agent))
	if good {
		c.Verdict = report.Pass // as expected, so it goes
	} else {
		c.Verdict = report.Fail
	}
	r.tidy(u, c, got, folder)
}

// oneLane keeps, of each scenario, the cases of the lane that costs least, without those that the agent does not play.
func (r *runner) oneLane(units []unit) []unit {
	best := map[string]scenario.Lane{}
	for _, u := range units {
		if best[u.Scenario.Path] != scenario.Virtual {
			best[u.Scenario.Path] = u.Lane
		}
	}
	return slices.DeleteFunc(units, func(u unit) bool { return u.skip != "" || u.Lane != best[u.Scenario.Path] })
}

// withKillers adds to each case its sabotages and the agents that do nothing.
func withKillers(cases []unit, empties []Agent) ([]unit, error) {
	var units []unit
	for _, u := range cases {
		units = append(units, u)
		killers, problem := u.Killers()
		if problem != nil {
			return nil, problem
		}
		for _, w := range killers {
			sabotaged := u
			sabotaged.act = w.Text
			units = append(units, sabotaged)
		}
		for _, e := range empties {
			idle := u
			idle.agent = e
			units = append(units, idle)
		}
	}
	return units, nil
}

// killer names what a unit is up against.
func (u unit) killer() string {
	switch {
	case u.act != "":
		return u.act
	case isEmpty(u.agent):
		return "agent " + u.agent.Info.Name
	}
	return honest
}

func isEmpty(a Agent) bool {
	return slices.ContainsFunc(adapter.Empties(), func(e sut.Adapter) bool { return e.Name() == a.Info.Name })
}

// rows collects the kill table.
type rows struct {
	byKey  map[[2]string]*Kill
	killed map[string]bool // cases that some sabotage kills, by name
}

func newRows() *rows { return &rows{byKey: map[[2]string]*Kill{}, killed: map[string]bool{}} }

func (r *rows) row(scenario, killer string) *Kill {
	key := [2]string{scenario, killer}
	if r.byKey[key] == nil {
		r.byKey[key] = &Kill{Scenario: scenario, Killer: killer}
	}
	return r.byKey[key]
}

// add counts one unit.
func (r *rows) add(u unit, got outcome, c report.Case) {
	k := r.row(u.Scenario.Path, u.killer())
	k.Cases++
	switch {
	case c.Verdict == report.Error:
		k.Survived = fmt.Sprintf("%s: the harness failed: %s", u.ID, c.Reason)
		return
	case c.Verdict == report.Skip:
		k.Survived = fmt.Sprintf("%s: not played: %s", u.ID, c.Reason)
		return
	case c.Verdict == report.Fail:
		k.Failed++
	case c.Verdict == report.Inconclusive:
		k.Doubtful++
	}
	switch {
	case u.act != "":
		r.addSabotage(k, u, got, c)
	case isEmpty(u.agent):
		if text := passing(c); text != "" {
			k.Survived = fmt.Sprintf("%s: passes although the agent does nothing: %s", u.ID, text)
		}
	case c.Verdict != report.Pass:
		k.Survived = fmt.Sprintf("%s: the honest agent does not pass", u.ID)
	default:
		r.addReversed(u, got)
	}
}

func (r *rows) addSabotage(k *Kill, u unit, got outcome, c report.Case) {
	if got.touched == 0 {
		k.Idle++
		return
	}
	if c.Verdict != report.Pass {
		r.killed[u.ID] = true
	}
}

// passing is the first check that passes, givens aside; empty when none does.
func passing(c report.Case) string {
	for _, chk := range c.Checks {
		if !chk.Given && chk.Verdict == report.Pass {
			return fmt.Sprintf("line %d: %s", chk.Line, chk.Text)
		}
	}
	return ""
}

// addReversed judges the honest observation once more with each check turned into its opposite.
func (r *rows) addReversed(u unit, got outcome) {
	k := r.row(u.Scenario.Path, reversal)
	for i, chk := range u.Checks {
		opposite, ok := reversed(chk.Expect)
		if !ok {
			continue
		}
		k.Cases++
		turned := u.Case
		turned.Checks = slices.Clone(u.Checks)
		turned.Checks[i].Expect = opposite
		switch check.Judge(turned, got.seen)[i].Verdict {
		case check.Fail:
			k.Failed++
		case check.Inconclusive:
			k.Doubtful++
		default:
			k.Survived = fmt.Sprintf("%s: line %d passes with its opposite, too: %s", u.ID, chk.Place().Line, chk.Text)
		}
	}
}

// settled are the rows in the order of the units, with a word about those that are not as they should be.
func (r *rows) settled(units []unit) []Kill {
	var out []Kill
	seen := map[*Kill]bool{}
	take := func(scenario, killer string) {
		if k := r.byKey[[2]string{scenario, killer}]; k != nil && !seen[k] {
			seen[k] = true
			out = append(out, *k)
		}
	}
	for _, u := range units {
		k := r.row(u.Scenario.Path, u.killer())
		if u.act != "" && k.Survived == "" && !seen[k] {
			k.Survived = k.unnoticed()
		}
		if honestly := r.row(u.Scenario.Path, honest); u.killer() == honest && honestly.Survived == "" && len(u.Scenario.KilledBy) > 0 && !r.killed[u.ID] {
			honestly.Survived = fmt.Sprintf("%s: no sabotage kills this case", u.ID)
		}
	}
	for _, u := range units {
		take(u.Scenario.Path, u.killer())
		if u.killer() == honest {
			take(u.Scenario.Path, reversal)
		}
	}
	return out
}

// unnoticed says why a sabotage did not kill; empty when it did.
func (k *Kill) unnoticed() string {
	switch {
	case k.Idle == k.Cases:
		return "the sabotage found nothing to make wrong"
	case k.Failed+k.Doubtful == 0:
		return "nobody noticed"
	}
	return ""
}

// String is one line of the table.
func (k Kill) String() string {
	state := "killed"
	switch {
	case k.Survived != "":
		state = "SURVIVED"
	case k.Killer == honest:
		state = "passes"
	}
	line := fmt.Sprintf("%-9s %-40s %-32s %d cases, %d failed, %d inconclusive", state, k.Scenario, k.Killer, k.Cases, k.Failed, k.Doubtful)
	if k.Idle > 0 {
		line += fmt.Sprintf(", %d untouched", k.Idle)
	}
	if k.Survived != "" {
		line += "\n          " + strings.ReplaceAll(k.Survived, "\n", "\n          ")
	}
	return line
}
