package report

import (
	"fmt"
	"io"
	"time"
)

// Progress shows cases as they end. Not safe for concurrent use.
type Progress struct {
	// Out is where lines go.
	Out io.Writer
	// Total is how many cases there will be.
	Total int
	// Terminal keeps one line up to date and leaves only what did not pass; otherwise every case gets a line.
	Terminal bool

	done int
}

// Done shows that a case has ended.
func (p *Progress) Done(c Case) {
	p.done++
	line := fmt.Sprintf("%*d/%d  %-15s %s (%s, %s, %s)", digits(p.Total), p.done, p.Total, c.Verdict, c.ID, c.Agent, c.Lane, round(c.Took))
	if !p.Terminal {
		fmt.Fprintln(p.Out, line)
		return
	}
	fmt.Fprint(p.Out, "\r\x1b[K", line)
	if c.Verdict != Pass && c.Verdict != Skip && c.Verdict != KnownDeviation {
		fmt.Fprintln(p.Out)
	}
}

// Close ends the line that is kept up to date.
func (p *Progress) Close() {
	if p.Terminal && p.done > 0 {
		fmt.Fprint(p.Out, "\r\x1b[K")
	}
}

func digits(n int) int { return len(fmt.Sprint(n)) }

// round makes a duration short enough to read.
func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(100 * time.Millisecond)
}
