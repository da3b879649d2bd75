package queue

import (
	"math"
	"slices"
	"time"
)

// The published way in which the number of shards follows the load (facts of prometheus.remote_write@v0.32, section 6.5).
const (
	// scaleInterval is the time between two reckonings, and what the averages are taken over.
	scaleInterval = 10 * time.Second
	// smoothing is the weight of the newest interval in an average.
	smoothing = 0.2
	// backlogShare is the part of the backlog that shall be worked off per second.
	backlogShare = 0.05
	// tolerance is how far, relative to the present number, the desired one may be away without any effect.
	tolerance = 0.3
	// calm is how many reckonings in a row have to ask for fewer shards before any is given up.
	calm = 3
	// maxLag is how far behind a queue may be, in seconds, and still give up shards.
	maxLag = 10
)

// demand is the load of a queue, as averages per second.
type demand struct {
	// in are samples offered, out samples finished by sending, dropped those left out.
	in, out, dropped float64
	// busy is the time spent sending, in seconds per second, of all shards together.
	busy float64
	// lag is how many seconds the newest sample sent is older than the newest there is.
	lag float64
}

// desired returns how many shards the load asks for. ok is false when nothing was sent, so that nothing is known.
func (d demand) desired() (shards float64, ok bool) {
	if d.out <= 0 {
		return 0, false
	}
	kept := d.in * d.out / (d.dropped + d.out)
	backlog := d.lag * kept
	perSample := d.busy / d.out
	return perSample * (kept + backlogShare*backlog), true
}

// decide turns the desired number of shards into the next one, given the present one and the bounds.
func decide(desired float64, present, least, most int, lag float64) int {
	desired = math.Ceil(desired)
	low, high := float64(present)*(1-tolerance), float64(present)*(1+tolerance)
	switch {
	case desired >= low && desired <= high:
		return present
	case desired < low && lag > maxLag:
		return present
	}
	return int(max(float64(least), min(desired, float64(most))))
}

// trend keeps the number of shards from going up and down with a load that is about as much as a whole number of them can
// do: the formula alone would follow each turn.
type trend struct {
	fewer []int // what the last reckonings asked for, as long as that was fewer than there are
}

// settle returns the next number of shards, of which the present ones are kept until it is clear that fewer will do.
func (t *trend) settle(present, next int) int {
	if next >= present {
		t.fewer = nil
		return next
	}
	if t.fewer = append(t.fewer, next); len(t.fewer) < calm {
		return present
	}
	next = slices.Max(t.fewer)
	t.fewer = nil
	return next
}

// average is an exponentially weighted moving average of a rate.
type average struct {
	perSecond float64
	started   bool
}

// add takes in what happened in the last interval, or in several of them.
func (a *average) add(events float64, intervals int) {
	rate := events / (scaleInterval.Seconds() * float64(intervals))
	switch {
	case a.started:
		a.perSecond += (1 - math.Pow(1-smoothing, float64(intervals))) * (rate - a.perSecond)
	case events > 0:
		a.started = true
		a.perSecond = rate
	}
}
