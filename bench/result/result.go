// Package result holds what a benchmark observed, run by run, and what follows from it: collect [Run]s in a [Report], which
// [Summarise] makes, and print it with [WriteText] or [WriteBenchstat].
//
// It measures nothing.
package result

import (
	"fmt"
	"slices"

	"github.com/touchstone-telemetry/touchstone/bench/receiver"
	"github.com/touchstone-telemetry/touchstone/bench/side"
)

// Row is one setting that both sides are measured at.
type Row struct {
	Shards int `json:"shards"`
	Batch  int `json:"batch"`
	// Churn is how many percent of the series are replaced by new ones with each round.
	Churn int `json:"churn,omitempty"`
}

// String is SHARDSxBATCH, followed by +CHURN% if there is churn. ParseRow reads it.
func (r Row) String() string {
	if r.Churn == 0 {
		return fmt.Sprintf("%dx%d", r.Shards, r.Batch)
	}
	return fmt.Sprintf("%dx%d+%d%%", r.Shards, r.Batch, r.Churn)
}

// ParseRow reads what String writes.
func ParseRow(text string) (Row, error) {
	var r Row
	if n, _ := fmt.Sscanf(text, "%dx%d+%d%%", &r.Shards, &r.Batch, &r.Churn); n < 2 || r.String() != text {
		return r, fmt.Errorf("row %q is neither SHARDSxBATCH nor SHARDSxBATCH+CHURN%%, for example 1x2000 or 1x2000+5%%", text)
	}
	return r, nil
}

// The two sides.
const (
	Ours = "reference"
	Peer = "prometheus"
)

// Run is one side measured once.
type Run struct {
	Row        Row            `json:"row"`
	Side       string         `json:"side"`
	Repetition int            `json:"repetition"`
	Sender     side.Result    `json:"sender"`
	Receiver   receiver.Stats `json:"receiver"`
}

// Report is all that a benchmark found.
type Report struct {
	Runs []Run `json:"runs"`
	// Summaries are per row, in the order in which rows were first measured.
	Summaries []Summary `json:"summaries"`
	Goals     []Verdict `json:"goals"`
}

// Spread is the least, the middle and the greatest of some figures.
type Spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

// Of makes the spread of figures; of none it is zero.
func Of(figures []float64) Spread {
	if len(figures) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(figures))
	n := len(sorted)
	return Spread{sorted[0], (sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[n-1]}
}

// Figures are what one side did in one row.
type Figures struct {
	Rate        Spread `json:"samplesPerSecond"`
	CPU         Spread `json:"cpuSecondsPerMillion"`
	ReceiverCPU Spread `json:"receiverCPUSecondsPerMillion"`
	PeakRSS     Spread `json:"peakRSS"`
	Wire        Spread `json:"wireBytesPerSample"`
}

// Summary compares two sides in one row.
type Summary struct {
	Row  Row     `json:"row"`
	Ours Figures `json:"ours"`
	Peer Figures `json:"peer"`
	// Throughput is ours over peer, CPU is peer over ours: more than 1 is better for us in both. See Ratio.
	Throughput Spread `json:"throughputRatio"`
	CPU        Spread `json:"cpuRatio"`
}

// Summarise compares the runs of two sides row by row, and with the goals.
func Summarise(runs []Run) Report {
	report := Report{Runs: runs}
	for _, run := range runs {
		if !slices.ContainsFunc(report.Summaries, func(s Summary) bool { return s.Row == run.Row }) {
			report.Summaries = append(report.Summaries, report.summary(run.Row))
		}
	}
	report.Goals = report.judge()
	return report
}

func (r *Report) summary(row Row) Summary {
	ours, peer := r.of(row, Ours), r.of(row, Peer)
	return Summary{
		Row: row, Ours: figures(ours), Peer: figures(peer),
		Throughput: Ratio(each(ours, Run.rate), each(peer, Run.rate)),
		CPU:        Ratio(each(peer, Run.cpu), each(ours, Run.cpu)),
	}
}

// of returns the runs of one side in one row.
func (r *Report) of(row Row, side string) (some []Run) {
	for _, run := range r.Runs {
		if run.Row == row && run.Side == side {
			some = append(some, run)
		}
	}
	return some
}

// Ratio is the spread of the ratios of pairs: the n-th of one to the n-th of the other. These were measured shortly after each
// other, so that a machine that gets slower or faster meanwhile changes both.
func Ratio(a, b []float64) Spread {
	var pairs []float64
	for i := range min(len(a), len(b)) {
		pairs = append(pairs, a[i]/b[i])
	}
	return Of(pairs)
}

func figures(runs []Run) Figures {
	return Figures{
		Rate:        Of(each(runs, Run.rate)),
		CPU:         Of(each(runs, Run.cpu)),
		ReceiverCPU: Of(each(runs, Run.receiverCPU)),
		PeakRSS:     Of(each(runs, Run.rss)),
		Wire:        Of(each(runs, Run.wire)),
	}
}

func each(runs []Run, figure func(Run) float64) []float64 {
	values := make([]float64, len(runs))
	for i, run := range runs {
		values[i] = figure(run)
	}
	return values
}

func (r Run) rate() float64 { return r.Sender.Rate() }
func (r Run) cpu() float64  { return r.Sender.CPUPerMillion() }
func (r Run) rss() float64  { return float64(r.Sender.PeakRSS) }

// receiverCPU relates the receiver's whole CPU time to its whole traffic, warm-up included.
func (r Run) receiverCPU() float64 { return r.Receiver.Usage.CPUSeconds / r.received() * 1e6 }

func (r Run) wire() float64 { return float64(r.Receiver.Bytes) / r.received() }

// received is how many samples the receiver had: full requests while the feed never ends, and else all there were.
func (r Run) received() float64 {
	if r.Row.Churn > 0 {
		return float64(r.Sender.Delivered)
	}
	return float64(r.Receiver.Requests) * float64(r.Row.Batch)
}
