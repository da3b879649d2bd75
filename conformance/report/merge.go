package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

// Merge makes one report of several: of runs with different agents, or of parts of one run. Cases stay in the order of the reports, the
// clauses come from the set. The error names a case that two reports have, or an agent with two versions: compare such reports with [Compare].
func Merge(set *clause.Set, reports ...*Report) (*Report, error) {
	if len(reports) == 0 {
		return nil, errors.New("merge reports: there are none")
	}
	all := &Report{Format: Format, Began: reports[0].Began, Ended: reports[0].Ended, Totals: map[string]int{}}
	var tools []string
	for _, r := range reports {
		if err := all.take(r); err != nil {
			return nil, fmt.Errorf("merge reports: %w", err)
		}
		if !slices.Contains(tools, r.Tool) {
			tools = append(tools, r.Tool)
		}
	}
	all.Tool = strings.Join(tools, " and ")
	all.Clauses = clauses(all.Cases, set, all.Agents)
	all.Coverage = coverage(all.Clauses, set)
	all.Footer = Footer{Cases: len(all.Cases), Complete: true}
	return all, nil
}

// take adds what another report has.
func (r *Report) take(other *Report) error {
	for _, a := range other.Agents {
		i := slices.IndexFunc(r.Agents, func(have Agent) bool { return have.Name == a.Name })
		switch {
		case i < 0:
			r.Agents = append(r.Agents, a)
		case r.Agents[i].Version != a.Version:
			return fmt.Errorf("agent %s has the versions %s and %s", a.Name, r.Agents[i].Version, a.Version)
		}
	}
	have := r.byCase()
	for _, c := range other.Cases {
		if _, twice := have[keyOf(c)]; twice {
			return fmt.Errorf("two of them have the case %s", keyOf(c))
		}
		r.Cases = append(r.Cases, c)
		r.Totals[string(c.Verdict)]++
	}
	r.Stale = append(r.Stale, other.Stale...)
	r.Filtered = r.Filtered || other.Filtered
	if other.Began.Before(r.Began) {
		r.Began = other.Began
	}
	if other.Ended.After(r.Ended) {
		r.Ended = other.Ended
	}
	return nil
}

// caseKey tells cases of one or several reports apart.
type caseKey struct{ id, agent, lane string }

func (k caseKey) String() string { return fmt.Sprintf("%s (%s, %s)", k.id, k.agent, k.lane) }

func keyOf(c Case) caseKey { return caseKey{c.ID, c.Agent, c.Lane} }

// byCase are the verdicts of the cases.
func (r *Report) byCase() map[caseKey]Verdict {
	verdicts := make(map[caseKey]Verdict, len(r.Cases))
	for _, c := range r.Cases {
		verdicts[keyOf(c)] = c.Verdict
	}
	return verdicts
}
