package rate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/rate"
)

func TestBucketsEmptyAndFill(t *testing.T) {
	var l rate.Limiter
	begin := time.Now()
	for i, step := range []struct {
		after  time.Duration
		tenant string
		n      int64
		want   bool
	}{
		{0, "a", 10, true},
		{0, "a", 1, false},
		{0, "b", 10, true},
		{time.Second / 2, "a", 2, false}, // 1 of 2
		{time.Second, "a", 2, true},
		{time.Second, "a", 1, false},
		{time.Hour, "a", 11, false}, // more than the bucket holds
		{time.Hour, "a", 10, true},
	} {
		if got := l.Allow(step.tenant, step.n, 2, 10, begin.Add(step.after)); got != step.want {
			t.Errorf("step %d: got %t", i, got)
		}
	}
	if l.Reset(); !l.Allow("a", 10, 2, 10, begin.Add(time.Hour)) {
		t.Error("not full after a reset")
	}
}

func TestTenantsAreBounded(t *testing.T) {
	var l rate.Limiter
	now := time.Now()
	for i := range 30_000 {
		if !l.Allow(fmt.Sprint(i), 10, 1, 10, now) {
			t.Fatalf("tenant %d began with less than a full bucket", i)
		}
	}
}

func ExampleLimiter_Allow() {
	var l rate.Limiter
	now := time.Now()
	for range 3 {
		fmt.Println(l.Allow("tenant", 50, 10, 100, now))
	}
	// Output:
	// true
	// true
	// false
}
