package result

import (
	"fmt"
	"io"
	"strings"
)

const goalLine = "%-5s %-62s %-28s %-10s %-10s %s\n"

// WriteText prints the report: per row one line for each side and one with the ratios, then the goals.
func WriteText(w io.Writer, r Report) error {
	var b strings.Builder
	for _, s := range r.Summaries {
		fmt.Fprintf(&b, "%s\n%s%s  %-11s throughput %s   CPU %s\n\n",
			title(s.Row), line(Ours, s.Ours), line(Peer, s.Peer), "ratio", ratio(s.Throughput), ratio(s.CPU))
	}
	if len(r.Goals) > 0 {
		fmt.Fprintf(&b, goalLine, "goal", "what is compared, in pairs of runs shortly after each other", "median (least to greatest)", "must", "ambitious", "verdict")
	}
	for _, v := range r.Goals {
		bound := ">="
		if v.AtMost {
			bound = "<="
		}
		found := fmt.Sprintf("%6.3fx (%.3f to %.3f)", v.Found.Median, v.Found.Min, v.Found.Max)
		fmt.Fprintf(&b, goalLine, v.ID, v.What, found, fmt.Sprint(bound, " ", v.Must), fmt.Sprint(bound, " ", v.Ambitious), reached(v))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func title(r Row) string {
	text := fmt.Sprintf("%d shards, %d samples a request", r.Shards, r.Batch)
	if r.Shards == 1 {
		text = fmt.Sprintf("1 shard, %d samples a request", r.Batch)
	}
	if r.Churn > 0 {
		text += fmt.Sprintf(", %d %% of the series new with each round", r.Churn)
	}
	return text
}

func line(name string, f Figures) string {
	return fmt.Sprintf("  %-11s %6.2f M samples/s (%.2f to %.2f)   %.4f CPU-s/M (%.4f to %.4f)   receiver %.3f CPU-s/M   %4.0f MB   %.1f B/sample\n",
		name, f.Rate.Median/1e6, f.Rate.Min/1e6, f.Rate.Max/1e6, f.CPU.Median, f.CPU.Min, f.CPU.Max,
		f.ReceiverCPU.Median, f.PeakRSS.Median/1e6, f.Wire.Median)
}

func ratio(s Spread) string {
	return fmt.Sprintf("%.1fx (%.1f to %.1f)", s.Median, s.Min, s.Max)
}

func reached(v Verdict) string {
	switch v.Level() {
	case "ambitious":
		return "ambitious reached"
	case "must":
		return "must reached"
	}
	return "NOT REACHED"
}
