package queue

import (
	"cmp"
	"time"
)

// Settings say how a queue batches, retries and scales: the block queue_config of prometheus.remote_write@v0.32. A field
// that is 0 has the default of that page. Negative numbers make no sense; whoever decodes them refuses them.
type Settings struct {
	// Capacity is how many samples a shard buffers at most, not counting the request in flight. Default 2500.
	Capacity int
	// MinShards and MaxShards bound the number of shards. Defaults 1 and 200; a MaxShards below MinShards is raised to it.
	MinShards, MaxShards int
	// MaxSamplesPerSend is the size of a full batch. Default 500.
	MaxSamplesPerSend int
	// BatchSendDeadline is the longest time between two flushes of a shard that has something to send. Default 5s.
	BatchSendDeadline time.Duration
	// MinBackoff and MaxBackoff bound the wait between two attempts, which doubles. Defaults 30ms and 5s.
	MinBackoff, MaxBackoff time.Duration
}

// DefaultSettings returns the documented defaults.
func DefaultSettings() Settings {
	return Settings{
		Capacity:          2500,
		MinShards:         1,
		MaxShards:         200,
		MaxSamplesPerSend: 500,
		BatchSendDeadline: 5 * time.Second,
		MinBackoff:        30 * time.Millisecond,
		MaxBackoff:        5 * time.Second,
	}
}

func (s Settings) withDefaults() Settings {
	d := DefaultSettings()
	s.Capacity = cmp.Or(s.Capacity, d.Capacity)
	s.MinShards = cmp.Or(s.MinShards, d.MinShards)
	s.MaxShards = max(cmp.Or(s.MaxShards, d.MaxShards), s.MinShards)
	s.MaxSamplesPerSend = cmp.Or(s.MaxSamplesPerSend, d.MaxSamplesPerSend)
	s.BatchSendDeadline = cmp.Or(s.BatchSendDeadline, d.BatchSendDeadline)
	s.MinBackoff = cmp.Or(s.MinBackoff, d.MinBackoff)
	s.MaxBackoff = cmp.Or(s.MaxBackoff, d.MaxBackoff)
	return s
}

// batchSize is how many samples make a full batch. A shard that can never buffer MaxSamplesPerSend sends what it can.
func (s Settings) batchSize() int {
	return min(s.MaxSamplesPerSend, s.Capacity)
}

// nextFlush tells when a shard flushes that became non-empty at since: at the first multiple of the deadline, counted from
// its last flush, that lies after since. So a shard with little to do flushes at a steady beat, and no sample waits longer
// than the deadline. (prometheus.remote_write@v0.32: "elapsed since the last flush for that shard".)
func nextFlush(flushed, since time.Time, deadline time.Duration) time.Time {
	beats := since.Sub(flushed)/deadline + 1
	return flushed.Add(beats * deadline)
}
