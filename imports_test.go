// Package touchstone_test holds the rules of the house that no single package can check: who imports whom, and how much others
// link by importing us.
package touchstone_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/touchstone-telemetry/touchstone"

// rule says what the packages below a folder may import of this module. The first rule that matches a package counts.
type rule struct {
	from string
	may  []string
	// mayNot takes exceptions out of may.
	mayNot []string
}

// rules are the arrows of docs/architecture.md. A path stands for the package and everything below it.
var rules = []rule{
	{from: "cmd/reference", may: []string{"reference"}},
	{from: "cmd", may: []string{"bench", "conformance", "fakes", "reference", "scenarios"}},
	{from: "bench/peer", may: []string{"bench/side", "bench/load"}},
	{from: "bench/load"},
	{from: "bench/side", may: []string{"bench/load"}},
	{from: "bench", may: []string{"bench", "conformance/sut", "conformance/adapter", "fakes", "reference"}},
	{from: "scenarios"},
	{from: "fakes", may: []string{"fakes"}},

	{from: "reference/column"},
	{from: "reference/backoff"},
	{from: "reference/river"},
	{from: "reference/profile", may: []string{"reference/column"}},
	{from: "reference/component", may: []string{"reference/river"}},
	{from: "reference/page", may: []string{"reference/component"}},
	{from: "reference/direct"},
	{from: "reference/httpclient", may: []string{"reference/river", "reference/direct"}},
	{from: "reference/wal", may: []string{"reference/column"}},
	{from: "reference/wire", may: []string{"reference/column"}},
	{from: "reference/queue", may: []string{"reference/column", "reference/backoff"}},
	{from: "reference/client", may: []string{"reference/httpclient", "reference/queue"}},
	{from: "reference/metricscrape", may: sharedByComponents},
	{from: "reference/profilescrape", may: sharedByComponents},
	{from: "reference/profilewrite", may: sharedByComponents},
	{from: "reference/remotewrite", may: append([]string{"reference/wal", "reference/queue", "reference/client", "reference/wire"},
		sharedByComponents...)},
	{from: "reference", may: []string{"reference"}},

	{from: "conformance/clause"},
	{from: "conformance/scenario", may: []string{"conformance/clause", "fakes/reply", "fakes/labels"}},
	{from: "conformance/observe", may: []string{"fakes"}},
	{from: "conformance/check", may: []string{"conformance/observe", "conformance/scenario", "conformance/clause", "fakes/journal", "fakes/labels"}},
	{from: "conformance/report", may: []string{"conformance/check", "conformance/observe", "conformance/scenario", "conformance/clause"}},
	{from: "conformance/sut", may: []string{"conformance/observe"}},
	{from: "conformance/sabotage", may: []string{"conformance/sut", "conformance/observe", "reference/river", "fakes"}},
	// The adapter of the reference is the only one that may know it: see TestOnlyOneFileKnowsTheReference.
	{from: "conformance/adapter", may: []string{"conformance/sut", "conformance/observe", "fakes/labels", "reference"}},
	{from: "conformance/engine", may: []string{"conformance/scenario", "conformance/sut", "conformance/observe", "conformance/sabotage", "fakes"}},
	{from: "conformance", may: []string{"conformance", "scenarios", "fakes"}},
}

// sharedByComponents is what every component of the agent may use.
var sharedByComponents = []string{"reference/column", "reference/profile", "reference/component", "reference/httpclient",
	"reference/river", "reference/backoff"}

// listed is what go list says of a package.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string
	Module     *struct{ Path string }
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,GoFiles,Imports,Deps,Module"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// below tells whether path is folder or lies under it.
func below(path string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return path == folder || strings.HasPrefix(path, folder+"/")
	})
}

