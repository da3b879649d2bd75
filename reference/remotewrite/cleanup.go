package remotewrite

import (
	"context"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/wal"
)

// cleanUp truncates the log every truncate_frequency until ctx is done. A reload that changes the frequency counts from the
// last clean-up. (prometheus.remote_write@v0.32, wal block.)
func (c *Component) cleanUp(ctx context.Context) {
	last, cutoff := time.Now(), int64(0)
	for {
		settings, _ := c.snapshot()
		select {
		case <-time.After(time.Until(last.Add(settings.TruncateFrequency))):
			cutoff = c.truncate(cutoff)
			last = time.Now()
		case <-c.retimed:
		case <-ctx.Done():
			return
		}
	}
}

// ageOut sees to it that samples that have grown too old while the agent was not running are not sent any more, long before
// the first clean-up. A log that is new has none, and is left alone.
func (c *Component) ageOut(now time.Time) {
	if settings, _ := c.snapshot(); c.log.End() > 0 {
		_, floor := wal.Cutoff(now, 0, settings.MinKeepalive, settings.MaxKeepalive)
		c.log.RaiseFloor(floor)
	}
}

// truncate cleans up once, unless the cut-off is that of the last time that went well, and returns the cut-off.
func (c *Component) truncate(last int64) int64 {
	settings, endpoints := c.snapshot()
	cutoff, floor := wal.Cutoff(time.Now(), c.lowestDelivered(endpoints), settings.MinKeepalive, settings.MaxKeepalive)
	if cutoff == last {
		return last
	}
	if err := c.log.Truncate(cutoff, floor); err != nil {
		c.opts.Logger.Error("cleaning up the log failed, it is tried again next time", "err", err)
		return last
	}
	return cutoff
}

// lowestDelivered is the time up to which all endpoints have been served, in milliseconds; 0 if one of them has had nothing
// yet, and without endpoints.
func (c *Component) lowestDelivered(endpoints []*endpoint) int64 {
	var lowest int64
	for i, e := range endpoints {
		_, t, _ := c.log.Delivered(e.position)
		if i == 0 || t < lowest {
			lowest = t
		}
	}
	return lowest
}
