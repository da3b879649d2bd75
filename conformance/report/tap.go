package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// WriteTAP writes the report in version 14 of the Test Anything Protocol: a test point for each case, and one for each entry of a list of
// known deviations that is stale. A point is not ok when the case fails the run: see [Report.Exit]. What was not played is marked
// SKIP with its reason; known deviations, and deviations from clauses that do not bind, are marked TODO. Points that need attention are
// followed by a YAML block that says what was found. A report without cases is no success: it says Bail out!
func WriteTAP(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 14\n1..%d\n# touchstone %s: %s\n", len(r.Cases)+len(r.Stale), tapComment(r.Tool), r.outcome())
	for i, c := range r.Cases {
		r.tapCase(&b, i+1, c)
	}
	for i, s := range r.Stale {
		fmt.Fprintf(&b, "not ok %d - known deviation of %s: %s\n", len(r.Cases)+i+1, tapText(s.Agent), tapText(s.Entry))
		tapBlock(&b, s.Why, "severity: stale", "")
	}
	if len(r.Cases) == 0 {
		b.WriteString("Bail out! nothing was played\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// tapCase writes the test point of one case.
func (r *Report) tapCase(b *strings.Builder, number int, c Case) {
	state, directive := "ok", ""
	switch {
	case c.Verdict == Error || r.failed(c):
		state = "not ok"
	case c.Verdict == Skip:
		directive = " # SKIP " + tapComment(c.Reason)
	case c.Verdict == KnownDeviation:
		state, directive = "not ok", " # TODO known: "+tapComment(c.KnownReason())
	case c.Verdict != Pass:
		state, directive = "not ok", " # TODO does not bind"
	}
	fmt.Fprintf(b, "%s %d - %s (%s, %s)%s\n", state, number, tapText(c.ID), tapText(c.Agent), c.Lane, directive)
	if !c.bad() {
		return
	}
	var text strings.Builder
	c.write(&text)
	tapBlock(b, c.Sentence, fmt.Sprintf("severity: %s\nduration_ms: %d", class(c.Verdict), c.Took.Milliseconds()), text.String())
}

// tapBlock writes a YAML block: what it is about, plain entries, and what was found, if anything. It keeps to the few forms that readers of
// version 13 know too: a quoted line and a literal block whose first line is the least indented one.
func tapBlock(b *strings.Builder, message, plain, found string) {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(tapComment(message))
	fmt.Fprintf(b, "  ---\n  message: \"%s\"\n", quoted)
	tapLines(b, "  ", plain)
	if found != "" {
		b.WriteString("  found: |\n")
		tapLines(b, "    ", found)
	}
	b.WriteString("  ...\n")
}

// tapLines writes lines with another indentation: the four blanks that cases are written with go.
func tapLines(b *strings.Builder, indent, text string) {
	for line := range strings.Lines(strings.Trim(text, " \n")) {
		fmt.Fprintf(b, "%s%s\n", indent, printable(strings.TrimPrefix(strings.TrimRight(line, "\r\n"), "    ")))
	}
}

// tapText makes text safe in a description, where # begins a directive and \ escapes it.
func tapText(text string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(tapComment(text))
}

// tapComment makes text safe where a line must not end.
func tapComment(text string) string { return printable(strings.Join(strings.Fields(text), " ")) }

// printable replaces control characters, which YAML does not allow; tabs stay.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\t' {
			return '\uFFFD'
		}
		return c
	}, text)
}
