package remotewrite

import (
	"context"
	"sync/atomic"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/wal"
)

// receiver writes to the log and counts what was written. It stays the same for the life of the component.
type receiver struct {
	log *wal.WAL
	// taken is how many items of each kind were, newest the time of the newest sample in milliseconds.
	taken  [column.Kinds]atomic.Uint64
	newest atomic.Int64
}

// TypeName implements river.TypeNamer.
func (r *receiver) TypeName() string { return "MetricsReceiver" }

// Append implements column.Receiver. When it returns nil the columns are in the log: they are sent to every endpoint, also
// after a restart.
func (r *receiver) Append(ctx context.Context, columns ...column.Column) error {
	if err := r.log.Append(ctx, columns...); err != nil {
		return err
	}
	for _, c := range columns {
		r.taken[c.Kind()].Add(uint64(c.Len()))
		if c.Kind() != column.Exemplars {
			r.raise(newest(c))
		}
	}
	return nil
}

func (r *receiver) offered() (items uint64, newest int64) {
	for kind := range r.taken {
		items += r.taken[kind].Load()
	}
	return items, r.newest.Load()
}

func (r *receiver) raise(t int64) {
	for {
		now := r.newest.Load()
		if t <= now || r.newest.CompareAndSwap(now, t) {
			return
		}
	}
}

func newest(c column.Column) int64 {
	if c.Times == nil {
		return c.T
	}
	var t int64
	for _, own := range c.Times {
		t = max(t, own)
	}
	return t
}
