package check

import (
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// native is a series up with one native histogram.
func native(at time.Duration, count observe.Value, buckets ...observe.Value) observe.Series {
	s := up(1)
	s.Samples = nil
	s.Histograms = []observe.Histogram{{T: after(at).UnixMilli(), Count: count, Positive: buckets}}
	return s
}

func TestHistograms(t *testing.T) {
	o := seen(
		with(push(time.Second, "1", 200), native(2*time.Second, 12, 4, 8)),
		with(push(2*time.Second, "2", 200), native(time.Second, 6, 2, 4)),
		with(push(3*time.Second, "3", 400), native(3*time.Second, 18, 6, 12)),
		with(push(4*time.Second, "4", 200), native(4*time.Second, observe.Stale())),
	)
	table(t, o, []row{
		{"m histograms up = 3", Pass, ""},
		{"m histograms up = 4", Fail, "got 3 native histograms, want 4"},
		{"m histograms down = 0", Pass, ""},
		{"m observations up = 6 12 stale", Pass, ""},
		{"m observations up has 18", Fail, "got 6 12 stale"},
		{"m observations up lacks 18", Pass, ""},
		{"m observations down lacks 18", Inconclusive, "nothing that fits"},
		{"m buckets up = 2 4 4 8", Pass, ""},
		{"m buckets up starts 4 8", Fail, "got 2 4 4 8"},
		{"m samples up = 0", Pass, ""},
		{"m batch = 1", Pass, ""},
	})
}
