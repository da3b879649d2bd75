package pyroscope

// Strict reports whether the fake refuses what Pyroscope refuses: see [Options].
func (s *Server) Strict() bool { return s.strict.Load() }

// SetStrict turns strict mode on or off for requests that are answered from now on.
func (s *Server) SetStrict(strict bool) { s.strict.Store(strict) }

// Limits are what strict mode checks, with the defaults filled in.
func (s *Server) Limits() Limits { return *s.limits.Load() }

// SetLimits changes what strict mode checks in requests that are answered from now on.
func (s *Server) SetLimits(l Limits) {
	l = l.orDefault()
	s.limits.Store(&l)
}
