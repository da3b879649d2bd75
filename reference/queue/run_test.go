package queue

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestStoppingFlushesWhatWasRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answers(retry(), retry())
		var done delivered
		q := start(t, Options{Sender: sender, Delivered: done.note, FlushTimeout: 5 * time.Second})
		q.source <- part(1, 0, 7, 1)
		synctest.Wait()
		begin := time.Now()
		if err := q.stop(); err != nil {
			t.Errorf("run returned %v", err)
		}
		if took := time.Since(begin); took != 90*time.Millisecond {
			t.Errorf("flushing took %v, want the two waits of 30ms and 60ms", took)
		}
		if seq, _ := done.get(); seq != 1 || len(sender.attempts()) != 3 {
			t.Errorf("delivered up to %d in %d attempts, want 1 in 3", seq, len(sender.attempts()))
		}
	})
}

func TestFlushingIsBoundedAndLeavesTheRestToTheLog(t *testing.T) {
	answers := map[string]func(context.Context, int) Outcome{
		"hangs": held,
		"fails": func(context.Context, int) Outcome { return retry() },
	}
	for name, answer := range answers {
		for _, limit := range []time.Duration{0, 5 * time.Second} {
			t.Run(name+" "+limit.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var done delivered
					q := start(t, Options{Sender: answering(answer), Delivered: done.note, FlushTimeout: limit,
						Settings: Settings{MaxSamplesPerSend: 10, Capacity: 30}})
					for seq := range uint64(5) {
						q.source <- part(seq+1, 0, 10, 1)
					}
					synctest.Wait()
					begin := time.Now()
					if err := q.stop(); err != nil {
						t.Errorf("run returned %v", err)
					}
					if took := time.Since(begin); took != limit {
						t.Errorf("stopping took %v, want %v", took, limit)
					}
					if seq, _ := done.get(); seq != 0 {
						t.Errorf("delivered up to %d, want nothing", seq)
					}
				})
			})
		}
	}
}

// TestReplacedQueueDoesNotWait stops a queue for another one: requests that succeed are finished with, but nothing is tried
// again, and nothing overtakes what was left.
func TestReplacedQueueDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answering(func(_ context.Context, n int) Outcome {
			time.Sleep(time.Second)
			if n >= 2 {
				return retry()
			}
			return Outcome{}
		})
		var done delivered
		q := New(Options{Source: make(stream), Encoder: lines{}, Sender: sender, Delivered: done.note, FlushTimeout: time.Minute,
			Settings: Settings{MaxSamplesPerSend: 1}})
		source := q.options.Source.(stream)
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- q.Run(ctx) }()
		for seq := range uint64(5) {
			source <- part(seq+1, 0, 1, 1)
		}
		begin := time.Now()
		cancel(ErrReplaced)
		if err := <-ended; err != nil {
			t.Errorf("run returned %v", err)
		}
		if took := time.Since(begin); took != 3*time.Second {
			t.Errorf("stopping took %v, want three attempts of 1s", took)
		}
		if seq, _ := done.get(); seq != 2 || len(sender.attempts()) != 3 {
			t.Errorf("delivered up to %d in %d attempts, want 2 in 3", seq, len(sender.attempts()))
		}
	})
}

func TestDeliveredMovesOverFinishedPartsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		sender := &picky{recorder: answers(), block: "1/2/", until: release}
		var done delivered
		q := start(t, Options{Sender: sender, Delivered: done.note, Settings: Settings{MinShards: 2, MaxSamplesPerSend: 1}})
		q.source <- part(1, 0, 1, 10)
		q.source <- part(2, 1, 1, 20) // hangs
		q.source <- part(3, 0, 1, 30)
		q.source <- part(4, 0, 1, 25)
		synctest.Wait()
		if seq, at := done.get(); seq != 1 || at != 10_000 {
			t.Errorf("delivered up to %d at %d although part 2 is under way, want 1 at 10000", seq, at)
		}
		if got := q.Stats().NewestSent; got != 30_000 {
			t.Errorf("newest sent is %d, want 30000", got)
		}
		close(release)
		synctest.Wait()
		if seq, at := done.get(); seq != 4 || at != 30_000 {
			t.Errorf("delivered up to %d at %d, want 4 at 30000", seq, at)
		}
		q.stop()
	})
}

func TestFailureOfTheSourceEndsTheQueueAfterAFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answers()
		q := start(t, Options{Sender: sender, FlushTimeout: time.Second})
		q.source <- part(1, 0, 3, 1)
		close(q.source)
		synctest.Wait()
		err := q.stop()
		if err == nil || !strings.Contains(err.Error(), "read parts to send: the log is closed") {
			t.Errorf("run returned %v", err)
		}
		if got := sender.sizes(); !reflect.DeepEqual(got, []int{3}) {
			t.Errorf("sent %v, want what was read before", got)
		}
	})
}

func TestStatsOfAFreshQueue(t *testing.T) {
	q := New(Options{Settings: Settings{MinShards: 3, MaxShards: 2}})
	stats := q.Stats()
	if stats.Shards != 3 || stats.Desired != 3 || stats.Settings.MaxShards != 3 || stats.Settings.Capacity != 2500 {
		t.Errorf("stats are %+v", stats)
	}
	if got := len(stats.Attempts.Buckets); got != 15 || stats.Attempts.Count != 0 {
		t.Errorf("%d buckets", got)
	}
}

func TestAttemptsAreMeasuredWithoutTheWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answering(func(_ context.Context, n int) Outcome {
			time.Sleep([]time.Duration{5 * time.Millisecond, 70 * time.Millisecond, time.Hour}[n])
			return []Outcome{retry(), retry(), {}}[n]
		})
		q := start(t, Options{Sender: sender})
		q.source <- part(1, 0, 1, 1)
		time.Sleep(2 * time.Hour)
		q.stop()
		got := q.Stats().Attempts
		if got.Count != 3 || got.Sum != time.Hour+75*time.Millisecond {
			t.Errorf("%d attempts took %v", got.Count, got.Sum)
		}
		for bound, want := range map[float64]uint64{.005: 1, .05: 1, .1: 2, 300: 2} {
			if got.Buckets[bound] != want {
				t.Errorf("bucket %g holds %d, want %d", bound, got.Buckets[bound], want)
			}
		}
	})
}
