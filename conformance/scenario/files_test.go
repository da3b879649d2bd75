package scenario_test

import (
	"bytes"
	"io/fs"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
	"github.com/touchstone-telemetry/touchstone/conformance/sabotage"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/scenarios"
)

// own parses the project's own scenarios.
func own(t *testing.T) []*scenario.Scenario {
	t.Helper()
	var all []*scenario.Scenario
	err := fs.WalkDir(scenarios.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !scenario.IsFile(name) {
			return err
		}
		src, err := fs.ReadFile(scenarios.FS, name)
		if err != nil {
			return err
		}
		s, err := scenario.Parse(name, src)
		if err != nil {
			t.Error(err)
			return nil
		}
		all = append(all, s)
		formatted, err := scenario.Format(name, src)
		if err != nil || !bytes.Equal(formatted, src) {
			t.Errorf("%s is not formatted: %v", name, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestOwnScenariosAreClean(t *testing.T) {
	all := own(t)
	set, err := clause.Load(scenarios.FS, "clauses.yaml")
	if err != nil {
		t.Fatal(err)
	}
	v := scenario.Vocabulary{Clauses: set}
	for _, row := range sabotage.Table() {
		v.Sabotages = append(v.Sabotages, row.Name)
	}
	for _, c := range sut.Capabilities() {
		v.Capabilities = append(v.Capabilities, string(c))
	}
	for _, problem := range scenario.Lint(all, v) {
		t.Error(problem)
	}
	if len(all) < 25 {
		t.Errorf("only %d scenarios", len(all))
	}
	t.Log(scenario.Cover(all, set).Summary())
}
