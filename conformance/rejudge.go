package conformance

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// Rejudge judges evidence that was kept once more, with the scenarios of the suite. Folders are those named in a report, or folders that hold
// them. Nothing is played, and known deviations are not looked at. The error is a *UsageError when there is no evidence or its scenario
// is gone.
func Rejudge(s *Suite, tool string, folders []string) (*report.Report, error) {
	files, err := evidence(folders)
	if err != nil {
		return nil, err
	}
	run := report.Run{Tool: tool, Filtered: true, Clauses: s.Clauses}
	seen := map[string]bool{}
	var cases []report.Case
	for _, file := range files {
		o, err := loadObservation(file)
		if err != nil {
			return nil, err
		}
		c, err := s.find(o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if run.Began.IsZero() || o.Began.Before(run.Began) {
			run.Began = o.Began
		}
		if o.Ended.After(run.Ended) {
			run.Ended = o.Ended
		}
		if !seen[o.Agent.Name] {
			seen[o.Agent.Name] = true
			run.Agents = append(run.Agents, report.Agent{Name: o.Agent.Name, Version: o.Agent.Version, Rewritten: o.Agent.Rewritten})
		}
		blank := report.Case{
			ID: o.Case, Sentence: c.Scenario.Sentence, Agent: o.Agent.Name, Lane: o.Lane, Clauses: c.Clauses,
			Passed: o.Ended.Sub(o.Began), Evidence: filepath.Dir(file),
		}
		secrets := redactor(c, o)
		if o.Salt != "" {
			c = hidden(secrets, c)
		}
		judged := report.Judged(blank, check.Judge(c, o), o.Agent.Unasked)
		hide(secrets, &judged)
		cases = append(cases, judged)
	}
	return report.Build(run, cases), nil
}

// evidence finds the observations in folders and in the folders directly inside them.
func evidence(folders []string) ([]string, error) {
	var files []string
	for _, folder := range folders {
		before := len(files)
		for _, pattern := range []string{observationFile, filepath.Join("*", observationFile)} {
			found, err := filepath.Glob(filepath.Join(folder, pattern))
			if err != nil {
				return nil, usagef("folder %q: %v", folder, err)
			}
			files = append(files, found...)
		}
		if len(files) == before {
			return nil, usagef("folder %q holds no evidence: no %s is in it", folder, observationFile)
		}
	}
	return files, nil
}

// Evidence reads what was seen in the case whose evidence lies in folder: see [report.Case].
func Evidence(folder string) (*observe.Observation, error) {
	return loadObservation(filepath.Join(folder, observationFile))
}

func loadObservation(path string) (*observe.Observation, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	o, err := observe.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return o, nil
}

// find picks the case that an observation is of.
func (s *Suite) find(o *observe.Observation) (scenario.Case, error) {
	for _, one := range s.Scenarios {
		cases, err := one.Expand(scenario.Lane(o.Lane))
		if err != nil {
			return scenario.Case{}, err
		}
		for _, c := range cases {
			if c.ID == o.Case {
				return c, nil
			}
		}
	}
	return scenario.Case{}, unknown("case", o.Case, s.cases())
}
