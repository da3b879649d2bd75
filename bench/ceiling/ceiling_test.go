package ceiling

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/bench/ceiling/host"
	"github.com/touchstone-telemetry/touchstone/bench/result"
)

// TestEveryRowIsTaken sends each row's requests once to a subject in this process: it must count and decode all of them.
func TestEveryRowIsTaken(t *testing.T) {
	for _, r := range rows {
		if r.subject == writeHandler {
			continue // its own program
		}
		t.Run(r.name, func(t *testing.T) {
			sent, stop, err := r.traffic()
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			subject, err := Open(host.Task{Subject: r.subject, Target: sent.target})
			if err != nil {
				t.Fatal(err)
			}
			defer subject.Close()
			s, err := dial(subject.URL(), sent)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			units, err := s.once()
			if err != nil || units == 0 {
				t.Fatalf("sent %d %s: %v", units, r.unit, err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := subject.Await(ctx, units); err != nil || subject.Taken() != units {
				t.Errorf("of %d %s %d were taken: %v", units, r.unit, subject.Taken(), err)
			}
		})
	}
}

func TestRivalsAreMeasuredToo(t *testing.T) {
	var names []string
	for _, r := range choose([]string{"mimir counting 2.0", "proxy"}) {
		names = append(names, r.name)
	}
	if got := strings.Join(names, ","); got != "prometheus handler 2.0,mimir counting 2.0,proxy" {
		t.Errorf("chose %s", got)
	}
	o := Options{Fakes: []string{"x"}, Handler: []string{"y"}, Rows: []string{"mimir"}}
	if err := o.Validate(); err == nil || !strings.Contains(err.Error(), `no row "mimir"`) || !strings.Contains(err.Error(), "mimir recording 1.0") {
		t.Errorf("an unknown row: %v", err)
	}
}

func TestRatiosAreTakenPairByPair(t *testing.T) {
	runs := map[string][]run{
		handlerV1: {{units: 100, cpuSeconds: 1}, {units: 200, cpuSeconds: 1}},
		"ours":    {{units: 300, cpuSeconds: 1, peakRSS: 5}, {units: 1600, cpuSeconds: 2, peakRSS: 7}},
	}
	f := row{name: "ours", unit: "samples", rival: handlerV1, goal: recordingGoal}.figures(runs)
	if f.Ratio != (result.Spread{Min: 3, Median: 3.5, Max: 4}) || f.PerCPUSecond.Max != 800 || f.PeakRSS.Median != 6 {
		t.Errorf("got %+v", f)
	}
	var text strings.Builder
	if err := WriteText(&text, []Figures{f}); err != nil || !strings.Contains(text.String(), "3.5x (3.0-4.0) of prometheus handler 1.0; the goal of 3x is reached") {
		t.Errorf("got %q %v", text.String(), err)
	}
	f.Goal = 10
	if err := WriteText(&text, []Figures{f}); err != nil || !strings.Contains(text.String(), "the goal of 10x is NOT reached") {
		t.Errorf("got %q %v", text.String(), err)
	}
}
