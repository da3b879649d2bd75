package queue

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// paced is a log to which one sample after the other comes at rates per second that change from phase to phase, whether
// they are read or not.
type paced struct {
	rates []float64
	each  time.Duration
	read  int
}

// arrival is when the n-th sample comes, counted from the beginning of the test; false when there is no such sample.
func (p *paced) arrival(n int) (time.Duration, bool) {
	before := 0.0
	for i, rate := range p.rates {
		here := rate * p.each.Seconds()
		if float64(n) <= before+here {
			seconds := (float64(n) - before) / rate
			return time.Duration(i)*p.each + time.Duration(seconds*1e9), true
		}
		before += here
	}
	return 0, false
}

// offered is the number of samples that have come by now, and the time of the newest.
func (p *paced) offered() (uint64, int64) {
	elapsed := time.Since(testStart)
	count := 0.0
	for i, rate := range p.rates {
		here := min(max(elapsed-time.Duration(i)*p.each, 0), p.each)
		count += rate * here.Seconds()
	}
	return uint64(count), time.Now().UnixMilli()
}

func (p *paced) Next(ctx context.Context) (column.Part, error) {
	at, ok := p.arrival(p.read + 1)
	if !ok {
		<-ctx.Done()
		return column.Part{}, ctx.Err()
	}
	select {
	case <-time.After(at - time.Since(testStart)):
	case <-ctx.Done():
		return column.Part{}, ctx.Err()
	}
	p.read++
	one := part(uint64(p.read), uint64(p.read)%64, 1, 0)
	one.T = testStart.Add(at).UnixMilli()
	return one, nil
}

// TestShardsFollowTheLoad gives an endpoint that needs 100ms for five samples a load for two shards, then for ten, then
// hardly any.
func TestShardsFollowTheLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answering(func(context.Context, int) Outcome {
			time.Sleep(100 * time.Millisecond)
			return Outcome{}
		})
		source := &paced{rates: []float64{75, 400, 10}, each: 3 * time.Minute}
		q := start(t, Options{Sender: sender, Source: source, Offered: source.offered, FlushTimeout: time.Hour,
			Settings: Settings{MaxSamplesPerSend: 5, Capacity: 25, MaxShards: 30, BatchSendDeadline: time.Second}})
		for _, phase := range []struct{ least, most int }{{2, 6}, {8, 30}, {1, 2}} {
			time.Sleep(2 * time.Minute)
			least, most := 1<<30, 0
			for range 60 {
				n := q.Stats().Shards
				least, most = min(least, n), max(most, n)
				time.Sleep(time.Second)
			}
			if least < phase.least || most > phase.most {
				t.Errorf("in the third minute there were %d to %d shards, want %d to %d", least, most, phase.least, phase.most)
			}
		}
		q.stop()
		inOrder(t, sender.attempts())
		if stats := q.Stats(); stats.Pending != 0 || stats.Sent != stats.Read || stats.Sent < 80_000 {
			t.Errorf("read %d, sent %d, pending %d", stats.Read, stats.Sent, stats.Pending)
		}
	})
}

func TestAnOutageAddsNoShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		var offered atomic.Uint64
		sender := answering(func(context.Context, int) Outcome {
			if down.Load() {
				return retry()
			}
			return Outcome{}
		})
		q := start(t, Options{Sender: sender, Settings: Settings{MaxSamplesPerSend: 10, Capacity: 100},
			Offered: func() (uint64, int64) { return offered.Load(), time.Now().UnixMilli() }})
		for seq := range uint64(60) {
			offered.Add(10)
			q.source <- part(seq+1, seq, 10, time.Now().Unix())
			time.Sleep(time.Second)
		}
		down.Store(true)
		for range 300 {
			offered.Add(10)
			select {
			case q.source <- part(offered.Load(), 0, 10, time.Now().Unix()):
			default:
			}
			time.Sleep(time.Second)
		}
		if stats := q.Stats(); stats.Shards != 1 || stats.Retried == 0 {
			t.Errorf("%d shards after five minutes of outage, want 1 (%d retried)", stats.Shards, stats.Retried)
		}
		q.stop()
	})
}

// TestSlowRequestsAddShards has an endpoint that needs 25s for each request, many times the batch deadline, and a load for five
// shards. (They get to be more, because the lag that long requests cause counts as backlog.)
func TestSlowRequestsAddShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answering(func(context.Context, int) Outcome {
			time.Sleep(25 * time.Second)
			return Outcome{}
		})
		source := &paced{rates: []float64{20}, each: time.Hour}
		q := start(t, Options{Sender: sender, Source: source, Offered: source.offered,
			Settings: Settings{MaxSamplesPerSend: 100, Capacity: 500, MaxShards: 30, BatchSendDeadline: time.Second}})
		time.Sleep(30 * time.Minute)
		if stats := q.Stats(); stats.Shards < 5 || stats.Pending > 2000 {
			t.Errorf("after half an hour there are %d shards and %d samples pending, want at least 5 shards and a few requests", stats.Shards, stats.Pending)
		}
		q.stop()
		inOrder(t, sender.attempts())
	})
}

// TestTheNumberOfShardsIsSteady changes the load a little around what one, two and three shards can do.
func TestTheNumberOfShardsIsSteady(t *testing.T) {
	for shards := 1; shards <= 3; shards++ {
		synctest.Test(t, func(t *testing.T) {
			sender := answering(func(context.Context, int) Outcome {
				time.Sleep(100 * time.Millisecond)
				return Outcome{}
			})
			source := &paced{each: 20 * time.Second}
			for i := range 48 {
				rate := 50 * float64(shards)
				source.rates = append(source.rates, rate*(1+0.05*float64(1-2*(i%2))))
			}
			q := start(t, Options{Sender: sender, Source: source, Offered: source.offered,
				Settings: Settings{MaxSamplesPerSend: 5, Capacity: 25, MaxShards: 30, BatchSendDeadline: time.Second}})
			time.Sleep(2 * time.Minute)
			changes, before := 0, q.Stats().Shards
			for range 12 * 60 {
				time.Sleep(time.Second)
				if now := q.Stats().Shards; now != before {
					changes, before = changes+1, now
				}
			}
			if changes > 2 {
				t.Errorf("the number of shards changed %d times in 12 minutes", changes)
			}
			q.stop()
		})
	}
}

// TestAHangingEndpointAddsNoShards has requests that end only by their time-out, which is longer than an interval.
func TestAHangingEndpointAddsNoShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hangs atomic.Bool
		sender := answering(func(context.Context, int) Outcome {
			if hangs.Load() {
				time.Sleep(30 * time.Second)
				return retry()
			}
			time.Sleep(50 * time.Millisecond)
			return Outcome{}
		})
		source := &paced{rates: []float64{40}, each: time.Hour}
		q := start(t, Options{Sender: sender, Source: source, Offered: source.offered,
			Settings: Settings{MaxSamplesPerSend: 10, Capacity: 50}})
		time.Sleep(time.Minute)
		before := q.Stats().Shards
		hangs.Store(true)
		for range 600 {
			time.Sleep(time.Second)
			if now := q.Stats().Shards; now != before {
				t.Fatalf("%d shards while the endpoint hangs, %d before", now, before)
			}
		}
		q.stop()
	})
}
