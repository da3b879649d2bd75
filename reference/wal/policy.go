package wal

import "time"

// Cutoff decides what one truncation may remove, in milliseconds since 1970. Samples before cutoff are no longer needed
// because every endpoint had them at least minKeep ago; samples before floor go whether they were sent or not, so cutoff is
// never below floor. lowestSent is the lowest time up to which every endpoint has been served, 0 when one has had nothing
// yet. (prometheus.remote_write@v0.32, wal block.)
func Cutoff(now time.Time, lowestSent int64, minKeep, maxKeep time.Duration) (cutoff, floor int64) {
	floor = max(0, now.UnixMilli()-maxKeep.Milliseconds())
	return max(floor, lowestSent-minKeep.Milliseconds()), floor
}

// RemovableSegments tells which segments a truncation removes when first to last existed before it started a new one: the
// lower two thirds without the newest, and nothing unless that is at least two segments. ok is false when nothing goes,
// otherwise first to upTo do. (prometheus.remote_write@v0.32, wal block.)
func RemovableSegments(first, last int) (upTo int, ok bool) {
	upTo = first + (last-1-first)*2/3
	return upTo, upTo > first
}
