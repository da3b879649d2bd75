package touchstone

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/adapter"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// TestGuideNamesWhatAgentsCanDo holds the table of docs/agents.md against the words that a probe may answer.
func TestGuideNamesWhatAgentsCanDo(t *testing.T) {
	guide, err := os.ReadFile("docs/agents.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range sut.Capabilities() {
		// Logs and lists of components are read by an adapter that knows their form, which that of a command does not.
		unasked := word == sut.CanBuffer || word == sut.CanListComponents
		if named := strings.Contains(string(guide), "`"+string(word)+"`"); named == unasked {
			t.Errorf("docs/agents.md names %q: %v", word, named)
		}
	}
}

// TestExampleOfAnAgentIsProbed asks the wrapper of the guide what it can do; the words are checked on the way.
func TestExampleOfAnAgentIsProbed(t *testing.T) {
	info, err := adapter.Command("examples/agents/river.sh").Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(info.Can, sut.CanRemoteWrite) {
		t.Errorf("it can %v, want %q among it", info.Can, sut.CanRemoteWrite)
	}
}
