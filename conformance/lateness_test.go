package conformance

import (
	"testing"
	"time"
)

func TestLatenessIsKeptBySecond(t *testing.T) {
	began := time.Now()
	l := &lateness{began: began}
	at := func(d time.Duration) time.Time { return began.Add(d) }
	l.note(at(100*time.Millisecond), 3*time.Millisecond)
	l.note(at(2900*time.Millisecond), 250*time.Millisecond) // touches the third and the fourth second
	l.note(at(5*time.Second), time.Millisecond)
	for _, row := range []struct {
		since, worst time.Duration
	}{
		{-time.Minute, 250 * time.Millisecond}, // before the watch
		{0, 250 * time.Millisecond},
		{2 * time.Second, 250 * time.Millisecond},
		{3500 * time.Millisecond, 250 * time.Millisecond}, // ended in this second
		{4 * time.Second, time.Millisecond},
		{5 * time.Second, time.Millisecond},
		{6 * time.Second, 0}, // nothing was seen yet
	} {
		if got := l.since(at(row.since)); got != row.worst {
			t.Errorf("since %s: %s, want %s", row.since, got, row.worst)
		}
		if got, want := l.slack(at(row.since)), 300*time.Millisecond+10*row.worst; got != want { // the floor and ten times the worst
			t.Errorf("slack since %s: %s, want %s", row.since, got, want)
		}
	}
}

func TestWatchEndsWhenItIsClosed(t *testing.T) {
	l := watchLateness()
	if l.since(l.began) <= 0 {
		t.Error("no sleep was longer than asked for, which no machine manages")
	}
	l.close()
	if (*lateness)(nil).since(time.Now()) != 0 {
		t.Error("a watch that is not there saw something")
	}
}
