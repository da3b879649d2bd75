package conformance

import (
	"sync"
	"time"
)

// lateness watches how late this machine is with what was to happen at a time. Cases of the real lane are judged by it: an agent that
// shares its processors with others cannot be more punctual than the machine is.
type lateness struct {
	began time.Time
	stop  chan struct{}
	done  chan struct{}

	mu    sync.Mutex
	worst []time.Duration // of every second since began; guarded by mu
}

// watchLateness watches until close, a fifth of a second long before it returns, so that there is something to go by.
func watchLateness() *lateness {
	l := &lateness{began: time.Now(), stop: make(chan struct{}), done: make(chan struct{})}
	for range 40 {
		l.sleep()
	}
	go l.watch()
	return l
}

func (l *lateness) watch() {
	defer close(l.done)
	for {
		select {
		case <-l.stop:
			return
		default:
			l.sleep()
		}
	}
}

// sleep notes how much longer than asked for a short sleep took.
func (l *lateness) sleep() {
	const short = 5 * time.Millisecond
	began := time.Now()
	time.Sleep(short)
	l.note(began, time.Since(began)-short)
}

// note counts a delay for every second that it touched.
func (l *lateness) note(began time.Time, late time.Duration) {
	first, last := l.second(began), l.second(began.Add(late))
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.worst) <= last {
		l.worst = append(l.worst, 0)
	}
	for i := first; i <= last; i++ {
		l.worst[i] = max(l.worst[i], late)
	}
}

func (l *lateness) second(at time.Time) int { return max(0, int(at.Sub(l.began)/time.Second)) }

// since returns the worst since a time, counted in whole seconds. Nobody who watches saw nothing. Safe for concurrent use.
func (l *lateness) since(at time.Time) time.Duration {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var worst time.Duration
	for i := l.second(at); i < len(l.worst); i++ {
		worst = max(worst, l.worst[i])
	}
	return worst
}

// slackFloor is more than an idle machine was seen to need; see the record of real agents in docs/decisions.md.
const slackFloor = 300 * time.Millisecond

// slack is how late an agent may be that has been running since a time. An agent does several things one after the other until a request
// arrives, each of which the machine may delay, so several times what was seen are allowed.
func (l *lateness) slack(since time.Time) time.Duration { return slackFloor + 10*l.since(since) }

func (l *lateness) close() {
	close(l.stop)
	<-l.done
}
