package mimir

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// order remembers the newest sample of each series, to refuse those that come too late.
type order struct {
	mu     sync.Mutex // guards all below
	newest map[orderKey]point
	series map[string]int // of each tenant
	bytes  int
}

type orderKey struct{ tenant, series string }

// point is a sample or the time of a histogram, whose value is not compared.
type point struct {
	timestamp int64
	bits      uint64
}

// maxOrdered bounds how many bytes the series take that are remembered: about 200,000 of ten labels. Beyond it the memory starts anew,
// and with it what counts as late, and as a series.
const maxOrdered = 64 << 20

// size is about what a remembered series takes.
func (k orderKey) size() int { return 96 + len(k.tenant) + len(k.series) }

func (o *order) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget()
}

// forget begins anew. The lock is held.
func (o *order) forget() {
	o.newest, o.series, o.bytes = map[orderKey]point{}, map[string]int{}, 0
}

// store takes all samples of a batch, or none of them when one is too late.
func (o *order) store(tenant string, b *batch, l Limits) *refused {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.newest == nil {
		o.forget()
	}
	fresh := fresh{points: map[orderKey]point{}, limits: l}
	var bad *refused
	b.each(func(one Series, _ *series) {
		key := orderKey{tenant, one.Labels.Key()}
		for i := 0; i < len(one.Samples) && bad == nil; i++ {
			s := one.Samples[i]
			bad = o.step(&fresh, key, one.Labels, point{s.Timestamp, math.Float64bits(s.Value)})
		}
		for i := 0; i < len(one.Histograms) && bad == nil; i++ {
			bad = o.step(&fresh, key, one.Labels, point{timestamp: one.Histograms[i].Timestamp})
		}
	})
	if bad != nil {
		return &refused{http.StatusBadRequest, fmt.Sprintf("failed pushing to ingester fake: user=%s: %s", tenant, bad.message)}
	}
	for key, p := range fresh.points {
		o.remember(key, p)
	}
	return nil
}

// remember keeps a series' newest point. The lock is held.
func (o *order) remember(key orderKey, p point) {
	if _, known := o.newest[key]; !known {
		if o.bytes > maxOrdered {
			o.forget()
		}
		o.bytes += key.size()
		o.series[key.tenant]++
	}
	o.newest[key] = p
}

// fresh is what a batch would change.
type fresh struct {
	points map[orderKey]point
	series int // that were not known before
	limits Limits
}

// step compares a point with the newest of its series, and makes it the newest if it is. The lock is held.
func (o *order) step(fresh *fresh, key orderKey, set labels.Labels, next point) *refused {
	last, ok := fresh.points[key]
	if !ok {
		if last, ok = o.newest[key]; !ok {
			fresh.series++
		}
	}
	if limit := fresh.limits.Series; !ok && limit > 0 && o.series[key.tenant]+fresh.series > limit {
		return badRequest("per-user series limit of %d exceeded (err-mimir-max-series-per-user)."+adjust, limit, "ingester.max-global-series-per-user")
	}
	if !ok || next.timestamp > last.timestamp {
		fresh.points[key] = next
		return nil
	}
	return judge(last, next, set, fresh.limits.OutOfOrder)
}

func judge(last, next point, set labels.Labels, window time.Duration) *refused {
	const affected = ". The affected sample has timestamp %s and is from series %s"
	at := time.UnixMilli(next.timestamp).UTC().Format("2006-01-02T15:04:05.999Z")
	switch {
	case next == last:
		return nil
	case next.timestamp == last.timestamp:
		return badRequest("the sample has been rejected because another sample with the same timestamp, but a different value, "+
			"has already been ingested (err-mimir-sample-duplicate-timestamp)"+affected, at, set)
	case window <= 0:
		return badRequest("the sample has been rejected because another sample with a more recent timestamp has already been ingested "+
			"and out-of-order samples are not allowed (err-mimir-sample-out-of-order)"+affected, at, set)
	case last.timestamp-next.timestamp > window.Milliseconds():
		return badRequest("the sample has been rejected because another sample with a more recent timestamp has already been ingested "+
			"and this sample is beyond the out-of-order time window of %s (err-mimir-sample-timestamp-too-old)"+affected, durationText(window), at, set)
	}
	return nil
}

// durationText writes a duration as Prometheus and Mimir do: 1h30m, 2d.
func durationText(d time.Duration) string {
	text := ""
	left := d.Milliseconds()
	for _, unit := range []struct {
		name  string
		of    int64
		whole bool // only if nothing is left
	}{
		{"y", 365 * 24 * 3_600_000, true}, {"w", 7 * 24 * 3_600_000, true}, {"d", 24 * 3_600_000, false}, {"h", 3_600_000, false},
		{"m", 60_000, false}, {"s", 1000, false}, {"ms", 1, false},
	} {
		if n := left / unit.of; n > 0 && (!unit.whole || left%unit.of == 0) {
			text += fmt.Sprintf("%d%s", n, unit.name)
			left %= unit.of
		}
	}
	return text
}
