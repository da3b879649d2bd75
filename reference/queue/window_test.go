package queue

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestWindowAgreesWithANaiveOne opens and finishes parts in any order and compares with counting from the front.
func TestWindowAgreesWithANaiveOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type naive struct {
			seq  uint64
			t    int64
			open int
		}
		var all []naive
		var gotSeq, wantSeq uint64
		var gotT, wantT int64
		w := newWindow(func(p Progress) {
			if p.Seq <= gotSeq || p.T < gotT {
				t.Fatalf("delivered went from %d at %d to %d at %d", gotSeq, gotT, p.Seq, p.T)
			}
			gotSeq, gotT = p.Seq, p.T
		})
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			if len(all) == 0 || rapid.Bool().Draw(t, "open") {
				n := rapid.IntRange(0, 3).Draw(t, "samples")
				p := naive{uint64(10 * (len(all) + 1)), rapid.Int64Range(0, 50).Draw(t, "time"), n}
				w.add(p.seq, 0, p.t, n)
				all = append(all, p)
			} else if i := rapid.IntRange(0, len(all)-1).Draw(t, "part"); all[i].open > 0 {
				n := rapid.IntRange(1, all[i].open).Draw(t, "finished")
				all[i].open -= n
				w.finish([]share{{all[i].seq, n}})
			}
			wantSeq, wantT = 0, 0
			for _, p := range all {
				if p.open > 0 {
					break
				}
				wantSeq, wantT = p.seq, max(wantT, p.t)
			}
			if gotSeq != wantSeq || gotT != wantT {
				t.Fatalf("delivered up to %d at %d, want %d at %d", gotSeq, gotT, wantSeq, wantT)
			}
		}
	})
}

// TestAbandonedWindowKeepsWhatEachShardHasFinished lets shards get on differently, each in order, and stops: whoever goes on must be given
// what they have not finished, and nothing else.
func TestAbandonedWindowKeepsWhatEachShardHasFinished(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var last Progress
		w := newWindow(func(p Progress) { last = p })
		shards := rapid.Uint64Range(1, 5).Draw(t, "shards")
		keys := rapid.SliceOfN(rapid.Uint64Range(0, 9), 1, 60).Draw(t, "keys")
		waiting := map[uint64][]uint64{} // by shard
		for i, key := range keys {
			w.add(uint64(i+1), key, 0, 1)
			waiting[key%shards] = append(waiting[key%shards], uint64(i+1))
		}
		for shard := range shards {
			n := rapid.IntRange(0, len(waiting[shard])).Draw(t, "finished")
			for _, seq := range waiting[shard][:n] {
				w.finish([]share{{seq, 1}})
			}
			waiting[shard] = waiting[shard][n:]
		}
		w.abandon(shards)
		for i, key := range keys {
			seq, left := uint64(i+1), waiting[key%shards]
			finished := len(left) == 0 || seq < left[0]
			if got := last.covers(seq, key); got != finished {
				t.Fatalf("part %d of shard %d: covered is %v, finished %v, by %+v", seq, key%shards, got, finished, last)
			}
		}
	})
}

// covers tells whether a part need not be sent any more.
func (p Progress) covers(seq, key uint64) bool {
	return seq <= p.Seq || slices.ContainsFunc(p.Beyond, func(b Beyond) bool {
		return seq <= b.Ahead && !slices.Contains(b.Behind, key%b.Shards)
	})
}
