package remotewrite

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// TestAPoisonedBatchDelaysItsOwnShardOnly has a server that answers every request with one certain series with 500, over a
// restart and a change of the settings. The other shards deliver, what they delivered is not repeated, and when the server is
// repaired everything has arrived once and in order.
func TestAPoisonedBatchDelaysItsOwnShardOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, dir := newWorld(t), t.TempDir()
		b := w.serve("backend:80", 200)
		const targets, perTarget, rounds = 8, 20, 60
		series := func(target, i int) string { return fmt.Sprintf("__name__=m,i=%d/%d", target, i) }
		b.poison = series(3, 7)
		body := func(deadline string) string {
			return strings.Replace(batching(20, 4), "500ms", deadline, 1)
		}
		var layouts []*column.Layout
		for target := range targets {
			l := layout(perTarget)
			for i := range l.Series {
				l.Series[i].Labels[1].Value = fmt.Sprintf("%d/%d", target, i)
			}
			layouts = append(layouts, l)
		}
		feed := func(a *agent) {
			for range rounds {
				for _, l := range layouts {
					a.append(l, 1)
				}
				time.Sleep(time.Second)
			}
			time.Sleep(10 * time.Second)
		}
		a := w.run(dir, body("1s"))
		feed(a)
		if got, want := len(b.accepted(series(0, 0))), rounds; got != want {
			t.Errorf("%d samples of a series arrived while another shard was stuck, want %d", got, want)
		}
		a.stop()
		a = w.run(dir, body("1s"))
		feed(a)
		a.reload(body("2s"))
		feed(a)
		if got := len(b.accepted(series(3, 0))); got != 0 {
			t.Errorf("%d samples of the poisoned batches arrived", got)
		}
		b.mu.Lock()
		b.poison = ""
		b.mu.Unlock()
		time.Sleep(time.Minute)
		a.stop()
		for target := range targets {
			onceInOrder(t, b.accepted(series(target, 0)), 3*rounds)
		}
	})
}

// onceInOrder complains unless there are n samples, each later than the one before.
func onceInOrder(t *testing.T, all []sample, n int) {
	t.Helper()
	if len(all) != n {
		t.Errorf("%d samples arrived, want %d", len(all), n)
	}
	for i := 1; i < len(all); i++ {
		if all[i].t <= all[i-1].t {
			t.Fatalf("a sample of %d came after one of %d", all[i].t, all[i-1].t)
		}
	}
}
