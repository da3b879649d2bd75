package profilescrape

import (
	"context"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/profile"
)

// loop scrapes one job, one scrape after the other.
type loop struct {
	job     job
	scraper *Scraper
	state   status
	stop    context.CancelFunc
	done    chan struct{}
}

// start begins to scrape; stop and done end it.
func (s *Scraper) start(j job) *loop {
	ctx, cancel := context.WithCancel(context.Background())
	l := &loop{job: j, scraper: s, stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		l.run(ctx)
	}()
	return l
}

// run keeps to the times offset + n*interval. What is missed because a scrape takes longer is not made up for.
func (l *loop) run(ctx context.Context) {
	next := time.Now().Add(l.job.offset())
	timer := time.NewTimer(time.Until(next))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		l.scrape(ctx)
		next = following(next, time.Now(), l.job.interval)
		timer.Reset(time.Until(next))
	}
}

// following is the first time after last, in steps of interval, that is not in the past.
func following(last, now time.Time, interval time.Duration) time.Time {
	missed := max(now.Sub(last)-1, 0) / interval
	return last.Add((missed + 1) * interval)
}

// scrape fetches one profile and hands it on. Delivery goes on beside the loop, for as long as the receivers take it: an
// endpoint that needs retries does not keep the next profile from the other endpoints.
func (l *loop) scrape(ctx context.Context) {
	start := time.Now()
	now := l.scraper.current.Load()
	body, err := fetch(ctx, now.client, l.job.url, now.settings.timeoutOf(l.job))
	if ctx.Err() != nil {
		return
	}
	l.log(l.state.scrapeEnded(start, err), err)
	if err != nil {
		return
	}
	l.scraper.deliver(profile.Profile{Labels: l.job.labels, Raw: body}, l.state.pushEnded)
}

// log tells how a scrape ended when that is news.
func (l *loop) log(before, err error) {
	logger := l.scraper.opts.Logger.With("url", l.job.shown())
	switch {
	case err != nil && (before == nil || before.Error() != err.Error()):
		logger.Warn("scrape failed", "err", err)
	case err == nil && before != nil:
		logger.Info("scrape works again")
	}
}

// timeoutOf is the time that a scrape may take.
func (s settings) timeoutOf(j job) time.Duration {
	if s.waitsForSeconds && j.seconds {
		return s.timeout + deltaDuration(s.interval)
	}
	return s.timeout
}
