package api

// Mode is how a mimir or a pyroscope treats what comes. A PUT sets all of it: what is left out is off, or has its default.
type Mode struct {
	// Strict refuses what the real one does; Limits are what is then checked.
	Strict bool    `json:"strict"`
	Limits *Limits `json:"limits,omitempty"`
	// Discard (mimir) counts only, and keeps nothing more.
	Discard bool `json:"discard,omitempty"`
}

// Mode is how the fake begins.
func (s Spec) Mode() Mode { return Mode{Strict: s.Strict, Limits: s.Limits, Discard: s.Discard} }
