package conformance

import (
	"context"
	"fmt"
	"slices"

	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// Agent is an adapter with what its agent said about itself.
type Agent struct {
	Adapter sut.Adapter
	Info    sut.Info
}

// Probe asks agents what they are. The error names the first that cannot be used.
func Probe(ctx context.Context, adapters []sut.Adapter) ([]Agent, error) {
	var agents []Agent
	for _, a := range adapters {
		info, err := a.Probe(ctx)
		if err == nil {
			err = info.Validate()
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, usagef("agent %s: %v", a.Name(), err)
		}
		agents = append(agents, Agent{Adapter: a, Info: info})
	}
	return agents, nil
}

// unit is one case for one agent, under at most one sabotage.
type unit struct {
	scenario.Case
	agent Agent
	// act is the name of a sabotage with its argument; empty for none.
	act string
	// skip is why the unit is not played; empty when it is.
	skip string
}

// plan lists the selected cases of each agent, in the order of the scenarios. Those that an agent or this machine cannot play
// are in it with the reason.
func (s *Suite) plan(agents []Agent, f Filter) ([]unit, error) {
	if err := f.check(s); err != nil {
		return nil, err
	}
	var units []unit
	for _, agent := range agents {
		for _, one := range s.Scenarios {
			for _, lane := range scenario.Lanes {
				if !slices.Contains(agent.Adapter.Lanes(), sut.Lane(lane)) {
					continue
				}
				cases, err := one.Expand(lane)
				if err != nil {
					return nil, err
				}
				for _, c := range cases {
					if f.selects(s, c) {
						units = append(units, unit{Case: c, agent: agent, skip: agent.cannot(c)})
					}
				}
			}
		}
	}
	if len(s.Scenarios) == 0 {
		return nil, usagef("nothing is selected: the suite holds no scenario (a file *.txtar)")
	}
	if len(units) == 0 {
		return nil, usagef("nothing is selected: no case fits all filters for these agents")
	}
	return units, nil
}

// cannot is why the agent does not play a case; empty when it does.
func (a Agent) cannot(c scenario.Case) string {
	s := c.Scenario
	if s.Agent != "" && s.Agent != a.Info.Name {
		return fmt.Sprintf("for %s only: %s", s.Agent, s.AgentReason)
	}
	for _, need := range c.Needs {
		if !a.Info.Has(sut.Capability(need.Text)) {
			return fmt.Sprintf("needs %s, which it does not have", need.Text)
		}
	}
	return a.unasked(c)
}

// unasked is why none of the clauses of a case is asked of the agent; empty when at least one is.
func (a Agent) unasked(c scenario.Case) string {
	reason := ""
	for _, id := range c.Clauses {
		if reason = a.Info.Unasked[id]; reason == "" {
			return ""
		}
	}
	return reason
}

// blank is the report of the unit before it was played.
func (u unit) blank() report.Case {
	return report.Case{
		ID: u.ID, Sentence: u.Scenario.Sentence, Agent: u.agent.Info.Name, Lane: string(u.Lane), Clauses: u.Clauses,
		Again: fmt.Sprintf("touchstone test --agent %s --lane %s --scenario '%s' --keep", u.agent.flag(), u.Lane, u.ID),
	}
}

// flag is how the agent is named on the command line.
func (a Agent) flag() string {
	if a.Info.Path == "" {
		return a.Info.Name
	}
	return a.Info.Name + "=" + a.Info.Path
}

// reported is the agent in the report.
func (a Agent) reported() report.Agent {
	return report.Agent{Name: a.Info.Name, Version: a.Info.Version, Path: a.Info.Path, Notes: a.Info.Notes, Rewritten: a.Info.RewrittenNames()}
}
