package report

import (
	"fmt"
	"html"
	"io"
	"strings"
)

// WriteMarkdown writes what a person reads first: the outcome, the agents with their counts, the clauses that do not hold, and each case
// that needs attention, folded. Forges show it as the summary of a step.
func WriteMarkdown(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# touchstone: %s\n\n", r.outcome())
	fmt.Fprintf(&b, "%d cases in %s: %s. %d of %d clauses judged.\n\n",
		len(r.Cases), round(r.Ended.Sub(r.Began)), tally(r.Totals), r.Coverage.Judged, r.Coverage.All)
	r.markdownAgents(&b)
	r.markdownClauses(&b)
	r.markdownCases(&b)
	for _, s := range r.Stale {
		fmt.Fprintf(&b, "- stale entry of %s: `%s`: %s\n", inline(s.Agent), s.Entry, inline(s.Why))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (r *Report) markdownAgents(b *strings.Builder) {
	b.WriteString("| agent | version | lane | cases |\n|---|---|---|---|\n")
	for _, col := range r.columns() {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", inline(col.agent), inline(r.version(col.agent)), col.lane, tally(r.counts(col)))
	}
	b.WriteByte('\n')
}

// version is that of the agent called name.
func (r *Report) version(name string) string {
	for _, a := range r.Agents {
		if a.Name == name {
			return a.Version
		}
	}
	return ""
}

func (r *Report) markdownClauses(b *strings.Builder) {
	header := "## Clauses that do not hold\n\n| clause | level | agent | verdict | statement |\n|---|---|---|---|---|\n"
	for _, c := range r.Clauses {
		if c.Verdict == Pass || c.Verdict == Skip {
			continue
		}
		b.WriteString(header)
		header = ""
		fmt.Fprintf(b, "| %s | %s | %s, %s | %s | %s |\n", c.ID, c.Level, inline(c.Agent), c.Lane, c.Verdict, inline(c.told()))
	}
	if header == "" {
		b.WriteByte('\n')
	}
}

func (r *Report) markdownCases(b *strings.Builder) {
	for _, c := range r.Cases {
		if !c.bad() {
			continue
		}
		var text strings.Builder
		c.write(&text)
		fmt.Fprintf(b, "<details><summary>%s: %s (%s, %s)</summary>\n\n%s\n\n<pre>%s</pre>\n</details>\n\n",
			c.Verdict, html.EscapeString(c.ID), html.EscapeString(c.Agent), c.Lane, inline(c.Sentence), html.EscapeString(text.String()))
	}
}

// inline makes text safe inside a cell of a table.
func inline(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;", "`", "\\`", "*", "\\*", "_", "\\_").Replace(text)
}
