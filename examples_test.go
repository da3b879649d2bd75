package touchstone_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/reference"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// TestExamplesAreValid runs `reference validate` on every example and demands its canonical form.
func TestExamplesAreValid(t *testing.T) {
	files, err := filepath.Glob("examples/*/*.river")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples found: %v", err)
	}
	for _, name := range files {
		var stderr bytes.Buffer
		if err := reference.Run(t.Context(), reference.Env{Args: []string{"validate", name}, Stderr: &stderr}); err != nil {
			t.Errorf("%s: %v\n%s", name, err, stderr.String())
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if canonical, err := river.Format(source); err != nil || !bytes.Equal(canonical, source) {
			t.Errorf("%s is not in canonical form (%v): run reference fmt -w on it", name, err)
		}
	}
}

// TestScenariosPlayTheExamplesOfThePages demands that every example of a page is attached to a scenario as it is: a scenario is one file,
// so it cannot read them itself.
func TestScenariosPlayTheExamplesOfThePages(t *testing.T) {
	suite, err := conformance.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	attached := map[string]string{}
	for _, s := range suite.Scenarios {
		for _, f := range s.Files {
			attached[f.Name] = f.Text
		}
	}
	files, err := filepath.Glob("examples/pages/*.river")
	if err != nil || len(files) != 5 {
		t.Fatalf("found %d examples, want one for each of five pages: %v", len(files), err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if attached[filepath.Base(name)] != string(source) {
			t.Errorf("%s is not attached to any scenario as it is: copy it into config/page_examples or profile_scrape/page_example", name)
		}
	}
}
