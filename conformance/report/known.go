package report

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

// Known is a list of known deviations of one agent, as it stands in scenarios/known/AGENT.yaml.
type Known struct {
	Deviations []Deviation `yaml:"deviations"`
}

// Deviation is one entry: what is known not to hold, and why.
type Deviation struct {
	// Scenario is a pattern for the names of cases, with * for any run of characters: remote_write/retry, wal/*, */x#auth=basic.
	// A pattern without # covers all cases of a scenario.
	Scenario string `yaml:"scenario"`
	// Clauses restricts the entry to checks that prove one of these; empty for all checks. Braces expand.
	Clauses []string `yaml:"clauses,omitempty"`
	// Lane restricts it to one lane, Versions to versions of the agent: ">=2.42 <3".
	Lane     string `yaml:"lane,omitempty"`
	Versions string `yaml:"versions,omitempty"`
	// Sometimes: the deviation does not show in every run, so that an entry which holds is not stale.
	Sometimes bool `yaml:"sometimes,omitempty"`
	// Reason says why the agent deviates and how that is known. Required.
	Reason string `yaml:"reason"`
}

// LoadKnown reads the list in the file called name. A file that does not exist is an empty list.
func LoadKnown(fsys fs.FS, name string) (Known, error) {
	data, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return Known{}, nil
	}
	if err != nil {
		return Known{}, fmt.Errorf("read known deviations: %w", err)
	}
	var k Known
	if err := clause.Strict(data, clause.MaxSize, &k); err != nil {
		return Known{}, fmt.Errorf("%s: %w", name, err)
	}
	for i := range k.Deviations {
		if err := k.Deviations[i].validate(); err != nil {
			return Known{}, fmt.Errorf("%s: entry %d: %w", name, i+1, err)
		}
	}
	return k, nil
}

// validate refuses entries that cannot match anything or explain nothing, and expands the clauses.
func (d *Deviation) validate() error {
	if d.Scenario == "" {
		return errors.New("scenario is missing")
	}
	if strings.TrimSpace(d.Reason) == "" {
		return fmt.Errorf("scenario %q: the reason is missing", d.Scenario)
	}
	if d.Lane != "" && d.Lane != "virtual" && d.Lane != "real" {
		return fmt.Errorf("scenario %q: lane %q is neither virtual nor real", d.Scenario, d.Lane)
	}
	if _, err := within("0", d.Versions); err != nil {
		return fmt.Errorf("scenario %q: %w", d.Scenario, err)
	}
	var ids []string
	for _, name := range d.Clauses {
		expanded, err := clause.Expand(name)
		if err != nil || !clause.IsID(name) {
			return fmt.Errorf("scenario %q: %q is not the name of a clause", d.Scenario, name)
		}
		ids = append(ids, expanded...)
	}
	d.Clauses = ids
	return nil
}

// apply marks the failures of the agent that are listed as known, and those listed that hold as unexpected passes. The entries
// that do not hold come back; those that fit no case only when the run was complete.
func (k Known) apply(a Agent, cases []Case, complete bool) []Stale {
	var stale []Stale
	for d := range k.of(a) {
		covered := d.covered(a.Name, cases)
		stands := d.mark(covered)
		switch {
		case stands, d.Sometimes && len(covered) > 0:
		case len(covered) == 0 && complete:
			stale = append(stale, Stale{a.Name, d.Scenario, "no case that was played fits it"})
		case len(covered) > 0:
			stale = append(stale, Stale{a.Name, d.Scenario, "it holds: take it off the list"})
			for _, chk := range covered {
				chk.Verdict, chk.Reason = UnexpectedPass, d.Reason
			}
		}
	}
	return stale
}

// Preview is one case while others are still to come: what fails as listed is known already. That a listed deviation holds shows only when
// all cases are there.
func (k Known) Preview(a Agent, c Case) Case {
	c.Checks = slices.Clone(c.Checks)
	one := []Case{c}
	for d := range k.of(a) {
		d.mark(d.covered(a.Name, one))
	}
	one[0].settle()
	return one[0]
}

// of are the entries for this version of the agent.
func (k Known) of(a Agent) iter.Seq[Deviation] {
	return func(yield func(Deviation) bool) {
		for _, d := range k.Deviations {
			if ok, err := within(a.Version, d.Versions); err == nil && ok && !yield(d) {
				return
			}
		}
	}
}

// mark makes the failures among the checks known, and tells whether there were any.
func (d Deviation) mark(checks []*Check) bool {
	stands := false
	for _, chk := range checks {
		if chk.Verdict == Fail || chk.Verdict == Inconclusive {
			chk.Verdict, chk.Reason, stands = KnownDeviation, d.Reason, true
		}
	}
	return stands
}

// covered are the checks that an entry is about.
func (d Deviation) covered(agent string, cases []Case) []*Check {
	var checks []*Check
	for i := range cases {
		c := &cases[i]
		if c.Agent != agent || d.Lane != "" && d.Lane != c.Lane || !matches(d.Scenario, c.ID) {
			continue
		}
		for j := range c.Checks {
			if chk := &c.Checks[j]; !chk.Given && d.about(*chk) {
				checks = append(checks, chk)
			}
		}
	}
	return checks
}

func (d Deviation) about(chk Check) bool {
	if len(d.Clauses) == 0 {
		return true
	}
	for _, id := range d.Clauses {
		for _, have := range chk.Clauses {
			if id == have {
				return true
			}
		}
	}
	return false
}

// matches tells whether a pattern with * fits a case's name. A pattern without # fits every case of the scenario.
func matches(pattern, id string) bool {
	if !strings.Contains(pattern, "#") {
		id, _, _ = strings.Cut(id, "#")
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == id
	}
	rest, ok := strings.CutPrefix(id, parts[0])
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return ok && strings.HasSuffix(rest, last)
}
