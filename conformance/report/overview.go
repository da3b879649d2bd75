package report

import "slices"

// pageOverview is one line of the overview: a page of the specification, with the clauses of each column by verdict.
type pageOverview struct {
	Name, Anchor string
	Cells        []pageTally
}

// pageTally says how many clauses there are of each verdict; its class is that of the worst.
type pageTally struct{ Text, Class string }

// overview counts the rows of the matrix.
func (p *page) overview() []pageOverview {
	var lines []pageOverview
	for _, clauses := range p.Pages {
		line := pageOverview{Name: clauses.Name, Anchor: clauses.Anchor}
		for i := range p.Columns {
			counts := map[Verdict]int{}
			for _, row := range clauses.Rows {
				if v := row.Cells[i].Verdict; v != "" {
					counts[v]++
				}
			}
			line.Cells = append(line.Cells, pageTally{tally(counts), class(worst(counts))})
		}
		lines = append(lines, line)
	}
	return lines
}

// worst is the worst verdict that was counted, skip when there is none.
func worst(counts map[Verdict]int) Verdict {
	for _, v := range Verdicts() {
		if counts[v] > 0 {
			return v
		}
	}
	return Skip
}

// pageKnown is a known deviation with the cases in which it shows.
type pageKnown struct {
	Agent, Reason string
	Cases         []Case
}

// known are the known deviations in order of first occurrence.
func (r *Report) known() []pageKnown {
	var found []pageKnown
	for _, c := range r.Cases {
		if c.Verdict != KnownDeviation {
			continue
		}
		reason := c.KnownReason()
		i := slices.IndexFunc(found, func(k pageKnown) bool { return k.Agent == c.Agent && k.Reason == reason })
		if i < 0 {
			i, found = len(found), append(found, pageKnown{Agent: c.Agent, Reason: reason})
		}
		found[i].Cases = append(found[i].Cases, c)
	}
	return found
}

// legend are the verdicts that occur on the page.
func (r *Report) legend() []Verdict {
	return slices.DeleteFunc(Verdicts(), func(v Verdict) bool {
		return r.Totals[string(v)] == 0 && !slices.ContainsFunc(r.Clauses, func(c Clause) bool { return c.Verdict == v })
	})
}
