package profilescrape

import (
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/profile"
)

// DebugInfo tells how the last scrape of every job went.
type DebugInfo struct {
	Targets []TargetStatus `json:"targets"`
}

// TargetStatus is what is known about one profile of one target.
type TargetStatus struct {
	Job     string `json:"job"`
	Profile string `json:"profile"`
	URL     string `json:"url"`
	// Health is "unknown" before the first scrape has ended, then "up" or "down".
	Health             string    `json:"health"`
	LastError          string    `json:"last_error,omitempty"`
	LastScrape         time.Time `json:"last_scrape,omitzero"`
	LastScrapeDuration string    `json:"last_scrape_duration,omitempty"`
	LastSuccess        time.Time `json:"last_success,omitzero"`
	// LastPushError is why the profile last delivered did not reach every destination.
	LastPushError string `json:"last_push_error,omitempty"`
	// Labels are those that were last used.
	Labels map[string]string `json:"labels"`
}

// status is the part of TargetStatus that changes.
type status struct {
	mu       sync.Mutex // guards the fields below
	scraped  time.Time
	success  time.Time
	duration time.Duration
	err      error
	pushErr  error
}

// scrapeEnded notes one scrape and returns the error of the one before.
func (s *status) scrapeEnded(start time.Time, err error) (before error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before = s.err
	s.scraped, s.duration, s.err = start, time.Since(start), err
	if err == nil {
		s.success = start
	}
	return before
}

// pushEnded notes one delivery.
func (s *status) pushEnded(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pushErr = err
}

// show fills in what changes.
func (s *status) show(t *TargetStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.scraped.IsZero() {
		t.Health = "up"
		t.LastScrapeDuration = s.duration.String()
	}
	if s.err != nil {
		t.Health, t.LastError = "down", s.err.Error()
	}
	if s.pushErr != nil {
		t.LastPushError = s.pushErr.Error()
	}
	t.LastScrape, t.LastSuccess = s.scraped, s.success
}

// status describes a job that was not scraped yet.
func (j job) status() TargetStatus {
	t := TargetStatus{URL: j.shown(), Health: "unknown", Labels: make(map[string]string)}
	for _, label := range j.labels {
		t.Labels[label.Name] = label.Value
	}
	t.Job, t.Profile = t.Labels["job"], t.Labels[profile.NameLabel]
	return t
}

// DebugInfo implements component.Debugger. Targets that cannot be scraped at all are listed last, as down.
func (s *Scraper) DebugInfo() any {
	info := DebugInfo{Targets: []TargetStatus{}}
	now, loops := s.current.Load(), *s.loops.Load()
	for _, j := range now.jobs {
		t := j.status()
		if l := loops[j.key()]; l != nil {
			l.state.show(&t)
		}
		info.Targets = append(info.Targets, t)
	}
	for _, bad := range now.rejected {
		info.Targets = append(info.Targets, TargetStatus{Health: "down", Labels: bad.labels, LastError: bad.err.Error()})
	}
	return info
}
