package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

func TestWhichShardIsPassedOver(t *testing.T) {
	begin := time.Unix(1000, 0)
	at := func(seconds float64) time.Time { return begin.Add(time.Duration(seconds * 1e9)) }
	for name, c := range map[string]struct {
		others []pace
		now    float64
		want   bool
	}{
		"it is alone":                         {nil, 60, false},
		"another finished later":              {[]pace{{since: at(59), finished: at(58)}}, 60, true},
		"another has nothing to do":           {[]pace{{since: at(-9), finished: at(-9), empty: true}}, 60, true},
		"others finished as it began":         {[]pace{{since: at(0.2), finished: at(0.2)}, {since: at(0.5), finished: at(0.5)}}, 60, false},
		"others hang, one finishes":           {[]pace{{since: at(0)}, {since: at(31), finished: at(31)}}, 60, true},
		"it has not been at it long":          {[]pace{{finished: at(0.9), empty: true}}, 0.9, false},
		"another finished, but only just now": {[]pace{{since: at(1), finished: at(1)}}, 1, true},
	} {
		if got := (pace{since: begin}).stuck(c.others, at(c.now)); got != c.want {
			t.Errorf("%s: passed over %t, want %t", name, got, c.want)
		}
	}
}

// kept is a log that keeps all parts, so that it can be read again. It is a Source itself.
type kept struct {
	mu    sync.Mutex
	parts []column.Part
	more  chan struct{}
	// opened is how often it was read again.
	opened int
}

func newKept() *kept { return &kept{more: make(chan struct{})} }

func (k *kept) append(p column.Part) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.parts = append(k.parts, p)
	close(k.more)
	k.more = make(chan struct{})
}

// from returns the first part after seq, or what to wait for.
func (k *kept) from(seq uint64) (column.Part, <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range k.parts[min(int(seq), len(k.parts)):] {
		if p.Seq > seq {
			return p, nil
		}
	}
	return column.Part{}, k.more
}

// cursor reads a kept log.
type cursor struct {
	*kept
	seq uint64
}

func (c *cursor) Next(ctx context.Context) (column.Part, error) {
	for {
		p, wait := c.from(c.seq)
		if wait == nil {
			c.seq = p.Seq
			return p, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return p, ctx.Err()
		}
	}
}

func (*cursor) Close() error { return nil }

func (k *kept) again(seq uint64) Again {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.opened++
	return &cursor{kept: k, seq: seq}
}

func (k *kept) reopened() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.opened
}

// byKey is a sender that answers by the key of the first sample, and remembers what was accepted in order.
type byKey struct {
	*recorder
	answer func(key uint64) Outcome
}

func (b byKey) Send(ctx context.Context, body []byte, retry int) Outcome {
	var key uint64
	fmt.Sscanf(string(body), "%d/", &key)
	if out := b.answer(key); out.Verdict != Accepted {
		return out
	}
	return b.recorder.Send(ctx, body, retry)
}

// TestAStuckShardDelaysItsOwnKeysOnly lets one of four shards hang, or fail for ever, for ten minutes in which there comes a
// hundred times as much as it may hold. The others deliver as if nothing were, nobody holds more than the capacity, the log
// learns what was delivered, and in the end everything has arrived, once and in order.
func TestAStuckShardDelaysItsOwnKeysOnly(t *testing.T) {
	for _, how := range []string{"hangs", "fails"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var works sync.WaitGroup
				works.Add(1)
				var repaired atomic.Bool
				sender := byKey{answers(), func(key uint64) Outcome {
					switch {
					case key%4 != 2 || repaired.Load():
					case how == "hangs":
						works.Wait()
					default:
						return retry()
					}
					return Outcome{}
				}}
				var done delivered
				log := newKept()
				q := start(t, Options{Source: &cursor{kept: log}, Again: log.again, Sender: sender, Delivered: done.note,
					FlushTimeout: time.Hour, Settings: Settings{MinShards: 4, Capacity: 30, MaxSamplesPerSend: 10, BatchSendDeadline: time.Second}})
				const parts = 2400
				for seq := uint64(1); seq <= parts; seq++ {
					log.append(part(seq, seq%8, 5, int64(seq)))
					time.Sleep(250 * time.Millisecond)
				}
				time.Sleep(5 * time.Second)
				stats := q.Stats()
				if want := uint64(parts * 3 / 4 * 5); stats.Sent != want || stats.Pending > 50 {
					t.Errorf("%d samples sent, %d pending while one of four shards was stuck, want %d and at most 50", stats.Sent, stats.Pending, want)
				}
				if p := done.progress(); p.Seq != 1 || !reflect.DeepEqual(p.Beyond, []Beyond{{parts, 4, []uint64{2}}}) {
					t.Errorf("progress is %+v, want everything but shard 2 of 4", p)
				}
				q.window.mu.Lock()
				if n := len(q.window.slots); n > 200 {
					t.Errorf("%d parts are remembered", n)
				}
				q.window.mu.Unlock()
				repaired.Store(true)
				works.Done()
				time.Sleep(time.Minute)
				if p := done.progress(); p.Seq != parts || p.Beyond != nil {
					t.Errorf("progress in the end is %+v", p)
				}
				q.stop()
				inOrder(t, sender.attempts())
				if stats := q.Stats(); stats.Sent != parts*5 || stats.Pending != 0 || log.reopened() != 1 {
					t.Errorf("in the end %d samples sent, %d pending, log read %d times", stats.Sent, stats.Pending, log.reopened())
				}
			})
		})
	}
}

