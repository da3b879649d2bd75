package report

import "slices"

// column is one agent on one lane: a column of the matrix.
type column struct{ agent, lane string }

// columns are the agents and lanes that have cases, in the order of the agents, the virtual lane first.
func (r *Report) columns() []column {
	var columns []column
	for _, a := range r.Agents {
		for _, lane := range []string{"virtual", "real"} {
			if slices.ContainsFunc(r.Cases, func(c Case) bool { return c.Agent == a.Name && c.Lane == lane }) {
				columns = append(columns, column{a.Name, lane})
			}
		}
	}
	return columns
}

// counts are the cases of a column by verdict.
func (r *Report) counts(col column) map[Verdict]int {
	counts := map[Verdict]int{}
	for _, c := range r.Cases {
		if c.Agent == col.agent && c.Lane == col.lane {
			counts[c.Verdict]++
		}
	}
	return counts
}

// outcome words what the exit code says.
func (r *Report) outcome() string {
	switch r.Exit() {
	case ExitOK:
		if slices.ContainsFunc(r.Cases, Case.bad) {
			return "every clause that binds holds"
		}
		return "everything as expected"
	case ExitBroken:
		return "the harness broke"
	case ExitUsage:
		return "nothing was played"
	}
	return "failed"
}
