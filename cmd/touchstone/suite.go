package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/conformance/adapter"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// selection are the flags that say what is played.
type selection struct {
	suite  string
	filter conformance.Filter
	jobs   int
	keep   bool
	folder string
}

func (s *selection) add(cmd *cobra.Command) {
	s.addFilter(cmd)
	flags := cmd.Flags()
	flags.IntVar(&s.jobs, "jobs", 0, "how many cases of the real lane are played at once (default twelve per processor)")
	flags.BoolVar(&s.keep, "keep", false, "keep the evidence of all cases, not only of those that do not pass")
	flags.StringVar(&s.folder, "evidence", "", "`FOLDER` for the evidence (default a temporary one)")
}

// addFilter adds the flags that select cases, without those for playing them.
func (s *selection) addFilter(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&s.suite, "suite", "", "take the scenarios in this `FOLDER` (with its clauses.yaml) instead of those built in")
	flags.StringArrayVar(&s.filter.Scenarios, "scenario", nil, "only scenarios or cases that fit this `PATTERN`, for example 'remote_write/*'")
	flags.StringArrayVar(&s.filter.Clauses, "clause", nil, "only cases about clauses that fit this `PATTERN`")
	flags.StringArrayVar(&s.filter.Components, "component", nil, "only cases about this `COMPONENT`, for example pyroscope.write")
	flags.StringArrayVar(&s.filter.Lanes, "lane", nil, "only this `LANE`: virtual or real")
}

// options turns the flags into options; patterns as arguments count as --scenario.
func (s *selection) options(args []string) (conformance.Options, error) {
	if s.jobs < 0 {
		return conformance.Options{}, usagef("--jobs %d: want a number from 1 on, or 0 for the default", s.jobs)
	}
	suite, err := loadSuite(s.suite)
	if err != nil {
		return conformance.Options{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return conformance.Options{}, err
	}
	filter := s.filter
	filter.Scenarios = slices.Concat(filter.Scenarios, args)
	return conformance.Options{
		Suite: suite, Filter: filter, Jobs: s.jobs, Keep: s.keep, Folder: s.folder, Tool: toolVersion(),
		Virtual: []string{self, virtualName},
	}, nil
}

// loadSuite loads the scenarios in a folder, or those built in.
func loadSuite(folder string) (*conformance.Suite, error) {
	if folder == "" {
		return conformance.Embedded()
	}
	suite, err := conformance.Load(os.DirFS(folder))
	if err != nil {
		return nil, &outcome{2, err}
	}
	return suite, nil
}

// newAdapters makes the adapters for NAME or NAME=PATH. The reference alone is this program: inside itself on the virtual lane, started
// again on the real one.
func newAdapters(agents []string) ([]sut.Adapter, error) {
	if len(agents) == 0 {
		agents = []string{"reference"}
	}
	var adapters []sut.Adapter
	for _, text := range agents {
		name, path, _ := strings.Cut(text, "=")
		if !slices.Contains(adapter.Names(), name) {
			return nil, unknownAgent(name)
		}
		if text == "reference" {
			self, err := os.Executable()
			if err != nil {
				return nil, err
			}
			adapters = append(adapters, adapter.Reference(self, "reference"))
			continue
		}
		a, err := adapter.New(name, path)
		if err != nil {
			return nil, &outcome{2, err}
		}
		adapters = append(adapters, a)
	}
	return adapters, nil
}

func unknownAgent(name string) error {
	hint := scenario.Nearest(name, adapter.Names())
	if hint == "" {
		hint = "known are " + strings.Join(adapter.Names(), ", ")
	}
	return usagef("unknown agent %q: %s", name, hint)
}

// checkWritable refuses a FILE that nothing can be written to, before anything is played for it. An empty name is no file.
func checkWritable(flag, file string) error {
	if file == "" {
		return nil
	}
	_, err := os.Stat(file)
	existed := err == nil
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return usagef("%s: %w", flag, err)
	}
	if err := f.Close(); err != nil || existed {
		return err
	}
	return os.Remove(file)
}
