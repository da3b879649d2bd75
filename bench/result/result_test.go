package result

import (
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/bench/receiver"
	"github.com/touchstone-telemetry/touchstone/bench/side"
)

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		figures []float64
		want    Spread
	}{
		{nil, Spread{}},
		{[]float64{3}, Spread{3, 3, 3}},
		{[]float64{5, 1, 3}, Spread{1, 3, 5}},
		{[]float64{4, 1, 3, 2}, Spread{1, 2.5, 4}}, // (2+3)/2
	} {
		if got := Of(c.figures); got != c.want {
			t.Errorf("%v: got %v, want %v", c.figures, got, c.want)
		}
	}
}

// run is one side that delivered so many million samples in two seconds for so many CPU-seconds.
func run(millions int, cpu float64) Run {
	return Run{
		Row:      Row{Shards: 1, Batch: 2000},
		Sender:   side.Result{Samples: millions * 1_000_000, Seconds: 2, CPUSeconds: cpu, PeakRSS: 50e6},
		Receiver: receiver.Stats{Requests: 1000, Bytes: 54_000_000},
	}
}

func TestSummarisePairByPair(t *testing.T) {
	s := Summarise(Row{Shards: 1, Batch: 2000}, []Run{run(8, 1), run(12, 3)}, []Run{run(2, 1), run(2, 2)})
	// Pairs: 4M/s to 1M/s and 6 to 1; CPU 1/2M to 1/8M and 2/2M to 3/12M.
	if want := (Spread{4, 5, 6}); s.Throughput != want {
		t.Errorf("throughput: got %v, want %v", s.Throughput, want)
	}
	if want := (Spread{4, 4, 4}); s.CPU != want {
		t.Errorf("CPU: got %v, want %v", s.CPU, want)
	}
	if s.Ours.Wire.Median != 27 { // 54 MB in 1000 requests of 2000 samples
		t.Errorf("wire: got %v bytes a sample, want 27", s.Ours.Wire.Median)
	}
	var text strings.Builder
	if err := WriteText(&text, []Summary{s}); err != nil || !strings.Contains(text.String(), "throughput 5.0x (4.0-6.0)   CPU 4.0x (4.0-4.0)") {
		t.Errorf("got %v:\n%s", err, text.String())
	}
}
