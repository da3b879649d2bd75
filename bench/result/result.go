// Package result holds what a benchmark observed, run by run, and what follows from it: collect [Run]s, then [Summarise].
package result

import (
	"slices"

	"github.com/touchstone-telemetry/touchstone/bench/receiver"
	"github.com/touchstone-telemetry/touchstone/bench/side"
)

// Row is one setting that both sides are measured at.
type Row struct {
	Shards int `json:"shards"`
	Batch  int `json:"batch"`
}

// Run is one side measured once.
type Run struct {
	Row        Row            `json:"row"`
	Side       string         `json:"side"`
	Repetition int            `json:"repetition"`
	Sender     side.Result    `json:"sender"`
	Receiver   receiver.Stats `json:"receiver"`
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

// Summary compares two sides in one row. Ratios are taken pair by pair: the n-th run of one against the n-th of the other.
type Summary struct {
	Row  Row     `json:"row"`
	Ours Figures `json:"ours"`
	Peer Figures `json:"peer"`
	// Throughput is ours over peer, CPU is peer over ours: more than 1 is better for us in both.
	Throughput Spread `json:"throughputRatio"`
	CPU        Spread `json:"cpuRatio"`
}

// Summarise compares the runs of two sides in one row. Runs of the same repetition make a pair.
func Summarise(row Row, ours, peer []Run) Summary {
	s := Summary{Row: row, Ours: figures(ours), Peer: figures(peer)}
	var throughput, cpu []float64
	for i := range min(len(ours), len(peer)) {
		throughput = append(throughput, ours[i].Sender.Rate()/peer[i].Sender.Rate())
		cpu = append(cpu, peer[i].Sender.CPUPerMillion()/ours[i].Sender.CPUPerMillion())
	}
	s.Throughput, s.CPU = Of(throughput), Of(cpu)
	return s
}

func figures(runs []Run) Figures {
	column := func(figure func(Run) float64) Spread {
		values := make([]float64, len(runs))
		for i, run := range runs {
			values[i] = figure(run)
		}
		return Of(values)
	}
	return Figures{
		Rate:        column(func(r Run) float64 { return r.Sender.Rate() }),
		CPU:         column(func(r Run) float64 { return r.Sender.CPUPerMillion() }),
		ReceiverCPU: column(Run.receiverCPU),
		PeakRSS:     column(func(r Run) float64 { return float64(r.Sender.PeakRSS) }),
		Wire:        column(Run.wire),
	}
}

// receiverCPU relates the receiver's whole CPU time to its whole traffic, warm-up included.
func (r Run) receiverCPU() float64 {
	return r.Receiver.Usage.CPUSeconds / (float64(r.Receiver.Requests) * float64(r.Row.Batch)) * 1e6
}

func (r Run) wire() float64 {
	return float64(r.Receiver.Bytes) / (float64(r.Receiver.Requests) * float64(r.Row.Batch))
}