// offence says what is wrong with one edge, or nothing.
func offence(from, to string) string {
	for _, r := range rules {
		if !below(from, r.from) {
			continue
		}
		if below(to, r.may...) && !below(to, r.mayNot...) {
			return ""
		}
		return fmt.Sprintf("%s imports %s, but %s may import of this module only: %s",
			from, to, r.from, strings.Join(r.may, ", "))
	}
	return fmt.Sprintf("no rule for %s: add one to imports_test.go and docs/architecture.md", from)
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range list(t, "./...") {
		from := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if from == "" {
			continue
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			if text := offence(from, to); text != "" {
				t.Error(text)
			}
		}
	}
}

// TestRulesCanFail shows that an edge added on purpose is an offence.
func TestRulesCanFail(t *testing.T) {
	for _, edge := range [][2]string{
		{"fakes/mimir", "reference/wire"},
		{"reference/wal", "reference/queue"},
		{"reference/queue", "reference/wal"},
		{"reference/river", "conformance/scenario"},
		{"conformance/check", "conformance/engine"},
		{"reference/remotewrite", "fakes/mimir"},
		{"cmd/reference", "fakes/mimir"},
		{"bench/peer", "reference/wal"},
		{"new", "fakes"},
	} {
		if offence(edge[0], edge[1]) == "" {
			t.Errorf("%s -> %s is allowed", edge[0], edge[1])
		}
	}
	if text := offence("reference/remotewrite", "reference/wal"); text != "" {
		t.Error(text)
	}
}

// TestOnlyOneFileKnowsTheReference: the harness knows nothing of the reference but its language, outside one file.
func TestOnlyOneFileKnowsTheReference(t *testing.T) {
	for _, p := range list(t, "./conformance/...") {
		for _, name := range p.GoFiles {
			if name == "reference.go" {
				continue
			}
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(source)) {
				if strings.Contains(line, `"`+module+`/reference`) && !strings.Contains(line, `/reference/river"`) {
					t.Errorf("%s/%s imports %s: only adapter/reference.go may", p.ImportPath, name, strings.TrimSpace(line))
				}
			}
		}
	}
}

// maxFakeModules is how many modules of others a test links by importing one of the fakes.
const maxFakeModules = 12

func TestFakesAreCheapToImport(t *testing.T) {
	for _, fake := range []string{"mimir", "pyroscope", "pprof", "exposition", "oauth2", "proxy"} {
		linked := modules(t, "./fakes/"+fake)
		if len(linked) > maxFakeModules {
			t.Errorf("fakes/%s links %d modules, at most %d are allowed:\n%s",
				fake, len(linked), maxFakeModules, strings.Join(linked, "\n"))
		}
	}
}

// TestClientOfTheFakesLinksNothing: whoever commands a process of fakes needs neither the fakes nor anybody's modules.
func TestClientOfTheFakesLinksNothing(t *testing.T) {
	if linked := modules(t, "./fakes/client"); len(linked) > 0 {
		t.Errorf("fakes/client links %s", strings.Join(linked, ", "))
	}
}

// TestReferenceLinksWhatIsListed compares cmd/reference with docs/dependencies.txt, both ways.
func TestReferenceLinksWhatIsListed(t *testing.T) {
	linked := modules(t, "./cmd/reference")
	reasons := reasons(t)
	for _, m := range linked {
		if reasons[m] == "" {
			t.Errorf("cmd/reference links %s, which docs/dependencies.txt does not give a reason for", m)
		}
		delete(reasons, m)
	}
	for m := range reasons {
		t.Errorf("docs/dependencies.txt lists %s, which cmd/reference does not link", m)
	}
}

// modules lists the modules of others that a package links.
func modules(t *testing.T, pkg string) []string {
	set := map[string]bool{}
	for _, p := range list(t, "-deps", pkg) {
		if p.Module != nil && p.Module.Path != module {
			set[p.Module.Path] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func reasons(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("docs/dependencies.txt")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) > 1 && !strings.HasPrefix(line, "#") {
			reasons[fields[0]] = strings.Join(fields[1:], " ")
		}
	}
	return reasons
}
