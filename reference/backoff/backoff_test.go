package backoff

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func delays(s Schedule, n int) []time.Duration {
	var all []time.Duration
	for retry := 1; retry <= n; retry++ {
		all = append(all, s.Delay(retry))
	}
	return all
}

func TestDelayFollowsTheDocumentedDefaults(t *testing.T) {
	const ms, s, m = time.Millisecond, time.Second, time.Minute
	tests := []struct {
		page     string
		schedule Schedule
		want     []time.Duration
	}{
		{"prometheus.remote_write@v0.32", Schedule{30 * ms, 5 * s},
			[]time.Duration{30 * ms, 60 * ms, 120 * ms, 240 * ms, 480 * ms, 960 * ms, 1920 * ms, 3840 * ms, 5 * s, 5 * s, 5 * s}},
		{"pyroscope.write@v0.38", Schedule{500 * ms, 5 * m},
			[]time.Duration{500 * ms, s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 64 * s, 128 * s, 256 * s, 300 * s, 300 * s}},
	}
	for _, tt := range tests {
		if got := delays(tt.schedule, len(tt.want)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.page, got, tt.want)
		}
	}
}

func TestDelayAtTheEdges(t *testing.T) {
	tests := []struct {
		name     string
		schedule Schedule
		retry    int
		want     time.Duration
	}{
		{"zero value", Schedule{}, 7, 0},
		{"no minimum", Schedule{0, time.Second}, 1 << 40, 0},
		{"negative minimum", Schedule{-time.Second, time.Second}, 3, 0},
		{"maximum below minimum", Schedule{time.Second, time.Millisecond}, 1, time.Millisecond},
		{"equal", Schedule{time.Second, time.Second}, 9, time.Second},
		{"retry zero is the first", Schedule{time.Second, time.Minute}, 0, time.Second},
		{"negative retry is the first", Schedule{time.Second, time.Minute}, -5, time.Second},
		{"last before overflow", Schedule{1, math.MaxInt64}, 63, 1 << 62},
		{"no overflow", Schedule{1, math.MaxInt64}, 64, math.MaxInt64},
		{"no overflow ever", Schedule{3, math.MaxInt64}, math.MaxInt, math.MaxInt64},
	}
	for _, tt := range tests {
		if got := tt.schedule.Delay(tt.retry); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestDelayDoubles says in one sentence what a schedule is: each wait is twice the one before, or the maximum.
func TestDelayDoubles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Int64Range(1, int64(time.Hour)).Draw(t, "min")
		high := rapid.Int64Range(low, int64(1000*time.Hour)).Draw(t, "max")
		retry := rapid.IntRange(1, 200).Draw(t, "retry")
		s := Schedule{time.Duration(low), time.Duration(high)}
		if got, want := s.Delay(retry+1), min(2*s.Delay(retry), s.Max); got != want {
			t.Fatalf("retry %d waits %v, the one before %v", retry+1, got, s.Delay(retry))
		}
	})
}
