package report

import "github.com/touchstone-telemetry/touchstone/conformance/clause"

// who is one column of the table of clauses.
type who struct{ clause, agent, lane string }

// clauses collects what the cases say about each clause, in the order of the set. A clause's verdict is the worst of the
// checks that prove it; a case that was skipped or broke speaks for all clauses it names.
func clauses(cases []Case, set *clause.Set, agents []Agent) []Clause {
	found := map[who]*Clause{}
	var order []who
	tell := func(c Case, id string, v Verdict) {
		key := who{id, c.Agent, c.Lane}
		entry := found[key]
		if entry == nil {
			entry = &Clause{ID: id, Agent: c.Agent, Lane: c.Lane, Verdict: v}
			found[key] = entry
			order = append(order, key)
		}
		if v.worse(entry.Verdict) {
			entry.Verdict, entry.Cases = v, nil
		}
		if v == entry.Verdict && (len(entry.Cases) == 0 || entry.Cases[len(entry.Cases)-1] != c.ID) {
			entry.Cases = append(entry.Cases, c.ID)
		}
	}
	for _, c := range cases {
		if c.Verdict == Skip || c.Verdict == Error {
			for _, id := range c.Clauses {
				tell(c, id, c.Verdict)
			}
			continue
		}
		for _, chk := range c.Checks {
			for _, id := range chk.Clauses {
				tell(c, id, chk.Verdict)
			}
		}
	}
	return described(found, order, set, agents)
}

// described adds what the set says about each clause, and which component stood for its own, and sorts by the set's order.
func described(found map[who]*Clause, order []who, set *clause.Set, agents []Agent) []Clause {
	rewritten := map[string]map[string]string{}
	for _, a := range agents {
		rewritten[a.Name] = a.Rewritten
	}
	var all []Clause
	for _, c := range set.All() {
		for _, key := range order {
			if key.clause != c.ID {
				continue
			}
			entry := *found[key]
			entry.Source, entry.Level, entry.Statement = c.Source, c.Level, c.Statement
			entry.As = rewritten[key.agent][c.Component]
			all = append(all, entry)
		}
	}
	return all
}

// told is the statement, with the component that stood for its own.
func (c Clause) told() string {
	if c.As == "" {
		return c.Statement
	}
	return c.Statement + " (asked of " + c.As + ")"
}

func coverage(judged []Clause, set *clause.Set) Coverage {
	seen := map[string]bool{}
	for _, c := range judged {
		if c.Verdict != Skip {
			seen[c.ID] = true
		}
	}
	cov := Coverage{All: set.Len(), Judged: len(seen)}
	for _, c := range set.All() {
		if c.Untestable != "" {
			cov.Untestable++
		}
	}
	return cov
}
