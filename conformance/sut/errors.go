package sut

import "fmt"

// Unsupported says that an agent cannot be asked something: the case is skipped with this reason.
type Unsupported struct {
	Agent string
	// Setting is what the agent has no equivalent for, as the pages write it ("endpoint > queue_config > capacity").
	Setting string
	// Why explains it, in a few words; may be empty.
	Why string
}

func (u *Unsupported) Error() string {
	if u.Why == "" {
		return fmt.Sprintf("%s has no equivalent of %s", u.Agent, u.Setting)
	}
	return fmt.Sprintf("%s has no equivalent of %s: %s", u.Agent, u.Setting, u.Why)
}

// Refused says that an agent turned a configuration down while running.
type Refused struct {
	// Status is the HTTP status of the answer, 0 if it came in another way.
	Status int
	// Reason is the agent's own text.
	Reason string
}

func (r *Refused) Error() string { return fmt.Sprintf("configuration refused: %s", r.Reason) }

// Exited says that an agent ended while something else was expected of it.
type Exited struct{ Exit Exit }

func (e *Exited) Error() string {
	if e.Exit.Signal != "" {
		return "agent was ended by signal " + e.Exit.Signal
	}
	return fmt.Sprintf("agent exited with status %d", e.Exit.Code)
}
