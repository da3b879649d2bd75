package remotewrite

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/backoff"
	"github.com/touchstone-telemetry/touchstone/reference/client"
	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/queue"
	"github.com/touchstone-telemetry/touchstone/reference/wire"
)

// describer sends what is known about metrics to one endpoint, in requests of their own, once an interval.
// (prometheus.remote_write@v0.32, metadata_config block.) In version 2.0 of the protocol metadata travels with the series, so
// there it does nothing.
type describer struct {
	settings MetadataConfig
	idle     bool
	known    func() *column.Catalogue
	client   *client.Client
	backoff  backoff.Schedule
	// flush is how long the last round may take, after the context of run is done.
	flush time.Duration
	// told is what the last round that was not broken off has sent. Only run uses it.
	told   *column.Catalogue
	logger *slog.Logger

	// Numbers of entries, and of bytes that were accepted.
	sent, failed, retried, bytes atomic.Uint64
}

func newDescriber(e *endpoint, post *client.Client, flush time.Duration) *describer {
	return &describer{
		settings: e.settings.Metadata,
		idle:     !e.settings.Metadata.Send || e.second(),
		known:    e.log.Metadata,
		client:   post,
		flush:    flush,
		backoff:  backoff.Schedule{Min: e.settings.Queue.MinBackoff, Max: e.settings.Queue.MaxBackoff},
		logger:   e.logger,
	}
}

// run sends until ctx is done. A round that takes longer than the interval delays the next. What is not sent when the agent
// stops goes in one more round, if there is time for it.
func (d *describer) run(ctx context.Context) {
	if d.idle {
		return
	}
	tick := time.NewTicker(d.settings.SendInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			d.round(ctx)
		case <-ctx.Done():
			d.lastRound(ctx)
			return
		}
	}
}

// lastRound sends what has changed since the round before, unless another endpoint takes the place of this one.
func (d *describer) lastRound(ctx context.Context) {
	if d.known() == d.told || d.flush <= 0 || errors.Is(context.Cause(ctx), queue.ErrReplaced) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.flush)
	defer cancel()
	d.round(ctx)
}

// round sends everything once, in requests that follow one another.
func (d *describer) round(ctx context.Context) {
	known := d.known()
	families := known.All()
	names := slices.Sorted(maps.Keys(families))
	for some := range slices.Chunk(names, d.settings.MaxSamplesPerSend) {
		entries := make([]column.Metadata, len(some))
		for i, name := range some {
			entries[i] = families[name]
		}
		if !d.send(ctx, entries) {
			return
		}
	}
	d.told = known
}

// send attempts one request until it is accepted or refused. It returns false if ctx is done before.
func (d *describer) send(ctx context.Context, entries []column.Metadata) bool {
	body, n := wire.EncodeMetadata(nil, entries), uint64(len(entries))
	for retry := 0; ; retry++ {
		r := d.client.Send(ctx, body, retry)
		switch {
		case r.Err == nil:
			d.sent.Add(n)
			d.bytes.Add(uint64(len(body)))
			return true
		case ctx.Err() != nil:
			return false
		case !r.Retryable:
			d.failed.Add(n)
			d.logger.Error("metadata refused, giving it up", "err", r.Err, "entries", n)
			return true
		}
		d.retried.Add(n)
		if retry == 0 {
			d.logger.Warn("sending metadata failed, trying again", "err", r.Err)
		}
		if !d.rest(ctx, r.RetryAfter, retry+1) {
			return false
		}
	}
}

// rest waits before the next attempt, unless ctx is done.
func (d *describer) rest(ctx context.Context, asked time.Duration, retry int) bool {
	if asked <= 0 {
		asked = d.backoff.Delay(retry)
	}
	timer := time.NewTimer(asked)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
