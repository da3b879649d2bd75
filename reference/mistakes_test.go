package reference_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what TestMistakes has seen into testdata/mistakes; read the differences before you keep them")

// TestMistakes validates wrong configurations and compares every word of what a user is told. The files hold a configuration,
// named by what is wrong in it, and below it what is said.
func TestMistakes(t *testing.T) {
	paths, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(archive.Files); i += 2 {
			mistake, says := archive.Files[i], &archive.Files[i+1]
			t.Run(filepath.Base(path)+"/"+mistake.Name, func(t *testing.T) {
				got := said(t, string(mistake.Data))
				if *update {
					says.Data = []byte(got)
				} else if says.Name != "says" || got != string(says.Data) {
					t.Errorf("got\n%s\nwant\n%s", got, says.Data)
				}
			})
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// place is what everything that is said about a configuration begins with, in the text or below it.
var place = regexp.MustCompile(`^<stdin>:\d+:\d+: `)

// said is what validating a text says. It must refuse, and name places and no secrets.
func said(t *testing.T, text string) string {
	t.Helper()
	stdout, stderr, err := run([]string{"validate", "-"}, text)
	switch {
	case err == nil || stdout != "":
		t.Errorf("accepted: %s", stdout)
	case !place.MatchString(stderr):
		t.Errorf("no place in\n%s", stderr)
	case strings.Contains(stderr, "hunter2"), strings.Contains(stderr, "ter2"):
		t.Errorf("a secret in\n%s", stderr)
	}
	return stderr
}

// TestFilesThatAreNoText gives validate what is not a text in UTF-8, or too much of it.
func TestFilesThatAreNoText(t *testing.T) {
	const good = `prometheus.remote_write "a" { }`
	for name, tt := range map[string]struct{ text, want string }{
		"empty":             {"", ""},
		"a comment only":    {"// nothing yet\n", ""},
		"byte order mark":   {"\uFEFF" + good, ""},
		"Windows line ends": {"prometheus.remote_write \"a\" {\r\n  wall { }\r\n}\r\n", `<stdin>:2:3: unknown block "wall"`},
		"invalid UTF-8":     {"prometheus.remote_write \"a\" {\n  external_labels = {\"a\" = \"\xff\"}\n}", "<stdin>:2:28: string is not valid UTF-8"},
		"Latin-1":           {"prometheus.remote_write \"a\" { }\n// gr\xfc\xdfe\n", "<stdin>:2:1: comment is not valid UTF-8"},
		"UTF-16":            {"\xff\xfe{\x00}\x00", "<stdin>:1:4: the file is not a text: it has a byte 0\n"},
		"a program":         {"\x7fELF\x02\x01\x01\x00\x00\x00\x00", "<stdin>:1:8: the file is not a text: it has a byte 0\n"},
		"nested for ever":   {`prometheus.remote_write "a" { external_labels = ` + strings.Repeat("[", 5_000), "<stdin>:1:548: nested too deeply"},
		"blocks for ever":   {strings.Repeat("a {\n", 5_000), "<stdin>:502:1: nested too deeply"},
		"one long line":     {`prometheus.remote_write "a" { external_labels = {` + strings.Repeat(`"a" = 1, `, 2_000) + "} }", `<stdin>:1:59: key "a" is given twice`},
		"many mistakes":     {strings.Repeat("a = 1\n", 5_000), "<stdin>:1:1: a configuration consists of components"},
	} {
		stdout, stderr, err := run([]string{"validate", "-"}, tt.text)
		if (err == nil) != (tt.want == "") || !strings.HasPrefix(stderr, tt.want) {
			t.Errorf("%s: got %v, %q and\n%.300s\nwant\n%s", name, err, stdout, stderr, tt.want)
		}
		if len(stderr) > 10_000 || bytes.ContainsFunc([]byte(stderr), func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
			t.Errorf("%s: %d bytes, or control characters, in\n%.300q", name, len(stderr), stderr)
		}
	}
}
