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
			ratio = fmt.Sprintf("   %.1fx (%.1f-%.1f) of %s", f.Ratio.Median, f.Ratio.Min, f.Ratio.Max, f.Rival)
		}
		_, err := fmt.Fprintf(w, "%-24s %11.0f (%.0f-%.0f) %s per CPU-second   %4.0f MB%s\n",
			f.Row, f.PerCPUSecond.Median, f.PerCPUSecond.Min, f.PerCPUSecond.Max, f.Unit, f.PeakRSS.Median/1e6, ratio)
		if err != nil {
			return err
		}
	}
	return nil
}
