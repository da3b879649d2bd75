package queue

import (
	"context"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// gaps are the times between the attempts.
func gaps(all []attempt) []time.Duration {
	var between []time.Duration
	for i := 1; i < len(all); i++ {
		between = append(between, all[i].at-all[i-1].at)
	}
	return between
}

func TestRetriesFollowTheDocumentedScheduleWithTheSameBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ms, s = time.Millisecond, time.Second
		down := make([]Outcome, 11)
		for i := range down {
			down[i] = retry()
		}
		sender := answers(down...)
		q := start(t, Options{Sender: sender})
		q.source <- part(1, 0, 3, 1)
		time.Sleep(time.Minute)
		q.stop()

		all := sender.attempts()
		want := []time.Duration{30 * ms, 60 * ms, 120 * ms, 240 * ms, 480 * ms, 960 * ms, 1920 * ms, 3840 * ms, 5 * s, 5 * s, 5 * s}
		if got := gaps(all); !reflect.DeepEqual(got, want) {
			t.Errorf("waits are %v, want %v", got, want)
		}
		for i, a := range all {
			if a.body != all[0].body || a.retry != i {
				t.Errorf("attempt %d has retry %d and body %q", i, a.retry, a.body)
			}
		}
		stats := q.Stats()
		if stats.Retried != 33 || stats.Sent != 3 || stats.Pending != 0 || stats.Attempts.Count != 12 {
			t.Errorf("stats are %+v", stats)
		}
	})
}

func TestEveryBatchStartsAgainWithTheShortestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answers(retry(), retry(), retry(), Outcome{}, retry(), Outcome{})
		q := start(t, Options{Sender: sender, Settings: Settings{MaxSamplesPerSend: 1}})
		q.source <- part(1, 0, 1, 1)
		q.source <- part(2, 0, 1, 2)
		time.Sleep(time.Minute)
		q.stop()
		const ms = time.Millisecond
		want := []time.Duration{30 * ms, 60 * ms, 120 * ms, 0, 30 * ms}
		if got := gaps(sender.attempts()); !reflect.DeepEqual(got, want) {
			t.Errorf("waits are %v, want %v", got, want)
		}
	})
}

func TestRetryAfterReplacesOneWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := retry()
		slow.RetryAfter = 17 * time.Second
		sender := answers(slow, retry(), retry())
		q := start(t, Options{Sender: sender})
		q.source <- part(1, 0, 1, 1)
		time.Sleep(time.Minute)
		q.stop()
		const ms = time.Millisecond
		want := []time.Duration{17 * time.Second, 60 * ms, 120 * ms}
		if got := gaps(sender.attempts()); !reflect.DeepEqual(got, want) {
			t.Errorf("waits are %v, want %v", got, want)
		}
	})
}

func TestRefusedBatchIsGivenUpAndBlocksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answers(refusal())
		var done delivered
		q := start(t, Options{Sender: sender, Delivered: done.note, Settings: Settings{MaxSamplesPerSend: 5}})
		q.source <- part(1, 0, 5, 1)
		q.source <- part(2, 0, 5, 2)
		synctest.Wait()

		if got := sender.sizes(); !reflect.DeepEqual(got, []int{5, 5}) {
			t.Errorf("sent batches of %v, want two of 5", got)
		}
		if seq, at := done.get(); seq != 2 || at != 2000 {
			t.Errorf("delivered up to %d at %d, want 2 at 2000", seq, at)
		}
		stats := q.Stats()
		if stats.Failed != 5 || stats.Sent != 5 || stats.Retried != 0 || stats.NewestSent != 2000 {
			t.Errorf("stats are %+v", stats)
		}
		q.stop()
	})
}

func TestWhatBecomesTooOldIsDroppedBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var floor atomic.Int64
		sender := answering(func(_ context.Context, n int) Outcome {
			if n == 1 {
				floor.Store(2000)
			}
			if n < 4 {
				return retry()
			}
			return Outcome{}
		})
		var done delivered
		q := start(t, Options{Sender: sender, Delivered: done.note, Floor: floor.Load})
		q.source <- part(1, 7, 2, 1)
		q.source <- part(2, 8, 1, 2)
		mixed := part(3, 9, 3, 0)
		mixed.Times = []int64{1999, 2000, 2001}
		q.source <- mixed
		time.Sleep(time.Minute)

		all := sender.attempts()
		const before, after = "7/1/0\n7/1/1\n8/2/0\n9/3/0\n9/3/1\n9/3/2\n", "8/2/0\n9/3/1\n9/3/2\n"
		for i, want := range []string{before, before, after, after, after} {
			if all[i].body != want {
				t.Errorf("attempt %d sent %q, want %q", i, all[i].body, want)
			}
		}
		if seq, _ := done.get(); seq != 3 {
			t.Errorf("delivered up to %d, want 3", seq)
		}
		stats := q.Stats()
		if stats.Dropped != 3 || stats.Sent != 3 || stats.Pending != 0 {
			t.Errorf("stats are %+v", stats)
		}
		q.stop()
	})
}

func TestBatchInWhichEverythingBecameTooOldIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var floor atomic.Int64
		sender := answering(func(context.Context, int) Outcome {
			floor.Store(5000)
			return retry()
		})
		var done delivered
		q := start(t, Options{Sender: sender, Delivered: done.note, Floor: floor.Load})
		q.source <- part(1, 0, 4, 1)
		time.Sleep(time.Minute)
		q.source <- part(2, 0, 4, 2)
		time.Sleep(time.Minute)
		if seq, _ := done.get(); len(sender.attempts()) != 1 || seq != 2 {
			t.Errorf("made %d attempts and delivered up to %d, want 1 and 2", len(sender.attempts()), seq)
		}
		if stats := q.Stats(); stats.Dropped != 8 || stats.Pending != 0 {
			t.Errorf("stats are %+v", stats)
		}
		q.stop()
	})
}

func TestWhatIsNotSelectedIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := answers()
		var done delivered
		q := start(t, Options{Sender: sender, Delivered: done.note, Select: func(p column.Part) column.Part {
			if p.Frame.Key == 1 {
				return p.Slice(0, 0)
			}
			return p.Slice(1, p.Len())
		}})
		q.source <- part(1, 1, 4, 1)
		q.source <- part(2, 2, 3, 2)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		q.stop()
		if all := sender.attempts(); len(all) != 1 || all[0].body != "2/2/1\n2/2/2\n" {
			t.Errorf("sent %v", all)
		}
		if seq, _ := done.get(); seq != 2 || q.Stats().Dropped != 5 {
			t.Errorf("delivered up to %d, dropped %d; want 2 and 5", seq, q.Stats().Dropped)
		}
	})
}

func TestAnOutageIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logText
		sender := answering(func(ctx context.Context, n int) Outcome {
			if time.Since(testStart) < 10*time.Minute {
				return retry()
			}
			return Outcome{}
		})
		q := start(t, Options{Sender: sender, Logger: log.logger()})
		q.source <- part(1, 0, 1, 1)
		time.Sleep(20 * time.Minute)
		q.stop()
		text := log.String()
		if n := strings.Count(text, "trying again"); n < 9 || n > 11 {
			t.Errorf("%d lines about failures, want about ten in ten minutes:\n%s", n, text)
		}
		if strings.Count(text, "sending works again") != 1 || !strings.Contains(text, errDown.Error()) {
			t.Errorf("the recovery or the reason is missing:\n%s", text)
		}
	})
}

// testStart is when every bubble begins.
var testStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
