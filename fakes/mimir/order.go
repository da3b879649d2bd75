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
	window time.Duration

	mu     sync.Mutex // guards all below
	newest map[orderKey]point
	bytes  int
}

type orderKey struct{ tenant, series string }

// point is a sample or the time of a histogram, whose value is not compared.
type point struct {
	timestamp int64
	bits      uint64
}

// maxOrdered bounds how many bytes the series take that are remembered: about 200,000 of ten labels. Beyond it the memory starts anew,
// and with it what counts as late.
const maxOrdered = 64 << 20

// size is about what a remembered series takes.
func (k orderKey) size() int { return 96 + len(k.tenant) + len(k.series) }

func newOrder(window time.Duration) *order {
	return &order{window: window, newest: map[orderKey]point{}}
}

func (o *order) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget()
}

// forget begins anew. The lock is held.
func (o *order) forget() { o.newest, o.bytes = map[orderKey]point{}, 0 }

// store takes all samples of a batch, or none of them when one is too late.
func (o *order) store(tenant string, b *batch) *refused {
	o.mu.Lock()
	defer o.mu.Unlock()
	fresh := map[orderKey]point{}
	var bad *refused
	b.each(func(one Series, _ *series) {
		key := orderKey{tenant, one.Labels.Key()}
		for i := 0; i < len(one.Samples) && bad == nil; i++ {
			s := one.Samples[i]
			bad = o.step(fresh, key, one.Labels, point{s.Timestamp, math.Float64bits(s.Value)})
		}
		for i := 0; i < len(one.Histograms) && bad == nil; i++ {
			bad = o.step(fresh, key, one.Labels, point{timestamp: one.Histograms[i].Timestamp})
		}
	})
	if bad != nil {
		return &refused{http.StatusBadRequest, fmt.Sprintf("failed pushing to ingester fake: user=%s: %s", tenant, bad.message)}
	}
	for key, p := range fresh {
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
	}
	o.newest[key] = p
}

// step compares a point with the newest of its series, and makes it the newest if it is. The lock is held.
func (o *order) step(fresh map[orderKey]point, key orderKey, set labels.Labels, next point) *refused {
	last, ok := fresh[key]
	if !ok {
		last, ok = o.newest[key]
	}
	if !ok || next.timestamp > last.timestamp {
		fresh[key] = next
		return nil
	}
	return o.judge(last, next, set)
}

func (o *order) judge(last, next point, set labels.Labels) *refused {
	const affected = ". The affected sample has timestamp %s and is from series %s"
	at := time.UnixMilli(next.timestamp).UTC().Format("2006-01-02T15:04:05.999Z")
	switch {
	case next == last:
		return nil
	case next.timestamp == last.timestamp:
		return badRequest("the sample has been rejected because another sample with the same timestamp, but a different value, "+
			"has already been ingested (err-mimir-sample-duplicate-timestamp)"+affected, at, set)
	case o.window <= 0:
		return badRequest("the sample has been rejected because another sample with a more recent timestamp has already been ingested "+
			"and out-of-order samples are not allowed (err-mimir-sample-out-of-order)"+affected, at, set)
	case last.timestamp-next.timestamp > o.window.Milliseconds():
		return badRequest("the sample has been rejected because another sample with a more recent timestamp has already been ingested "+
			"and this sample is beyond the out-of-order time window of %s (err-mimir-sample-timestamp-too-old)"+affected, o.window, at, set)
	}
	return nil
}
