package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

// WriteSummary writes the outcome for people: what did not hold first, case by case, then the clauses by page, then the totals.
func WriteSummary(w io.Writer, r *Report) error {
	var b strings.Builder
	r.writeBad(&b)
	r.writeSkips(&b)
	r.writePages(&b)
	r.writeTotals(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeBad lists what needs somebody's attention.
func (r *Report) writeBad(b *strings.Builder) {
	for _, c := range r.Cases {
		switch c.Verdict {
		case Pass, Skip, KnownDeviation:
			continue
		}
		fmt.Fprintf(b, "%s  %s (%s, %s)\n", c.Verdict, c.ID, c.Agent, c.Lane)
		if c.Reason != "" {
			fmt.Fprintf(b, "    %s\n", c.Reason)
		}
		for _, chk := range c.Checks {
			r.writeCheck(b, chk)
		}
		if c.Evidence != "" {
			fmt.Fprintf(b, "    evidence: %s\n", c.Evidence)
		}
		if c.Again != "" {
			fmt.Fprintf(b, "    again: %s\n", c.Again)
		}
		b.WriteByte('\n')
	}
	for _, s := range r.Stale {
		fmt.Fprintf(b, "stale  known deviation of %s: %s: %s\n\n", s.Agent, s.Entry, s.Why)
	}
}

func (r *Report) writeCheck(b *strings.Builder, chk Check) {
	if chk.Verdict == Pass || chk.Verdict == KnownDeviation {
		return
	}
	fmt.Fprintf(b, "    line %d: %s", chk.Line, chk.Text)
	if len(chk.Clauses) > 0 {
		fmt.Fprintf(b, "  [%s]", strings.Join(chk.Clauses, " "))
	}
	fmt.Fprintf(b, "\n      %s: %s\n", chk.Verdict, cmp.Or(chk.Detail, chk.Reason))
}

// writeSkips counts the reasons for which cases were skipped.
func (r *Report) writeSkips(b *strings.Builder) {
	var reasons []string
	times := map[string]int{}
	for _, c := range r.Cases {
		if c.Verdict != Skip {
			continue
		}
		reason := c.Agent + ": " + c.Reason
		if times[reason]++; times[reason] == 1 {
			reasons = append(reasons, reason)
		}
	}
	if len(reasons) == 0 {
		return
	}
	b.WriteString("skipped\n")
	for _, reason := range reasons {
		fmt.Fprintf(b, "  %4d  %s\n", times[reason], reason)
	}
	b.WriteByte('\n')
}

// writePages writes one line per page, agent and lane, and the clauses on it that do not hold.
func (r *Report) writePages(b *strings.Builder) {
	type row struct{ page, agent, lane string }
	var rows []row
	counts := map[row]map[Verdict]int{}
	for _, c := range r.Clauses {
		key := row{c.Source, c.Agent, c.Lane}
		if counts[key] == nil {
			counts[key] = map[Verdict]int{}
			rows = append(rows, key)
		}
		counts[key][c.Verdict]++
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.agent, b.agent), cmp.Compare(b.lane, a.lane))
	})
	for _, key := range rows {
		fmt.Fprintf(b, "%-30s %s, %s: %s\n", key.page, key.agent, key.lane, tally(counts[key]))
		for _, c := range r.Clauses {
			if (row{c.Source, c.Agent, c.Lane}) == key && c.Verdict != Pass && c.Verdict != Skip {
				r.writeClause(b, c)
			}
		}
	}
}

func (r *Report) writeClause(b *strings.Builder, c Clause) {
	level := ""
	if c.Level != clause.Must {
		level = " (" + string(c.Level) + ")"
	}
	fmt.Fprintf(b, "  %-15s %s%s: %s\n", c.Verdict, c.ID, level, c.Statement)
}

// tally words how many there are of each verdict, the worst first.
func tally[N ~map[K]int, K ~string](counts N) string {
	var parts []string
	for _, v := range Verdicts() {
		if n := counts[K(v)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(parts, ", ")
}

func (r *Report) writeTotals(b *strings.Builder) {
	fmt.Fprintf(b, "\n%d cases in %s: %s\n", len(r.Cases), round(r.Ended.Sub(r.Began)), tally(r.Totals))
	fmt.Fprintf(b, "%d of %d clauses judged\n", r.Coverage.Judged, r.Coverage.All)
}
