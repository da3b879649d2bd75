package scenario

import (
	"fmt"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

// Coverage says of each clause of a set what shows it.
type Coverage struct {
	// Scenarios is how many scenarios there are.
	Scenarios int
	// ByScenario, ByTest and ByReason are the clauses that a scenario proves, those that only Go tests show, and those that say why
	// nothing can, each in the order of the set. Open are the others.
	ByScenario, ByTest, ByReason, Open []clause.Clause
	// Proving are the paths of the scenarios that prove a clause, by its name, be it for another agent than the reference.
	Proving map[string][]string
}

// Cover finds out what shows the clauses of a set to hold for the reference. Scenarios for another agent show nothing of it.
func Cover(scenarios []*Scenario, set *clause.Set) Coverage {
	c := Coverage{Scenarios: len(scenarios), Proving: map[string][]string{}}
	shown := map[string]bool{}
	for _, s := range scenarios {
		for _, id := range s.proven() {
			c.Proving[id] = append(c.Proving[id], s.Path)
			shown[id] = shown[id] || s.Agent == "" || s.Agent == "reference"
		}
	}
	for _, one := range set.All() {
		switch {
		case shown[one.ID]:
			c.ByScenario = append(c.ByScenario, one)
		case len(one.ShownBy) > 0:
			c.ByTest = append(c.ByTest, one)
		case one.Untestable != "":
			c.ByReason = append(c.ByReason, one)
		default:
			c.Open = append(c.Open, one)
		}
	}
	return c
}

// proven are the clauses that any case of the scenario proves, sorted.
func (s *Scenario) proven() []string {
	ids := map[string]bool{}
	for _, c := range s.all() {
		for _, chk := range c.Checks {
			for _, id := range chk.Clauses {
				ids[id] = true
			}
		}
	}
	return keys(ids)
}

// All is how many clauses there are.
func (c Coverage) All() int { return len(c.ByScenario) + len(c.ByTest) + len(c.ByReason) + len(c.Open) }

// Summary words the coverage in one line.
func (c Coverage) Summary() string {
	return fmt.Sprintf("%d clauses: %d shown by %d scenarios, %d by Go tests alone, %d with the reason why nothing can show them, %d open",
		c.All(), len(c.ByScenario), c.Scenarios, len(c.ByTest), len(c.ByReason), len(c.Open))
}

// Table lists the clauses that no scenario proves, with what shows them instead, one a line.
func (c Coverage) Table() string {
	var b strings.Builder
	row := func(how string, one clause.Clause, why string) {
		fmt.Fprintf(&b, "%-7s %-42s %-8s %s\n", how, one.ID, one.Level, why)
	}
	for _, one := range c.ByTest {
		row("test", one, strings.Join(one.ShownBy, " "))
	}
	for _, one := range c.ByReason {
		row("reason", one, one.Untestable)
	}
	for _, one := range c.Open {
		row("open", one, one.Statement)
	}
	return b.String()
}
