package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// inOrder reports keys of whose parts one was sent after a newer one, and samples sent twice.
func inOrder(t *testing.T, all []attempt) {
	t.Helper()
	last := map[uint64]uint64{}
	seen := map[string]bool{}
	for _, a := range all {
		for line := range strings.Lines(a.body) {
			var key, seq uint64
			var value float64
			fmt.Sscanf(line, "%d/%d/%g", &key, &seq, &value)
			if seq < last[key] {
				t.Fatalf("key %d: part %d was sent after part %d", key, seq, last[key])
			}
			if seen[line] {
				t.Fatalf("sample %q was sent twice", line)
			}
			last[key], seen[line] = seq, true
		}
	}
}

// TestOrderPerKeyHoldsWhileShardsComeAndGo moves the keys about at random under an endpoint of uneven speed.
func TestOrderPerKeyHoldsWhileShardsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		random := rand.New(rand.NewPCG(3, 4))
		pick := func(n int) int {
			mu.Lock()
			defer mu.Unlock()
			return random.IntN(n)
		}
		sender := answering(func(context.Context, int) Outcome {
			time.Sleep(time.Duration(pick(300)) * time.Millisecond)
			return Outcome{}
		})
		var done delivered
		q := start(t, Options{Sender: sender, Delivered: done.note, FlushTimeout: time.Hour,
			Settings: Settings{Capacity: 40, MaxSamplesPerSend: 20, BatchSendDeadline: time.Second}})
		moves := 0
		total := uint64(0)
		for seq := uint64(1); seq <= 3000; seq++ {
			n := 1 + pick(9)
			total += uint64(n)
			q.source <- part(seq, uint64(pick(23)), n, int64(seq))
			if pick(10) == 0 && q.router.move(1+pick(12)) {
				moves++
			}
		}
		time.Sleep(time.Hour)
		q.stop()
		inOrder(t, sender.attempts())
		if stats := q.Stats(); stats.Sent != total || stats.Pending != 0 {
			t.Errorf("sent %d of %d samples, %d pending", stats.Sent, total, stats.Pending)
		}
		if seq, at := done.get(); seq != 3000 || at != 3000_000 {
			t.Errorf("delivered up to %d at %d", seq, at)
		}
		if moves < 20 {
			t.Errorf("only %d moves took place: the test shows nothing", moves)
		}
	})
}

// TestMovedKeyWaitsForItsFormerShardOnly holds one shard up: its keys wait wherever they go, all others are delivered.
func TestMovedKeyWaitsForItsFormerShardOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		sender := &picky{recorder: answers(), block: "1/1/", until: release}
		q := start(t, Options{Sender: sender, FlushTimeout: time.Minute, Settings: Settings{MinShards: 2, MaxSamplesPerSend: 1}})
		q.source <- part(1, 1, 1, 1) // shard 1 of 2, which hangs
		synctest.Wait()
		q.source <- part(2, 0, 1, 1) // shard 0
		synctest.Wait()
		if !q.router.move(3) {
			t.Fatal("the queue refused to move")
		}
		q.source <- part(3, 4, 1, 1) // was in shard 0, goes to shard 1
		q.source <- part(4, 2, 1, 1) // was in shard 0, goes to shard 2
		q.source <- part(5, 5, 1, 1) // was in shard 1, goes to shard 2 and waits
		synctest.Wait()
		if q.router.move(4) {
			t.Error("moved again although the first move is not complete")
		}
		if got := sender.keys(); got != "1 0 2" {
			t.Errorf("keys sent while shard 1 hangs: %s, want 1 0 2", got)
		}
		close(release)
		synctest.Wait()
		if got := sender.keys(); len(got) != len("1 0 2 4 5") {
			t.Errorf("keys sent after that: %s", got)
		}
		if !q.router.move(1) {
			t.Error("the queue refused to move although the first move is complete")
		}
		q.stop()
	})
}

// picky is a recorder that holds up bodies with a certain beginning.
type picky struct {
	*recorder
	block string
	until chan struct{}
}

func (p *picky) Send(ctx context.Context, body []byte, retry int) Outcome {
	out := p.recorder.Send(ctx, body, retry)
	if strings.HasPrefix(string(body), p.block) {
		<-p.until
	}
	return out
}

func (p *picky) keys() string {
	var keys []string
	for _, a := range p.attempts() {
		key, _, _ := strings.Cut(a.body, "/")
		keys = append(keys, key)
	}
	return strings.Join(keys, " ")
}

// TestWaitingHandOverFollowsAMove shows that a part which found its shard full goes to its new shard at once.
func TestWaitingHandOverFollowsAMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answering(held)
		q := start(t, Options{Sender: sender, Settings: Settings{Capacity: 1, MaxSamplesPerSend: 1}})
		for seq := range uint64(3) {
			q.source <- part(seq+1, 1, 1, 1)
			synctest.Wait()
		}
		if n := q.Stats().EnqueueRetries; n != 1 {
			t.Fatalf("enqueue retries are %d, want 1", n)
		}
		q.router.move(2)
		synctest.Wait()
		if got := q.router.shards[1].pushed; got != 1 {
			t.Errorf("the new shard was given %d samples, want 1", got)
		}
		if n := q.Stats().EnqueueRetries; n != 1 {
			t.Errorf("enqueue retries are %d, want still 1", n)
		}
		q.stop()
	})
}

// TestAllThatIsAppendedIsSent runs on real threads, for the race detector.
func TestAllThatIsAppendedIsSent(t *testing.T) {
	const total = 20000
	source := make(stream, 16)
	sender := answers()
	var done delivered
	q := start(t, Options{Source: source, Sender: sender, Delivered: done.note, FlushTimeout: time.Minute,
		Settings: Settings{MinShards: 3, MaxSamplesPerSend: 100, Capacity: 300}})
	for seq := uint64(1); seq <= total/10; seq++ {
		source <- part(seq, seq%31, 10, int64(seq))
		if seq%100 == 0 {
			q.router.move(1 + int(seq/100)%7)
			q.Stats()
		}
	}
	for q.Stats().Read < total {
		time.Sleep(time.Millisecond)
	}
	q.stop()
	inOrder(t, sender.attempts())
	stats := q.Stats()
	if stats.Read != total || stats.Sent != total || stats.Pending != 0 || stats.Dropped+stats.Failed != 0 {
		t.Errorf("stats are %+v", stats)
	}
	if seq, _ := done.get(); seq != total/10 {
		t.Errorf("delivered up to %d, want %d", seq, total/10)
	}
}

// TestEveryKeyStaysInOneShard looks at the routing alone.
func TestEveryKeyStaysInOneShard(t *testing.T) {
	r := newRouter(5, func() *shard { return newShard(Settings{Capacity: 1000}.withDefaults()) }, nil)
	for key := range uint64(100) {
		for range 3 {
			if s, after := r.route(key); s != r.shards[key%5] || after != nil {
				t.Fatalf("key %d is not in shard %d", key, key%5)
			}
		}
	}
	if n, _ := r.push(column.Part{Frame: &column.Frame{Key: 7}, Values: []float64{1}}); n != 1 || r.shards[2].pushed != 1 {
		t.Errorf("pushed %d samples", n)
	}
}
