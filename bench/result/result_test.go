package result

import (
	"encoding/json"
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
func run(row Row, side string, millions int, cpu float64, megabytes int64) Run {
	return Run{
		Row: row, Side: side,
		Sender:   sideResult(millions, cpu, megabytes),
		Receiver: receiver.Stats{Requests: 1000, Bytes: 54_000_000},
	}
}

func sideResult(millions int, cpu float64, megabytes int64) side.Result {
	return side.Result{Samples: millions * 1_000_000, Seconds: 2, CPUSeconds: cpu, PeakRSS: megabytes * 1e6, Delivered: 4_000_000}
}

func TestSummarise(t *testing.T) {
	r := Summarise([]Run{
		run(one, Ours, 8, 1, 50), run(one, Peer, 2, 1, 70), run(one, Ours, 12, 3, 50), run(one, Peer, 2, 2, 70),
	})
	s := r.Summaries[0]
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
}

func TestGoals(t *testing.T) {
	r := Summarise([]Run{
		run(one, Ours, 32, 1, 50), run(one, Peer, 2, 1, 70),
		run(fifty, Ours, 11, 1, 99), run(fifty, Peer, 2, 1, 560),
		run(four, Ours, 12, 1, 60), run(four, Peer, 5, 1, 90),
		run(churny, Ours, 5, 1, 90), run(churny, Peer, 5, 1, 90),
	})
	want := map[string]struct {
		found float64
		level string
	}{
		"H1": {16, "ambitious"}, "H2": {16, "ambitious"}, "H4": {2.4, "none"}, "H5": {11.0 / 12, "none"},
		"H8":  {10, "must"}, // (560-70)/49 to (99-50)/49
		"H15": {1, "must"}, "H16": {1, "none"},
	}
	if len(r.Goals) != len(want) {
		t.Errorf("%d goals were judged, want %d: those whose rows were measured", len(r.Goals), len(want))
	}
	for _, v := range r.Goals {
		if w := want[v.ID]; v.Found.Median != w.found || v.Level() != w.level {
			t.Errorf("%s: got %v, %s; want %v, %s", v.ID, v.Found.Median, v.Level(), w.found, w.level)
		}
	}
}

// TestDriftOfTheMachineCancelsOut has a machine that gets four times as fast while both are measured.
func TestDriftOfTheMachineCancelsOut(t *testing.T) {
	var runs []Run
	for speed := range 4 {
		runs = append(runs, run(four, Ours, 12*(speed+1), 1, 60), run(fifty, Ours, 12*(speed+1), 1, 60))
	}
	for _, v := range Summarise(runs).Goals {
		if v.ID == "H5" && v.Found != (Spread{1, 1, 1}) {
			t.Errorf("H5 is %v, want 1", v.Found)
		}
	}
}

func TestReportsInAllForms(t *testing.T) {
	r := Summarise([]Run{run(churny, Ours, 8, 1, 50), run(churny, Peer, 2, 1, 70)})
	var text strings.Builder
	if err := WriteText(&text, r); err != nil || !strings.Contains(text.String(), "throughput 4.0x (4.0 to 4.0)   CPU 4.0x") ||
		!strings.Contains(text.String(), "H16   throughput, 5 % of the series new each round, of the peer's     4.000x (4.000 to 4.000)     >= 2.5     >= 4       ambitious reached\n") {
		t.Errorf("got %v:\n%s", err, text.String())
	}
	text.Reset()
	want := "BenchmarkShards/row=1x2000+5%/side=reference 1 4000000 samples/s 125.000 cpu-ns/sample 0.000 receiver-cpu-ns/sample 13.50 wire-B/sample 50000000 peak-B\n"
	if err := WriteBenchstat(&text, r); err != nil || !strings.HasPrefix(text.String(), want) {
		t.Errorf("got %v:\n%s\nwant\n%s", err, text.String(), want)
	}
	if data, err := json.Marshal(r); err != nil || !strings.Contains(string(data), `"id":"H16"`) {
		t.Errorf("got %v: %s", err, data)
	}
}

func TestParseRow(t *testing.T) {
	for _, row := range Rows() {
		if got, err := ParseRow(row.String()); err != nil || got != row {
			t.Errorf("%s: got %v, %v", row, got, err)
		}
	}
	for _, text := range []string{"", "1", "1x", "x2", "1x2+", "1x2+3", "1x2+3%4", "01x2", "1 x2"} {
		if row, err := ParseRow(text); err == nil {
			t.Errorf("%q was taken as %v", text, row)
		}
	}
}
