// Package observe holds what was seen while a case was played: an [Observation], frozen when the run is over. It says
// nothing about what should have been seen, so an old observation can be judged again.
//
// Every type survives a round trip through JSON unchanged: [Encode] and [Decode].
package observe

import "time"

// Observation is everything that was recorded while one case was played. It is written by the engine and read-only from
// then on.
type Observation struct {
	Case  string `json:"case"`
	Lane  string `json:"lane"`
	Agent Agent  `json:"agent"`
	// Began and Ended bound the run, in the time of its lane.
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended"`
	// Slack is how much later than possible things may happen on this machine; 0 on the virtual lane, where times are exact.
	Slack time.Duration `json:"slack"`
	// Salt is set once secrets have been taken out of the observation: see Redactor.
	Salt string `json:"salt,omitempty"`
	// Values are the template names that became known at run time, with their values: m.url, dir, ...
	Values map[string]string `json:"values,omitempty"`

	Fakes     []Fake     `json:"fakes,omitempty"`
	Runs      []Run      `json:"runs,omitempty"`
	Controls  []Run      `json:"controls,omitempty"`
	Reloads   []Reload   `json:"reloads,omitempty"`
	Marks     []Mark     `json:"marks,omitempty"`
	Waits     []Wait     `json:"waits,omitempty"`
	Snapshots []Snapshot `json:"snapshots,omitempty"`
	// Trouble is what went wrong in the harness itself. With any, nothing can be judged.
	Trouble []string `json:"trouble,omitempty"`
}

// Agent says what was judged.
type Agent struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// Metrics translates documented metric names into those of this agent, where they differ.
	Metrics map[string]string `json:"metrics,omitempty"`
	// Rewritten names components that it has under a later name, and Unasked clauses that it is therefore not asked, with the reason.
	Rewritten map[string]string `json:"rewritten,omitempty"`
	Unasked   map[string]string `json:"unasked,omitempty"`
}

// Mark is a named moment.
type Mark struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// Wait is how the wait on a line of the scenario ended.
type Wait struct {
	Line int       `json:"line"`
	Met  bool      `json:"met"`
	At   time.Time `json:"at"`
	// Detail is what there was instead, when it was not met.
	Detail string `json:"detail,omitempty"`
}

// Fake returns the record of the fake with this name, or nil.
func (o *Observation) Fake(name string) *Fake {
	for i := range o.Fakes {
		if o.Fakes[i].Name == name {
			return &o.Fakes[i]
		}
	}
	return nil
}

// MarkAt returns the moment with this name. Besides the marks of the scenario there are started and ready: when the agent
// was first started, and first ready.
func (o *Observation) MarkAt(name string) (time.Time, bool) {
	for _, m := range o.Marks {
		if m.Name == name {
			return m.At, true
		}
	}
	if len(o.Runs) == 0 {
		return time.Time{}, false
	}
	first := o.Runs[0]
	switch name {
	case "started":
		return first.Started, !first.Started.IsZero()
	case "ready":
		return first.Ready, !first.Ready.IsZero()
	}
	return time.Time{}, false
}

// Snapshot returns the snapshot with this name, or the last one for an empty name; nil when there is none.
func (o *Observation) Snapshot(name string) *Snapshot {
	for i := len(o.Snapshots) - 1; i >= 0; i-- {
		if name == "" || o.Snapshots[i].Name == name {
			return &o.Snapshots[i]
		}
	}
	return nil
}
