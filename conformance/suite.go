package conformance

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/touchstone-telemetry/touchstone/conformance/adapter"
	"github.com/touchstone-telemetry/touchstone/conformance/clause"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/sabotage"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/scenarios"
)

// Suite is a set of scenarios with the clauses that they prove and the deviations that are known. Read-only once loaded.
type Suite struct {
	Scenarios []*scenario.Scenario
	Clauses   *clause.Set

	files   fs.FS
	sources map[string][]byte // scenario files by path of the scenario
}

// clausesFile and knownFolder are where a suite keeps what is not a scenario.
const (
	clausesFile = "clauses.yaml"
	knownFolder = "known"
)

// Embedded returns the suite that is built into the program. It is loaded once, which takes a quarter of a second.
func Embedded() (*Suite, error) { return embedded() }

var embedded = sync.OnceValues(func() (*Suite, error) { return Load(scenarios.FS) })

// Load reads clauses.yaml and all scenario files below files. The error holds everything that is wrong with any of them; those
// that can be read are in the suite all the same.
func Load(files fs.FS) (*Suite, error) {
	clauses, err := clause.Load(files, clausesFile)
	if err != nil {
		return nil, err
	}
	s := &Suite{Clauses: clauses, files: files, sources: map[string][]byte{}}
	var problems []error
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !scenario.IsFile(name) {
			return err
		}
		if err := s.add(name); err != nil {
			problems = append(problems, err)
		}
		return nil
	})
	return s, errors.Join(append(problems, err)...)
}

func (s *Suite) add(name string) error {
	src, err := fs.ReadFile(s.files, name)
	if err != nil {
		return fmt.Errorf("read scenario: %w", err)
	}
	parsed, err := scenario.Parse(name, src)
	if err != nil {
		return err
	}
	s.Scenarios = append(s.Scenarios, parsed)
	s.sources[parsed.Path] = src
	return nil
}

// Source is the text of the scenario with this path, nil when there is none.
func (s *Suite) Source(path string) []byte { return s.sources[path] }

// Paths are the paths of all scenarios.
func (s *Suite) Paths() []string {
	var paths []string
	for _, one := range s.Scenarios {
		paths = append(paths, one.Path)
	}
	return paths
}

// Find returns the scenario with this path. The error names the nearest one.
func (s *Suite) Find(path string) (*scenario.Scenario, error) {
	path = strings.TrimSuffix(path, ".txtar")
	i := slices.IndexFunc(s.Scenarios, func(one *scenario.Scenario) bool { return one.Path == path })
	if i < 0 {
		return nil, unknown("scenario", path, s.Paths())
	}
	return s.Scenarios[i], nil
}

// Lint tells everything that is wrong with the scenarios beyond their syntax.
func (s *Suite) Lint() []*scenario.Error {
	problems := scenario.Lint(s.Scenarios, s.vocabulary())
	told := map[scenario.Error]bool{}
	for _, one := range s.Scenarios {
		for _, problem := range killerProblems(one) {
			if !told[*problem] {
				problems = append(problems, problem)
			}
			told[*problem] = true
		}
	}
	return problems
}

// killerProblems is what is wrong with the sabotages of the cases of a scenario, beyond a name that does not exist.
func killerProblems(one *scenario.Scenario) []*scenario.Error {
	var problems []*scenario.Error
	for _, lane := range scenario.Lanes {
		cases, _ := one.Expand(lane) // it has parsed, so it expands
		for _, c := range cases {
			killers, problem := c.Killers()
			if problem != nil {
				problems = append(problems, problem)
			}
			for _, w := range killers {
				if _, err := sabotage.Parse(w.Text); err != nil && slices.Contains(sabotage.Names(), sabotage.Name(w.Text)) {
					problems = append(problems, &scenario.Error{Pos: w.Pos, Text: err.Error()})
				}
			}
		}
	}
	return problems
}

// vocabulary is what scenarios may name.
func (s *Suite) vocabulary() scenario.Vocabulary {
	v := scenario.Vocabulary{Clauses: s.Clauses, Sabotages: sabotage.Names(), Agents: adapter.Names()}
	for _, c := range sut.Capabilities() {
		v.Capabilities = append(v.Capabilities, string(c))
	}
	return v
}

// known reads the list of known deviations of each agent, from the suite when lists is nil.
func (s *Suite) known(lists fs.FS, agents []string) (map[string]report.Known, error) {
	if lists == nil {
		var err error
		if lists, err = fs.Sub(s.files, knownFolder); err != nil {
			return nil, err
		}
	}
	all := map[string]report.Known{}
	for _, agent := range agents {
		list, err := report.LoadKnown(lists, agent+".yaml")
		if err != nil {
			return nil, err
		}
		all[agent] = list
	}
	return all, nil
}
