package reference_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference"
)

// run runs a command and returns what it printed.
func run(args []string, stdin string) (stdout, stderr string, err error) {
	var out, log bytes.Buffer
	err = reference.Run(context.Background(), reference.Env{Args: args, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &log})
	return out.String(), log.String(), err
}

func TestUsageErrors(t *testing.T) {
	for line, want := range map[string]string{
		"":                                      "no command given: use run, validate, fmt or version, or --help",
		"rnu x":                                 `unknown command "rnu", did you mean run?`,
		"start x":                               `unknown command "start": use run, validate, fmt, version`,
		"run":                                   "run takes one configuration file, got 0: write reference run CONFIG",
		"fmt a b":                               "fmt takes one configuration file, got 2: write reference fmt CONFIG",
		"run x --storage.pth y":                 "unknown flag --storage.pth of run, did you mean --storage.path?",
		"run --shutdown-timeout=x f":            `run: invalid value "x" for flag -shutdown-timeout: parse error`,
		"run f --server.http.listen-addr 12345": `--server.http.listen-addr "12345" is not an address: write host:port, for example 127.0.0.1:12345`,
		"validate -x f":                         "unknown flag --x: validate takes no flags",
	} {
		_, stderr, err := run(strings.Fields(line), "")
		var usage *reference.UsageError
		if !errors.As(err, &usage) || stderr != "reference: "+want+"\n" {
			t.Errorf("%q: got %v and\n%s\nwant\n%s", line, err, stderr, want)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	if stdout, stderr, err := run([]string{"--help"}, ""); err != nil || stderr != "" || !strings.Contains(stdout, "-storage.path folder") {
		t.Errorf("got %q, %q, %v", stdout, stderr, err)
	}
	if stdout, _, err := run([]string{"run", "-h"}, ""); err != nil || !strings.Contains(stdout, "usage: reference COMMAND") {
		t.Errorf("got %q, %v", stdout, err)
	}
	if stdout, _, err := run([]string{"version"}, ""); err != nil || stdout != reference.Version()+"\n" {
		t.Errorf("got %q, %v", stdout, err)
	}
}

func TestFmt(t *testing.T) {
	const ugly, pretty = "a   \"b\" {c=1}", "a \"b\" {\n  c = 1\n}\n"
	if stdout, _, err := run([]string{"fmt", "-"}, ugly); err != nil || stdout != pretty {
		t.Errorf("got %q, %v", stdout, err)
	}
	path := filepath.Join(t.TempDir(), "config.river")
	if err := os.WriteFile(path, []byte(ugly), 0o640); err != nil {
		t.Fatal(err)
	}
	if stdout, _, err := run([]string{"fmt", path}, ""); err != nil || stdout != pretty {
		t.Errorf("got %q, %v", stdout, err)
	}
	if stdout, _, err := run([]string{"fmt", path, "-w"}, ""); err != nil || stdout != "" {
		t.Errorf("got %q, %v", stdout, err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != pretty {
		t.Errorf("got %q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode changed: %v, %v", info, err)
	}
	want := "<stdin>:1:5: malformed number\n    1 | a = ***\n      |     ^~~\n  write a decimal number like 15, 0.5 or 1e6, or put it in quotes\n"
	if _, stderr, err := run([]string{"fmt", "-"}, "a = 1x"); err == nil || stderr != want {
		t.Errorf("got %q, %v", stderr, err)
	}
}

func TestValidate(t *testing.T) {
	if stdout, stderr, err := run([]string{"validate", "-"}, `phlare.write "x" { endpoint { url = "http://localhost" } }`); err != nil || stdout != "<stdin> is valid: 1 component\n" {
		t.Errorf("got %q, %q, %v", stdout, stderr, err)
	}
	want := "<stdin>:1:20: unknown block \"enpoint\" in phlare.write.x\n    1 | phlare.write \"x\" { enpoint { url = \"***\" } }\n" +
		"      |                    ^~~~~~~\n  did you mean \"endpoint\"?\n"
	if _, stderr, err := run([]string{"validate", "-"}, `phlare.write "x" { enpoint { url = "http://localhost" } }`); err == nil || stderr != want {
		t.Errorf("got %q, %v", stderr, err)
	}
	if _, stderr, err := run([]string{"validate", "nowhere.river"}, ""); err == nil || stderr != "reference: read configuration: open nowhere.river: no such file or directory\n" {
		t.Errorf("got %q, %v", stderr, err)
	}
}

func TestRunAnnouncesReloadsAndStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		var out, log bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		reload, done := make(chan struct{}), make(chan error)
		path := filepath.Join(t.TempDir(), "config.river")
		write := func(text string) {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Error(err)
			}
		}
		write(`phlare.write "x" { }`)
		go func() {
			done <- reference.Run(ctx, reference.Env{
				Args:   []string{"run", "--server.http.listen-addr", "agent:0", path, "--storage.path", t.TempDir()},
				Stdout: &out, Stderr: &log, Dial: n.Dial, Listen: n.Listen, Reload: reload,
			})
		}()
		time.Sleep(time.Second)
		write(`phlare.write "x" { nonsense = 1 }`)
		reload <- struct{}{}
		time.Sleep(time.Second)
		write(`phlare.write "y" { }`)
		reload <- struct{}{}
		time.Sleep(time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := out.String(); got != "{\"http\":\"agent:40001\"}\n" {
			t.Errorf("stdout: %q", got)
		}
		for _, want := range []string{"configuration refused, the old one stays in force", `unknown attribute \"nonsense\" in phlare.write.x`, "configuration reloaded"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%q is missing in the log:\n%s", want, log.String())
			}
		}
	})
}

func TestRunNamesThePortInUse(t *testing.T) {
	n := newNetwork()
	if _, err := n.Listen("tcp", "agent:1"); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	err := reference.Run(context.Background(), reference.Env{
		Args: []string{"run", "-", "--server.http.listen-addr", "agent:1"}, Stderr: &log, Listen: n.Listen,
	})
	want := "reference: open the HTTP server's port: listen tcp: agent:1: address already in use; free agent:1 or choose another address with --server.http.listen-addr\n"
	if err == nil || log.String() != want {
		t.Errorf("got %q, %v", log.String(), err)
	}
}
