package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestBatchesAreFilledWithWholeParts gives a shard a backlog while its first request is under way. Parts are told by key and
// size; "5*250" is a part of key 5.
func TestBatchesAreFilledWithWholeParts(t *testing.T) {
	for _, c := range []struct{ parts, want string }{
		{"1*250 2*250 3*250 4*250", "1*250 2*250|3*250 4*250"},
		{"1*5 2*250 3*250 4*250 5*250", "2*250 3*250|4*250 5*250|1*5"},
		{"1*300 2*300 3*200", "1*300 3*200|2*300"},             // the first that fit
		{"1*300 2*300 2*200 3*200", "1*300 3*200|2*300 2*200"}, // 2 does not overtake itself
		{"1*300 1*300 2*200", "1*300 2*200|1*300"},
		{"1*300 2*300", "1*300 2*200|2*100"},                               // nothing fits exactly
		{"1*600 2*250 3*250", "2*250 3*250|1*500|1*100"},                   // what must be cut waits a little
		{"1*250 1*5 2*250 1*250 3*250", "1*250 2*250|1*5 1*250 3*245|3*5"}, // a key that waits makes later parts of it wait
	} {
		synctest.Test(t, func(t *testing.T) {
			sender := answers()
			sender.answer = func(_ context.Context, n int) Outcome {
				if n == 0 {
					time.Sleep(time.Second)
				}
				return Outcome{}
			}
			q := start(t, Options{Sender: sender, Settings: Settings{Capacity: 5000, MaxSamplesPerSend: 500}})
			for seq := range uint64(3) { // one under way, one packed, one about to be packed
				q.source <- part(seq+1, 99, 500, 1)
			}
			time.Sleep(time.Millisecond)
			for i, text := range strings.Fields(c.parts) {
				var key uint64
				var n int
				fmt.Sscanf(text, "%d*%d", &key, &n)
				q.source <- part(uint64(i+4), key, n, 1)
			}
			time.Sleep(time.Minute)
			q.stop()
			var got []string
			for _, a := range sender.attempts()[3:] {
				got = append(got, inBody(a.body))
			}
			if all := strings.Join(got, "|"); all != c.want {
				t.Errorf("%s: got %s, want %s", c.parts, all, c.want)
			}
		})
	}
}

// inBody tells which parts are in a body.
func inBody(body string) string {
	type piece struct{ key, seq, n int }
	var pieces []piece
	for line := range strings.Lines(body) {
		var p piece
		fmt.Sscanf(line, "%d/%d/", &p.key, &p.seq)
		if n := len(pieces); n > 0 && pieces[n-1].key == p.key && pieces[n-1].seq == p.seq {
			pieces[n-1].n++
			continue
		}
		p.n = 1
		pieces = append(pieces, p)
	}
	var all []string
	for _, p := range pieces {
		all = append(all, fmt.Sprintf("%d*%d", p.key, p.n))
	}
	return strings.Join(all, " ")
}

// TestOddPartsAreNotPassedOverForEver keeps a shard so busy that there are always enough whole parts.
func TestOddPartsAreNotPassedOverForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answering(func(context.Context, int) Outcome { time.Sleep(time.Second); return Outcome{} })
		q := start(t, Options{Sender: sender, Settings: Settings{Capacity: 5000, MaxSamplesPerSend: 500, MaxShards: 1}})
		q.source <- part(1, 7, 5, 1)
		for seq := range uint64(80) {
			q.source <- part(seq+2, 100+seq%10, 250, 1)
		}
		time.Sleep(time.Minute)
		q.stop()
		at := slices.IndexFunc(sender.attempts(), func(a attempt) bool { return strings.Contains(a.body, "7/1/") })
		if at < 1 || at > maxPassed+1 {
			t.Errorf("the odd part went with request %d, want it not first but at most %d", at, maxPassed+1)
		}
		for i, n := range sender.sizes()[:40] {
			if n != 500 {
				t.Errorf("request %d has %d samples, want 500", i, n)
			}
		}
	})
}

// TestOrderOfEveryKey sends parts of all sizes through shards that come and go, and looks at the order of each key.
func TestOrderOfEveryKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answering(func(context.Context, int) Outcome { time.Sleep(30 * time.Millisecond); return Outcome{} })
		q := start(t, Options{Sender: sender, FlushTimeout: time.Hour, Settings: Settings{Capacity: 300, MaxSamplesPerSend: 100}})
		random := rand.New(rand.NewPCG(1, 2))
		total := 0
		for seq := range uint64(2000) {
			n := 1 + random.IntN(60)
			total += n
			q.source <- part(seq+1, random.Uint64N(9), n, 1)
			if seq%97 == 0 {
				q.router.move(1 + random.IntN(4))
			}
		}
		q.stop()
		last := map[int]int{}
		for _, a := range sender.attempts() {
			for line := range strings.Lines(a.body) {
				var key, seq int
				var v float64
				fmt.Sscanf(line, "%d/%d/%g", &key, &seq, &v)
				if now := seq*1000 + int(v); now <= last[key] && last[key] != 0 {
					t.Fatalf("key %d: sample %g of part %d came late", key, v, seq)
				} else {
					last[key] = now
				}
				total--
			}
		}
		if total != 0 {
			t.Errorf("%d samples are missing", total)
		}
	})
}
