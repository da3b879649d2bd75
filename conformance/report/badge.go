package report

import (
	"fmt"
	"html"
	"io"
	"strings"
)

// Colours of the badge.
const (
	badgeGood    = "#2a7d3f"
	badgePartly  = "#8a6d00"
	badgeFailed  = "#b3261e"
	badgeNothing = "#6b6b6b"
)

// WriteBadge writes a badge for a README, an SVG picture that needs nothing else: how many of the clauses judged hold, in every agent and on
// every lane of the report. It is green when all do, red when the run failed, yellow when it did not although some do not hold (known deviations, and
// clauses that do not bind), grey when the harness broke or nothing was judged. Its title names the agents.
func WriteBadge(w io.Writer, r *Report) error {
	message, colour := r.badge()
	if _, err := io.WriteString(w, badgeSVG("touchstone", message, r.badgeTitle(message), colour)); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// badge is what the badge says, and its colour.
func (r *Report) badge() (message, colour string) {
	hold, judged := r.holding()
	message = fmt.Sprintf("%d of %d clauses hold", hold, judged)
	switch exit := r.Exit(); {
	case exit == ExitBroken:
		return "the harness broke", badgeNothing
	case exit == ExitUsage || judged == 0:
		return "nothing judged", badgeNothing
	case exit == ExitFailed:
		return "failed: " + message, badgeFailed
	case hold < judged:
		return message, badgePartly
	}
	return message, badgeGood
}

// holding counts the clauses that were judged, and those of them that hold wherever they were.
func (r *Report) holding() (hold, judged int) {
	bad := map[string]bool{}
	for _, c := range r.Clauses {
		if c.Verdict != Skip {
			bad[c.ID] = bad[c.ID] || c.Verdict != Pass
		}
	}
	for _, b := range bad {
		if !b {
			hold++
		}
	}
	return hold, len(bad)
}

func (r *Report) badgeTitle(message string) string {
	var agents []string
	for _, a := range r.Agents {
		agents = append(agents, strings.TrimSpace(a.Name+" "+a.Version))
	}
	return fmt.Sprintf("touchstone: %s (%s)", message, strings.Join(agents, ", "))
}

// badgeSVG draws two fields side by side. The width of a text depends on the fonts of whoever looks, so it is set.
func badgeSVG(label, message, title, colour string) string {
	const pad = 8
	left, right := textWidth(label), textWidth(message)
	split, width := left+2*pad, left+right+4*pad
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-label="%s">`+"\n", width, html.EscapeString(title))
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprintf(&b, `<path fill="#444" d="M4 0h%dv20H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z"/>`+"\n", split-4)
	fmt.Fprintf(&b, `<path fill="%s" d="M%d 0h%da4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H%dz"/>`+"\n", colour, split, width-split-4, split)
	b.WriteString(`<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">` + "\n")
	for _, t := range []struct {
		x, width int
		text     string
	}{{pad, left, label}, {split + pad, right, message}} {
		fmt.Fprintf(&b, `<text x="%d" y="14" textLength="%d">%s</text>`+"\n", t.x, t.width, html.EscapeString(t.text))
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// textWidth is about how wide a text is at 11 pixels: letters are narrow, wide, or neither.
func textWidth(text string) int {
	width := 0
	for _, c := range text {
		switch {
		case strings.ContainsRune("ijlftr .:,'", c):
			width += 4
		case strings.ContainsRune("mwMW", c):
			width += 10
		default:
			width += 7
		}
	}
	return width
}
