package queue

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

func TestNextFlush(t *testing.T) {
	const d = 5 * time.Second
	flushed := testStart
	tests := []struct{ since, want time.Duration }{
		{0, 5 * time.Second},
		{2 * time.Second, 5 * time.Second},
		{5*time.Second - 1, 5 * time.Second},
		{5 * time.Second, 10 * time.Second},
		{12 * time.Second, 15 * time.Second},
		{time.Hour, time.Hour + 5*time.Second},
	}
	for _, tt := range tests {
		if got := nextFlush(flushed, flushed.Add(tt.since), d).Sub(flushed); got != tt.want {
			t.Errorf("filled after %v: flush after %v, want %v", tt.since, got, tt.want)
		}
	}
}

func TestShardFlushesAtTheDeadlineSinceItsLastFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answers()
		q := start(t, Options{Sender: sender})
		time.Sleep(2 * time.Second)
		q.source <- part(1, 0, 1, 1) // flushed at 5s
		time.Sleep(9 * time.Second)
		q.source <- part(2, 0, 1, 2) // came at 11s, flushed at 15s
		time.Sleep(5 * time.Second)
		q.source <- part(3, 0, 500, 3) // full at 16s, flushed at once
		time.Sleep(time.Second)
		q.source <- part(4, 0, 1, 4) // came at 17s, flushed at 21s
		time.Sleep(time.Minute)
		q.stop()
		var got []time.Duration
		for _, a := range sender.attempts() {
			got = append(got, a.at)
		}
		want := []time.Duration{5 * time.Second, 15 * time.Second, 16 * time.Second, 21 * time.Second}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("flushed after %v, want %v", got, want)
		}
	})
}

func TestBatchesAreFilledExactly(t *testing.T) {
	tests := []struct {
		parts []int
		want  []int
	}{
		{[]int{10}, []int{10}},
		{[]int{95}, []int{10, 10, 10, 10, 10, 10, 10, 10, 10, 5}},
		{[]int{4, 4, 4}, []int{10, 2}},
		{[]int{9, 2, 9, 1}, []int{10, 10, 1}},
		{[]int{3, 25, 2}, []int{10, 10, 10}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.parts), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sender := answers()
				q := start(t, Options{Sender: sender, Settings: Settings{MaxSamplesPerSend: 10}})
				want := ""
				for i, n := range tt.parts {
					p := part(uint64(i+1), 0, n, 1)
					want += string(lines{}.Encode(nil, parts(p)))
					q.source <- p
				}
				time.Sleep(time.Minute)
				q.stop()
				got := ""
				for _, a := range sender.attempts() {
					got += a.body
				}
				if sizes := sender.sizes(); !reflect.DeepEqual(sizes, tt.want) || got != want {
					t.Errorf("batches of %v, want %v; sent %q", sizes, tt.want, got)
				}
			})
		})
	}
}

// TestCapacityBoundsWhatIsRead feeds a hanging endpoint and looks at how much the queue takes.
func TestCapacityBoundsWhatIsRead(t *testing.T) {
	tests := []struct{ capacity, size, part, want int }{
		{2500, 500, 250, 3000}, // a full buffer and one batch under way
		{500, 500, 250, 1000},
		{700, 500, 250, 1000}, // 500 ahead, and 250 more do not fit
		{600, 500, 200, 1100}, // a part is cut where otherwise no batch would fill up
		{100, 500, 250, 200},  // a buffer smaller than a batch makes smaller batches
		{1, 1, 3, 2},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sender := answering(held)
				q := start(t, Options{Sender: sender, Settings: Settings{Capacity: tt.capacity, MaxSamplesPerSend: tt.size}})
				given := 0
				for seq := uint64(1); ; seq++ {
					synctest.Wait()
					select {
					case q.source <- part(seq, 0, tt.part, 1):
						given++
						continue
					default:
					}
					break
				}
				s := q.router.shards[0]
				if held := s.queued + s.ahead; held > tt.capacity {
					t.Errorf("the shard holds %d samples, more than its capacity of %d", held, tt.capacity)
				}
				if got := int(s.pushed); got > tt.want || got < tt.want-tt.part {
					t.Errorf("took %d samples, want up to %d", got, tt.want)
				}
				if n := q.Stats().EnqueueRetries; n != 1 {
					t.Errorf("enqueue retries are %d after %d parts, want 1 for the one that waits", n, given)
				}
				q.stop()
			})
		})
	}
}

func TestBackPressureLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answering(func(context.Context, int) Outcome {
			time.Sleep(time.Second)
			return Outcome{}
		})
		q := start(t, Options{Sender: sender, FlushTimeout: time.Hour, Settings: Settings{Capacity: 30, MaxSamplesPerSend: 10, MaxShards: 1}})
		for seq := range uint64(100) {
			q.source <- part(seq+1, seq%3, 7, 1)
		}
		q.stop()
		if stats := q.Stats(); stats.Sent != 700 || stats.Pending != 0 || stats.EnqueueRetries == 0 {
			t.Errorf("stats are %+v", stats)
		}
	})
}

// TestNextRequestIsEncodedWhileOneIsUnderWay shows the overlap: the second request begins the moment the first has ended.
func TestNextRequestIsEncodedWhileOneIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answering(func(context.Context, int) Outcome {
			time.Sleep(50 * time.Millisecond)
			return Outcome{}
		})
		q := start(t, Options{Sender: sender, Encoder: slowLines{20 * time.Millisecond}, Settings: Settings{MaxSamplesPerSend: 10}})
		q.source <- part(1, 0, 100, 1)
		time.Sleep(time.Second)
		q.stop()
		for i, gap := range gaps(sender.attempts()) {
			if gap != 50*time.Millisecond {
				t.Errorf("request %d began %v after the one before it, want 50ms", i+1, gap)
			}
		}
	})
}
