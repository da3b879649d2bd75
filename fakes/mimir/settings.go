package mimir

import "github.com/touchstone-telemetry/touchstone/fakes/journal"

// Strict reports whether the fake refuses what Mimir refuses: see [Options].
func (s *Server) Strict() bool { return s.strict.Load() }

// SetStrict turns strict mode on or off for requests that are answered from now on. What is late, and how many series there are, counts from what came
// in strict mode.
func (s *Server) SetStrict(strict bool) { s.strict.Store(strict) }

// Limits are what strict mode checks, with the defaults filled in.
func (s *Server) Limits() Limits { return *s.limits.Load() }

// SetLimits changes what strict mode checks in requests that are answered from now on. Limits for which there is no default are off when they are 0.
func (s *Server) SetLimits(l Limits) {
	l = l.orDefault()
	s.limits.Store(&l)
}

// Discards reports whether the fake only counts: see [Options].
func (s *Server) Discards() bool { return s.discard.Load() }

// SetDiscard keeps nothing more than numbers of what comes from now on, or all of it again. What was accepted before stays; the journals of requests
// and connections lose all but the newest entry.
func (s *Server) SetDiscard(discard bool) {
	s.discard.Store(discard)
	limits := s.options.Journal
	if discard {
		limits = newestOnly
	}
	s.ExchangeJournal().SetLimits(limits)
	s.ConnectionJournal().SetLimits(limits)
}

// newestOnly is what a fake keeps of requests that it only counts.
var newestOnly = journal.Limits{MaxEntries: 1, MaxBytes: 1}
