package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// asCommand makes the test binary touchstone, where a test needs a real process.
const asCommand = "TOUCHSTONE_TEST_AS_COMMAND"

// TestMain lets the test binary be touchstone: when a test says so, and for the virtual lane, for which touchstone starts itself.
func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" || len(os.Args) == 2 && os.Args[1] == virtualName {
		main()
	}
	os.Exit(m.Run())
}

// touchstone runs a command line and returns the exit code and all output.
func touchstone(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	root := newRootCommand()
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	return run(t.Context(), root), out.String()
}

const bareClauses = "- {id: X-PUSH, component: pyroscope.write, source: pyroscope.write@v0.38, statement: s, level: must, how: h, kind: request}\n"

func TestCommandLines(t *testing.T) {
	draft := filepath.Join(t.TempDir(), "draft.txtar")
	if err := os.WriteFile(draft, []byte("# s\nfrobnicate x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	nothing, bare, failing := filepath.Join(t.TempDir(), "nothing.json"), t.TempDir(), filepath.Join(t.TempDir(), "agent.sh")
	for path, text := range map[string]string{
		nothing: "", filepath.Join(bare, "clauses.yaml"): bareClauses, failing: "#!/bin/sh\nexit 3\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		line string
		code int
		want string
	}{
		{"--version", 0, "touchstone version"},
		{"frob", 2, `unknown command "frob"`},
		{"test --frob", 2, "unknown flag: --frob (see touchstone test --help)"},
		{"test --agent promethus", 2, "did you mean prometheus?"},
		{"test --agent command", 2, "command=PATH"},
		{"test --agent prometheus=/nope", 2, `find the program of agent "prometheus"`},
		{"test --scenario remote_wrte/retry", 2, "did you mean remote_write/retry?"},
		{"test --clause RW-RETY-5XX", 2, "did you mean RW-RETRY-5XX?"},
		{"test --lane virtual --component prometheus.scrape profile_write/*", 2, "nothing is selected"},
		{"test --suite /nope", 2, "clauses.yaml"},
		{"test --jobs -1", 2, "--jobs -1: want a number from 1 on"},
		{"test --json /nope/report.json remote_write/retry", 2, "--json: open /nope/report.json"},
		{"test --html /nope/report.html remote_write/retry", 2, "--html: open /nope/report.html"},
		{"report write " + nothing, 2, "name a file with --junit, --tap, --markdown, --html, --badge or --json"},
		{"report merge " + nothing + " " + nothing, 2, "the file is empty"},
		{"report diff /nope /nope", 2, "no such file"},
		{"report write --junit x.xml " + nothing, 2, "the file is empty"},
		{"selftest --json /nope/table.json remote_write/retry", 2, "--json: open /nope/table.json"},
		{"report show " + nothing, 2, "the file is empty"},
		{"test --suite " + bare, 2, "the suite holds no scenario"},
		{"test --agent command=" + failing + " remote_write/retry", 2, "exit status 3"},
		{"test --update-known", 2, "needs --known FOLDER"},
		{"test --update-known --known x --lane real", 2, "leave out the filters"},
		{"selftest nonsense/*", 2, `no scenario fits "nonsense/*"`},
		{"selftest --list", 0, "never-retries"},
		{"scenario lint", 0, "shown by"},
		{"scenario lint --coverage", 0, "reason  PW-BETA"},
		{"scenario lint " + draft, 1, "draft.txtar:2:1"},
		{"scenario lint /nope", 2, "no such file"},
		{"scenario fmt --check " + draft, 1, "not in its canonical form"},
		{"scenario list wal/*", 0, "wal/truncation"},
		{"scenario list --cases remote_write/retry", 0, "virtual  remote_write/retry#status=500"},
		{"scenario show remote_write/retry", 0, "-- config.river --"},
		{"scenario show remote_write/rety", 2, "did you mean remote_write/retry?"},
		{"explain rw-retry-5xx", 0, "remote_write/retry"},
		{"explain RW-RETRY-5X", 2, "did you mean RW-RETRY-5XX?"},
		{"explain {", 2, "{"},
		{"report show /nope", 2, "no such file"},
		{"report judge /nope", 2, "holds no evidence"},
		{"reference frob", 2, `unknown command "frob"`},
		{"reference run /nope.river", 1, "/nope.river"},
		{"doctor", 0, "reference"},
	} {
		code, out := touchstone(t, strings.Fields(c.line)...)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("touchstone %s: exit %d, want %d with %q in\n%s", c.line, code, c.code, c.want, out)
		}
		if strings.Contains(out, "goroutine") {
			t.Errorf("touchstone %s: a stack trace:\n%s", c.line, out)
		}
	}
}

func TestTestWritesAReportThatCanBeShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	code, out := touchstone(t, "test", "--lane", "virtual", "--json", path, "remote_write/retry#status=503")
	if code != 0 || !strings.Contains(out, "1 pass") || !strings.Contains(out, "report: "+path) {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	code, again := touchstone(t, "report", "show", path)
	if code != 0 || !strings.Contains(again, "1 pass") {
		t.Errorf("exit %d:\n%s", code, again)
	}
	folder := t.TempDir()
	page, junit, markdown := filepath.Join(folder, "r.html"), filepath.Join(folder, "r.xml"), filepath.Join(folder, "r.md")
	code, out = touchstone(t, "report", "write", path, "--html", page, "--junit", junit, "--markdown", markdown)
	if code != 0 || !strings.Contains(out, "report: "+page) {
		t.Errorf("exit %d:\n%s", code, out)
	}
	for file, want := range map[string]string{page: "<!doctype html>", junit: `failures="0"`, markdown: "# touchstone: everything as expected"} {
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, want %q in\n%s", file, err, want, text)
		}
	}
	if code, out := touchstone(t, "report", "diff", path, path); code != 0 || !strings.Contains(out, "0 changed, 0 gone, 0 new, 1 as before") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if code, out := touchstone(t, "report", "merge", path, path); code != 2 || !strings.Contains(out, "two of them have the case") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if code, out := touchstone(t, "report", "show", path); code != 2 || !strings.Contains(out, "cut short") {
		t.Errorf("a report that was cut short: exit %d:\n%s", code, out)
	}
}

func TestSelftestShowsTheTable(t *testing.T) {
	code, out := touchstone(t, "selftest", "remote_write/retry#status=503")
	if code != 0 || !strings.Contains(out, "0 survivors") || !strings.Contains(out, "never-retries") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}
