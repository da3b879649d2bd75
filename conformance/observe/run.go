package observe

import "time"

// Run is one start of the agent until its end.
type Run struct {
	// Line is the step in the scenario that started it.
	Line    int       `json:"line"`
	Started time.Time `json:"started"`
	// Ready is zero when the agent never said that it was.
	Ready time.Time `json:"ready,omitzero"`
	// Stopping is when the harness told it to stop, zero if it never did.
	Stopping time.Time `json:"stopping,omitzero"`
	// Exited is when it ended; with Killed, the harness had to end it.
	Exited time.Time `json:"exited,omitzero"`
	Code   int       `json:"code"`
	Signal string    `json:"signal,omitempty"`
	// Killed: it did not stop when told to and was ended by the harness in its own clean-up.
	Killed bool `json:"killed,omitempty"`
	// Meant is false for a run that was meant to be refused.
	Meant bool `json:"meant"`
	// Config is the configuration it was given, Log everything it printed, up to a limit.
	Config string `json:"config,omitempty"`
	Log    string `json:"log,omitempty"`
}

// Over tells whether the run has ended by itself, not because it was told to.
func (r *Run) Over() bool {
	return !r.Exited.IsZero() && (r.Stopping.IsZero() || r.Exited.Before(r.Stopping))
}

// Reload is one attempt to give the running agent another configuration.
type Reload struct {
	Line int       `json:"line"`
	At   time.Time `json:"at"`
	// Refused: the agent said no, with Reason. Meant tells whether it should take it.
	Refused bool   `json:"refused"`
	Reason  string `json:"reason,omitempty"`
	Meant   bool   `json:"meant"`
	// Trouble is set when the agent gave no answer at all.
	Trouble string `json:"trouble,omitempty"`
}
