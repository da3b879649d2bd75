package touchstone_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

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
