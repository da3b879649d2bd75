package result

import (
	"fmt"
	"io"
)

// WriteText prints the summaries as a table, one row of it per side and a line with the ratios.
func WriteText(w io.Writer, summaries []Summary) error {
	for _, s := range summaries {
		_, err := fmt.Fprintf(w, "%d shards, %d samples per request\n%s%s  ratio       throughput %s   CPU %s\n\n",
			s.Row.Shards, s.Row.Batch, line("reference", s.Ours), line("prometheus", s.Peer), ratio(s.Throughput), ratio(s.CPU))
		if err != nil {
			return err
		}
	}
	return nil
}

func line(name string, f Figures) string {
	return fmt.Sprintf("  %-11s %6.2f M samples/s (%.2f-%.2f)   %.4f CPU-s/M (%.4f-%.4f)   receiver %.3f CPU-s/M   %4.0f MB   %.1f B/sample\n",
		name, f.Rate.Median/1e6, f.Rate.Min/1e6, f.Rate.Max/1e6, f.CPU.Median, f.CPU.Min, f.CPU.Max,
		f.ReceiverCPU.Median, f.PeakRSS.Median/1e6, f.Wire.Median)
}

func ratio(s Spread) string {
	return fmt.Sprintf("%.1fx (%.1f-%.1f)", s.Median, s.Min, s.Max)
}