// TestAnOutageLeavesNobodyBehind has all shards fail together: none is passed over, and reading stops. When the endpoint is back
// those that wait for their next attempt do not hold up the others.
func TestAnOutageLeavesNobodyBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var up atomic.Bool
		sender := byKey{answers(), func(uint64) Outcome {
			if !up.Load() {
				time.Sleep(300 * time.Millisecond)
				return retry()
			}
			return Outcome{}
		}}
		log := newKept()
		q := start(t, Options{Source: &cursor{kept: log}, Again: log.again, Sender: sender, FlushTimeout: time.Hour,
			Settings: Settings{MinShards: 4, MaxShards: 4, Capacity: 30, MaxSamplesPerSend: 10}})
		for seq := uint64(1); seq <= 1000; seq++ {
			log.append(part(seq, seq%8, 5, int64(seq)))
			time.Sleep(250 * time.Millisecond)
		}
		if read := q.Stats().Read; read > 4*50 {
			t.Errorf("%d samples were read although no shard had room", read)
		}
		if log.reopened() > 0 {
			t.Errorf("%d shards were passed over although all were stuck", log.reopened())
		}
		up.Store(true)
		time.Sleep(time.Minute)
		q.stop()
		inOrder(t, sender.attempts())
		if stats := q.Stats(); stats.Sent != 5000 || stats.Pending != 0 {
			t.Errorf("%d samples sent, %d pending", stats.Sent, stats.Pending)
		}
	})
}

// TestStragglersComeAndGo lets requests hang at random, also of several shards at once, while shards are exchanged.
func TestStragglersComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		random := rand.New(rand.NewPCG(5, 6))
		pick := func(n int) int {
			mu.Lock()
			defer mu.Unlock()
			return random.IntN(n)
		}
		sender := byKey{answers(), func(uint64) Outcome {
			switch n := pick(60); {
			case n == 0:
				time.Sleep(time.Duration(pick(40)) * time.Second)
			case n < 3:
				return retry()
			}
			time.Sleep(time.Duration(pick(100)) * time.Millisecond)
			return Outcome{}
		}}
		var done delivered
		log := newKept()
		q := start(t, Options{Source: &cursor{kept: log}, Again: log.again, Sender: sender, Delivered: done.note,
			FlushTimeout: time.Hour, Settings: Settings{Capacity: 40, MinShards: 3, MaxSamplesPerSend: 20, BatchSendDeadline: time.Second}})
		const parts = 6000
		total := uint64(0)
		for seq := uint64(1); seq <= parts; seq++ {
			n := 1 + pick(9)
			total += uint64(n)
			log.append(part(seq, uint64(pick(23)), n, int64(seq)))
			time.Sleep(time.Duration(pick(100)) * time.Millisecond)
			if pick(20) == 0 {
				q.stragglers.without(func() bool { return q.router.move(1 + pick(6)) })
			}
		}
		time.Sleep(10 * time.Minute)
		q.stop()
		inOrder(t, sender.attempts())
		if stats := q.Stats(); stats.Sent != total || stats.Pending != 0 {
			t.Errorf("sent %d of %d samples, %d pending", stats.Sent, total, stats.Pending)
		}
		if done.Seq != parts || done.Beyond != nil {
			t.Errorf("progress in the end is %+v", done.Progress)
		}
		if log.reopened() < 10 {
			t.Errorf("only %d times was a shard passed over: the test shows nothing", log.reopened())
		}
	})
}

// TestStoppingWithAShardBehindLeavesItsPartsToTheLog stops while one shard hangs. What was not delivered is what the last
// progress says is open, whichever keys those parts have.
func TestStoppingWithAShardBehindLeavesItsPartsToTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := &picky{recorder: answers(), block: "1/", until: make(chan struct{})}
		var done delivered
		log := newKept()
		q := start(t, Options{Source: &cursor{kept: log}, Again: log.again, Sender: sender, Delivered: done.note,
			Settings: Settings{MinShards: 2, Capacity: 10, MaxSamplesPerSend: 5, BatchSendDeadline: time.Second}})
		for seq := uint64(1); seq <= 300; seq++ {
			log.append(part(seq, seq%2, 5, int64(seq)))
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(5 * time.Second)
		go func() {
			time.Sleep(time.Second)
			close(sender.until)
		}()
		q.stop()
		sent := map[string]bool{}
		for _, a := range sender.attempts() {
			for line := range strings.Lines(a.body) {
				sent[line] = true
			}
		}
		if p := done.Progress; p.Seq > 2 || p.ahead() != 300 || len(sent) < 150*5 {
			t.Errorf("progress is %+v with %d samples sent, want that the even keys are through", p, len(sent))
		}
	})
}
