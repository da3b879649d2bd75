// Package clause holds the testable statements of the specification: [Load] reads the table, a [Set] answers for it.
//
// Every clause says which sentence of which page it stands for and how binding it is. The package knows nothing of
// scenarios and does not say how a clause is proven.
package clause

import "fmt"

// Clause is one testable statement.
type Clause struct {
	// ID is the name by which scenarios and reports refer to the clause, for example RW-RETRY-5XX.
	ID string `yaml:"id" json:"id"`
	// Component is what the statement is about, for example prometheus.remote_write.
	Component string `yaml:"component" json:"component"`
	// Source is the page and its release, for example prometheus.remote_write@v0.32.
	Source string `yaml:"source" json:"source"`
	// Statement is what holds, in the project's own words.
	Statement string `yaml:"statement" json:"statement"`
	// Level says how binding the statement is.
	Level Level `yaml:"level" json:"level"`
	// How is a hint at how to test it.
	How string `yaml:"how" json:"how"`
	// Kind is where the evidence is to be looked for.
	Kind Kind `yaml:"kind" json:"kind"`
	// ShownBy are Go tests that show the statement where it cannot be seen from outside: FOLDER#TestName, from the root of the
	// repository.
	ShownBy []string `yaml:"shown_by,omitempty" json:"shownBy,omitempty"`
	// Untestable says why neither a scenario nor a test can show the statement; empty when one can.
	Untestable string `yaml:"untestable,omitempty" json:"untestable,omitempty"`
	// Note tells why the entry differs from the page's wording or from an earlier version of itself.
	Note string `yaml:"note,omitempty" json:"note,omitempty"`
}

// Level says how binding a clause is.
type Level string

const (
	// Must is what a page states.
	Must Level = "must"
	// Default is a default value that a page states.
	Default Level = "default"
	// Should is implied by a page, or known from the code only.
	Should Level = "should"
	// Example is what a page's example shows.
	Example Level = "example"
	// Observe is reported and never counts as a failure.
	Observe Level = "observe"
)

// Levels returns all levels, the most binding first.
func Levels() []Level { return []Level{Must, Default, Should, Example, Observe} }

// Binding tells whether breaking a clause of this level fails a run.
func (l Level) Binding() bool { return l == Must || l == Default }

// Kind is where the evidence for a clause is to be looked for.
type Kind string

const (
	ConfigAccepted Kind = "config-accepted"
	ConfigRejected Kind = "config-rejected"
	Request        Kind = "request"
	Label          Kind = "label"
	Timing         Kind = "timing"
	Fanout         Kind = "fanout"
	Metric         Kind = "metric"
	Storage        Kind = "storage"
	DefaultValue   Kind = "default"
	// State is what the agent tells about itself: health, debug information, and no secrets.
	State Kind = "state"
)

func kinds() []Kind {
	return []Kind{ConfigAccepted, ConfigRejected, Request, Label, Timing, Fanout, Metric, Storage, DefaultValue, State}
}

// pages are the sources that a clause can have. Those of pyroscope.scrape and prometheus.scrape have no page of their own
// among the five and are named after the public page.
func pages() []string {
	return []string{"phlare.write@v0.31", "pyroscope.write@v0.38", "pyroscope.write@alloy-1.7", "phlare.scrape@v0.31",
		"prometheus.remote_write@v0.32", "pyroscope.scrape@alloy-1.7", "prometheus.scrape@v0.32"}
}

// Set is a checked table of clauses, in the order of its file. The zero value is an empty one.
type Set struct {
	all  []Clause
	byID map[string]int
}

// All returns the clauses in the order of their file. The slice is the caller's.
func (s *Set) All() []Clause { return append([]Clause(nil), s.all...) }

// Len is the number of clauses.
func (s *Set) Len() int { return len(s.all) }

// Get returns the clause called id.
func (s *Set) Get(id string) (Clause, bool) {
	i, ok := s.byID[id]
	if !ok {
		return Clause{}, false
	}
	return s.all[i], true
}

// IDs returns all names, in order.
func (s *Set) IDs() []string {
	ids := make([]string, len(s.all))
	for i, c := range s.all {
		ids[i] = c.ID
	}
	return ids
}

// Pages returns the sources that occur, in order of first occurrence.
func (s *Set) Pages() []string {
	var pages []string
	seen := map[string]bool{}
	for _, c := range s.all {
		if !seen[c.Source] {
			seen[c.Source] = true
			pages = append(pages, c.Source)
		}
	}
	return pages
}

// New checks clauses and makes a set of them. The error names every entry that is wrong.
func New(clauses []Clause) (*Set, error) {
	s := &Set{byID: make(map[string]int, len(clauses))}
	var problems []error
	for _, c := range clauses {
		if err := c.validate(); err != nil {
			problems = append(problems, err)
		}
		if _, twice := s.byID[c.ID]; twice {
			problems = append(problems, fmt.Errorf("clause %q: is there twice", c.ID))
			continue
		}
		s.byID[c.ID] = len(s.all)
		s.all = append(s.all, c)
	}
	return s, join(problems)
}
