package metricscrape

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// loop scrapes one target on its own schedule until it is stopped.
type loop struct {
	target   target
	interval time.Duration
	fetcher  *fetcher
	page     *page
	report   *report
	forward  func(context.Context, []column.Column)
	logger   *slog.Logger

	// refusal is why the target is not even asked, nil if it is.
	refusal error
	bytes   int // the size of the last page, as in outcome

	live bool // the last scrape went well, so there are series to end when the next one fails

	mu     sync.Mutex // guards status, never held while scraping
	status Status
}

// Status is what a target's last scrape was like.
type Status struct {
	URL string `json:"url"`
	// Health is unknown, up or down.
	Health     string    `json:"health"`
	LastError  string    `json:"last_error,omitempty"`
	LastScrape time.Time `json:"last_scrape,omitzero"`
	// Duration is that of the last scrape, as text.
	Duration string `json:"last_scrape_duration,omitempty"`
	// LastSuccess is when a scrape last went well, Samples how many samples it found.
	LastSuccess time.Time `json:"last_success,omitzero"`
	Samples     int       `json:"samples"`
	// Labels are those that were last used.
	Labels map[string]string `json:"labels"`
}

// run scrapes at the target's offset and then once an interval. A scrape that takes longer than the interval delays the
// next, it never overlaps it. With removed closed the target's series are ended on the way out.
func (l *loop) run(ctx context.Context, removed <-chan struct{}) {
	first := time.NewTimer(l.target.offset(l.interval))
	defer first.Stop()
	select {
	case <-first.C:
	case <-ctx.Done():
		return
	}
	ticker := time.NewTicker(l.interval)
	defer ticker.Stop()
	for {
		l.scrape(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			select {
			case <-removed:
				l.end()
			default:
			}
			return
		}
	}
}

// scrape reads the page once and forwards what it says, its report included, as one unit.
func (l *loop) scrape(ctx context.Context) {
	start := time.Now()
	now := start.UnixMilli()
	result, err := l.read(ctx, now)
	if err != nil && ctx.Err() != nil {
		return // stopping: a request that was interrupted says nothing about the target
	}
	took := time.Since(start)
	columns := result.columns
	if result.gone != nil {
		columns = append(columns, stale(result.gone, now))
	}
	if err != nil && l.live {
		columns = append(columns, l.page.stale(now)...)
	}
	l.live = err == nil
	columns = append(columns, l.report.column(now, outcome{
		up: err == nil, took: took, samples: result.samples, added: result.added, bytes: l.bytes,
	}))
	l.forward(context.WithoutCancel(ctx), columns) // what was read is kept, also while stopping
	l.note(start, took, result.samples, err)
}

func (l *loop) read(ctx context.Context, now int64) (reading, error) {
	l.bytes = 0
	if l.refusal != nil {
		return reading{}, l.refusal
	}
	body, contentType, err := l.fetcher.fetch(ctx)
	if errors.Is(err, errTooLarge) {
		l.bytes = -1
	}
	if err != nil {
		return reading{}, err
	}
	result, err := l.page.read(body, contentType, now)
	if err != nil {
		return result, l.fetcher.conceal(err)
	}
	l.bytes = len(body)
	return result, nil
}

// end writes the staleness markers of a target that is no longer scraped.
func (l *loop) end() {
	now := time.Now().UnixMilli()
	columns := []column.Column{stale(l.report.layout, now)}
	if l.live {
		columns = append(columns, l.page.stale(now)...)
	}
	l.forward(context.Background(), columns)
}

// note keeps how a scrape went, and logs it when that is news.
func (l *loop) note(start time.Time, took time.Duration, samples int, err error) {
	now := Status{
		URL: l.target.shown(), Health: "up", Labels: labelMap(l.target.labels),
		LastScrape: start, Duration: took.String(), LastSuccess: start, Samples: samples,
	}
	if err != nil {
		now.Health, now.LastError = "down", err.Error()
		now.LastSuccess = l.lastStatus().LastSuccess
	}
	switch before := l.exchange(now); {
	case now.LastError == before.LastError:
	case err != nil:
		l.logger.Warn("scrape failed", "url", now.URL, "err", err)
	default:
		l.logger.Info("scrape works again", "url", now.URL)
	}
}

func (l *loop) exchange(now Status) (before Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.status = l.status, now
	return before
}

func (l *loop) lastStatus() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}
