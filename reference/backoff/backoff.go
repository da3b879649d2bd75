// Package backoff computes how long to wait before trying again: start and end with [Schedule].
//
// It keeps no state and never sleeps.
package backoff

import "time"

// Schedule is an exact doubling from Min up to Max, without jitter: 30ms, 60ms, 120ms ... 5s, 5s for the defaults of
// prometheus.remote_write@v0.32. The zero value never waits.
type Schedule struct {
	// Min is the wait before the first retry. At most 0 means no wait at all.
	Min time.Duration
	// Max is the longest wait. A Max below Min makes every wait Max.
	Max time.Duration
}

// Delay returns the wait before a retry. Retries count from 1, as the header Retry-Attempt does; smaller numbers are taken
// as 1. It is right for any number of retries.
func (s Schedule) Delay(retry int) time.Duration {
	delay := max(s.Min, 0)
	for ; retry > 1 && delay > 0 && delay < s.Max; retry-- {
		// Comparing with half of Max, rather than doubling first, cannot overflow.
		if delay > s.Max/2 {
			return s.Max
		}
		delay *= 2
	}
	return max(min(delay, s.Max), 0)
}
