package ceiling

import (
	"fmt"
	"io"
)

// WriteText prints the figures as a table, a row a line.
func WriteText(w io.Writer, all []Figures) error {
	for _, f := range all {
		ratio := ""
		if f.Rival != "" {
			ratio = fmt.Sprintf("   %.1fx (%.1f-%.1f) of %s%s", f.Ratio.Median, f.Ratio.Min, f.Ratio.Max, f.Rival, goal(f))
		}
		_, err := fmt.Fprintf(w, "%-30s %11.0f (%.0f-%.0f) %s%s per CPU-second   memory %.0f MB%s\n",
			f.Row, f.PerCPUSecond.Median, f.PerCPUSecond.Min, f.PerCPUSecond.Max, f.Unit, volume(f), f.PeakRSS.Median/1e6, ratio)
		if err != nil {
			return err
		}
	}
	return nil
}

// volume is how much was sent to the subject, where that is much.
func volume(f Figures) string {
	megabytes := f.PerCPUSecond.Median * f.BytesPerUnit / 1e6
	if megabytes < 10 {
		return ""
	}
	return fmt.Sprintf(" (%.0f MB sent)", megabytes)
}

// goal says what was wanted and whether it was reached.
func goal(f Figures) string {
	switch {
	case f.Goal == 0:
		return ""
	case f.Reached():
		return fmt.Sprintf("; the goal of %gx is reached", f.Goal)
	default:
		return fmt.Sprintf("; the goal of %gx is NOT reached", f.Goal)
	}
}
