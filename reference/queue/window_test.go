package queue

import (
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
		w := newWindow(func(seq uint64, at int64) {
			if seq <= gotSeq || at < gotT {
				t.Fatalf("delivered went from %d at %d to %d at %d", gotSeq, gotT, seq, at)
			}
			gotSeq, gotT = seq, at
		})
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			if len(all) == 0 || rapid.Bool().Draw(t, "open") {
				n := rapid.IntRange(0, 3).Draw(t, "samples")
				p := naive{uint64(10 * (len(all) + 1)), rapid.Int64Range(0, 50).Draw(t, "time"), n}
				if ticket := w.open(p.seq, p.t, n); ticket != uint64(len(all)) {
					t.Fatalf("ticket %d, want %d", ticket, len(all))
				}
				all = append(all, p)
			} else if i := rapid.IntRange(0, len(all)-1).Draw(t, "part"); all[i].open > 0 {
				n := rapid.IntRange(1, all[i].open).Draw(t, "finished")
				all[i].open -= n
				w.finish([]share{{uint64(i), n}})
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
