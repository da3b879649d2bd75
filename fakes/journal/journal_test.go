package journal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

type note struct {
	Seq  int
	Text string
}

func newNotes(limits journal.Limits) *journal.Journal[note] {
	return journal.New(journal.Options[note]{
		Limits: limits,
		Size:   func(n *note) int64 { return int64(len(n.Text)) },
		Stamp:  func(n *note, seq int) { n.Seq = seq },
	})
}

func TestNumbersAndUpdates(t *testing.T) {
	j := newNotes(journal.Limits{})
	if a, b := j.Add(note{Text: "a"}), j.Add(note{Text: "b"}); a != 1 || b != 2 {
		t.Fatalf("numbers are %d and %d", a, b)
	}
	if !j.Update(2, func(n *note) { n.Text = "changed" }) || j.Update(3, func(*note) { t.Error("called") }) || j.Update(0, func(*note) { t.Error("called") }) {
		t.Error("Update says the wrong thing")
	}
	if got := fmt.Sprint(j.All(), j.Since(1), j.Since(2), j.Since(99)); got != "[{1 a} {2 changed}] [{2 changed}] [] []" {
		t.Errorf("got %s", got)
	}
	if n, ok := j.Get(2); !ok || n.Text != "changed" {
		t.Errorf("Get gives %+v %v", n, ok)
	}
	if _, ok := j.Get(3); ok {
		t.Error("Get gives what is not there")
	}
}

func TestCopiesDoNotChange(t *testing.T) {
	j := newNotes(journal.Limits{})
	j.Add(note{Text: "a"})
	before := j.All()
	j.Update(1, func(n *note) { n.Text = "b" })
	if before[0].Text != "a" {
		t.Error("a copy changed")
	}
}

func TestLimits(t *testing.T) {
	j := newNotes(journal.Limits{MaxEntries: 3, MaxBytes: 10})
	for range 5 {
		j.Add(note{Text: "x"})
	}
	if j.Len() != 3 || j.Dropped() != 2 || j.Total() != 5 || j.Oldest() != 3 || j.All()[0].Seq != 3 {
		t.Errorf("by entries: %d kept, %d dropped, %d in all, %+v", j.Len(), j.Dropped(), j.Total(), j.All())
	}
	// An entry that grows pushes the older ones out.
	j.Update(5, func(n *note) { n.Text = "0123456789" })
	if j.Len() != 1 || j.Dropped() != 4 {
		t.Errorf("by bytes: %d kept, %d dropped", j.Len(), j.Dropped())
	}
	j.Add(note{Text: "larger than all the room"})
	if j.Len() != 1 || j.Total() != 6 {
		t.Errorf("the newest is not kept: %d of %d", j.Len(), j.Total())
	}
	if j.Update(5, func(*note) { t.Error("called") }) {
		t.Error("an entry that is gone was updated")
	}
}

func TestResetKeepsCounting(t *testing.T) {
	j := newNotes(journal.Limits{})
	j.Add(note{})
	j.Reset()
	if seq := j.Add(note{}); seq != 2 || j.Len() != 1 || j.Dropped() != 0 || j.Oldest() != 2 {
		t.Errorf("number %d, %d kept, %d dropped", seq, j.Len(), j.Dropped())
	}
}

func TestWaitWakesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newNotes(journal.Limits{})
		looked := 0
		waited := make(chan error)
		go func() {
			waited <- j.Wait(t.Context(), func(all []note) bool { looked++; return len(all) > 0 && all[0].Text == "b" })
		}()
		start := time.Now()
		time.Sleep(time.Hour)
		j.Add(note{Text: "a"})
		time.Sleep(time.Hour)
		j.Update(1, func(n *note) { n.Text = "b" })
		if err := <-waited; err != nil || time.Since(start) != 2*time.Hour || looked != 3 {
			t.Errorf("%v after %v and %d looks", err, time.Since(start), looked)
		}
	})
}

func TestWaitGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := newNotes(journal.Limits{}).Wait(ctx, func([]note) bool { return false })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestManyWritersAndWaiters(t *testing.T) {
	j := newNotes(journal.Limits{MaxEntries: 50})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 250 {
				j.Update(j.Add(note{Text: "x"}), func(n *note) { n.Text = "y" })
			}
		})
		all.Go(func() {
			if err := j.Wait(t.Context(), func([]note) bool { return j.Total() == 1000 }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if j.Len() != 50 || j.Dropped() != 950 {
		t.Errorf("%d kept, %d dropped", j.Len(), j.Dropped())
	}
}

func TestFollowShowsEachEntryOnce(t *testing.T) {
	j := newNotes(journal.Limits{})
	for i := range 5 {
		j.Add(note{Text: fmt.Sprint(i)})
	}
	var seen []string
	go func() {
		for i := 5; i < 9; i++ {
			j.Add(note{Text: fmt.Sprint(i)})
		}
	}()
	err := j.Follow(t.Context(), func(n note) { seen = append(seen, n.Text) }, func() bool { return slices.Contains(seen, "8") })
	if got := strings.Join(seen, ""); err != nil || got != "012345678" {
		t.Errorf("saw %s, %v", got, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if err := j.Follow(ctx, func(note) {}, func() bool { return false }); err != cause {
		t.Errorf("got %v", err)
	}
}

func TestLimitsChangeWhileItIsFilled(t *testing.T) {
	j := newNotes(journal.Limits{})
	for i := range 5 {
		j.Add(note{Text: fmt.Sprint(i)})
	}
	j.SetLimits(journal.Limits{MaxEntries: 2})
	if all := j.All(); len(all) != 2 || all[0].Text != "3" || j.Dropped() != 3 || j.Total() != 5 {
		t.Errorf("kept %+v, dropped %d", all, j.Dropped())
	}
}

func ExampleJournal_Wait() {
	j := journal.NewExchanges(journal.Limits{})
	go func() {
		seq := j.Add(journal.Exchange{Path: "/api/v1/push"})
		j.Update(seq, func(e *journal.Exchange) { e.Status = 204 })
	}()
	err := j.Wait(context.Background(), func(all []journal.Exchange) bool { return len(all) > 0 && all[0].Status != 0 })
	fmt.Println(j.All()[0].Path, j.All()[0].Status, err)
	// Output: /api/v1/push 204 <nil>
}
