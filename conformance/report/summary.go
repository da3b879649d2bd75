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
		if !c.bad() {
			continue
		}
		fmt.Fprintf(b, "%s  %s (%s, %s)\n", c.Verdict, c.ID, c.Agent, c.Lane)
		c.write(b)
		b.WriteByte('\n')
	}
	for _, s := range r.Stale {
		fmt.Fprintf(b, "stale  known deviation of %s: %s: %s\n\n", s.Agent, s.Entry, s.Why)
	}
}

// bad tells whether somebody should look at the case.
func (c Case) bad() bool {
	return c.Verdict != Pass && c.Verdict != Skip && c.Verdict != KnownDeviation
}

// write says what is wrong with the case and where to look.
func (c Case) write(b *strings.Builder) {
	if c.Reason != "" {
		fmt.Fprintf(b, "    %s\n", c.Reason)
	}
	c.writeChecks(b)
	if c.Replayed != "" {
		fmt.Fprintf(b, "    played twice: %s\n", c.Replayed)
	}
	if c.Evidence != "" {
		fmt.Fprintf(b, "    evidence: %s\n", c.Evidence)
	}
	if c.Again != "" {
		fmt.Fprintf(b, "    again: %s\n", c.Again)
	}
}

// writeChecks lists the checks that do not hold. Where several say the same, such as that the agent never got ready, it is said once.
func (c Case) writeChecks(b *strings.Builder) {
	bad := slices.DeleteFunc(slices.Clone(c.Checks), func(chk Check) bool { return chk.Verdict == Pass || chk.Verdict == KnownDeviation })
	for i, chk := range bad {
		fmt.Fprintf(b, "    line %d: %s", chk.Line, chk.Text)
		if len(chk.Clauses) > 0 {
			fmt.Fprintf(b, "  [%s]", strings.Join(chk.Clauses, " "))
		}
		b.WriteByte('\n')
		if i+1 == len(bad) || bad[i+1].finding() != chk.finding() {
			fmt.Fprintf(b, "      %s\n", chk.finding())
		}
	}
}

// finding is what a check says.
func (chk Check) finding() string {
	return fmt.Sprintf("%s: %s", chk.Verdict, cmp.Or(chk.Detail, chk.Reason))
}

// skips counts the reasons for which cases of an agent were skipped, in order of first occurrence.
func (r *Report) skips() []skipped {
	var found []skipped
	for _, c := range r.Cases {
		if c.Verdict != Skip {
			continue
		}
		i := slices.IndexFunc(found, func(s skipped) bool { return s.Agent == c.Agent && s.Reason == c.Reason })
		if i < 0 {
			i, found = len(found), append(found, skipped{Agent: c.Agent, Reason: c.Reason})
		}
		found[i].Cases++
	}
	return found
}

// skipped is a reason with the number of cases that it keeps an agent from.
type skipped struct {
	Agent, Reason string
	Cases         int
}

// writeSkips lists the reasons for which cases were skipped.
func (r *Report) writeSkips(b *strings.Builder) {
	found := r.skips()
	if len(found) == 0 {
		return
	}
	b.WriteString("skipped\n")
	for _, s := range found {
		fmt.Fprintf(b, "  %4d  %s: %s\n", s.Cases, s.Agent, s.Reason)
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
	fmt.Fprintf(b, "  %-15s %s%s: %s\n", c.Verdict, c.ID, level, c.told())
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
	if n := r.replayed(); n > 0 {
		fmt.Fprintf(b, "%d cases played a second time, alone, because they did not hold while this machine itself was late\n", n)
	}
}

// replayed counts the cases that were played twice.
func (r *Report) replayed() (n int) {
	for _, c := range r.Cases {
		if c.Replayed != "" {
			n++
		}
	}
	return n
}
