package profilewrite

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// delivery is one push on its way to one endpoint.
type delivery struct {
	writer   *Writer
	endpoint *endpoint
	push     *push
	retries  int // under the present route
}

// run attempts the push until it is accepted or given up. Each endpoint's deliveries know nothing of the others', so a slow
// or broken endpoint delays none but its own.
func (d *delivery) run(ctx context.Context) error {
	r := d.endpoint.route()
	if r == nil {
		return errRemoved
	}
	if !d.endpoint.begin(d.push.series) {
		d.count(d.writer.metrics.skipped, r, 1)
		return fmt.Errorf("push to endpoint %q: %w", r.label(), errBusy)
	}
	defer d.endpoint.end(d.push.series)
	for {
		last := isClosed(d.writer.closing)
		f := r.attempt(ctx, d.push.body, d.writer.opts.UserAgent)
		d.endpoint.outcomes.Note(f.reason())
		if f == nil {
			d.accepted(r)
			return nil
		}
		if last || ctx.Err() != nil || !d.mayRetry(r, f) {
			return d.dropped(r, f.err)
		}
		next := d.pause(ctx, r, f)
		if next == nil {
			return d.dropped(r, errRemoved)
		}
		r = next
	}
}

// reason is the error of a failure; without one it is nil.
func (f *failure) reason() error {
	if f == nil {
		return nil
	}
	return f.err
}

func (d *delivery) mayRetry(r *route, f *failure) bool {
	policy := r.settings.retry
	return f.retriable(policy.on429) && policy.allows(d.retries+1)
}

// pause waits for the next attempt and returns the route to take. A reload ends the wait and begins the count anew;
// stopping the writer, or the caller's losing patience, ends it too.
func (d *delivery) pause(ctx context.Context, r *route, f *failure) *route {
	d.retries++
	d.count(d.writer.metrics.retries, r, 1)
	wait := r.settings.retry.schedule.Delay(d.retries)
	level := slog.LevelDebug
	if d.retries == 1 {
		level = slog.LevelWarn // the first says that something is wrong, the others would only repeat it
	}
	d.writer.opts.Logger.Log(ctx, level, "push failed, will be retried", "endpoint", r.label(), "wait", wait, "err", f.err)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.replaced:
	case <-d.writer.closing:
	case <-ctx.Done():
	}
	next := d.endpoint.route()
	if next != r {
		d.retries = 0
	}
	return next
}

func (d *delivery) count(c *prometheus.CounterVec, r *route, n int) {
	d.writer.metrics.add(c, r.identity(), n)
}

func (d *delivery) accepted(r *route) {
	d.count(d.writer.metrics.sentProfiles, r, 1)
	d.count(d.writer.metrics.sentBytes, r, d.push.size)
}

// dropped counts the loss and returns the error that tells of it.
func (d *delivery) dropped(r *route, err error) error {
	d.count(d.writer.metrics.droppedProfiles, r, 1)
	d.count(d.writer.metrics.droppedBytes, r, d.push.size)
	d.writer.opts.Logger.Warn("profile dropped", "endpoint", r.label(), "retries", d.retries, "err", err)
	return fmt.Errorf("push to endpoint %q (%d retries): %w", r.label(), d.retries, err)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
