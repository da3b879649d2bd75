package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakesProcess is `touchstone fakes` in progress.
type fakesProcess struct {
	addresses map[string]string
	lines     *bufio.Reader
	stop      func() error
}

func beginFakes(t *testing.T, args ...string) fakesProcess {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	cmd := newFakesCommand()
	cmd.SetArgs(args)
	cmd.SetOut(out)
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.ExecuteContext(ctx)
		out.Close()
	}()
	p := fakesProcess{addresses: map[string]string{}, lines: bufio.NewReader(in), stop: func() error { cancel(); return <-ended }}
	first, err := p.lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(<-ended)
	}
	if err := json.Unmarshal(first, &p.addresses); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFakesCommand(t *testing.T) {
	p := beginFakes(t, "--mimir", "0", "--pprof", ":0", "--script", "mimir=503 200", "--strict", "--live")
	for _, name := range []string{"mimir", "pprof", "control"} {
		if !strings.HasPrefix(p.addresses[name], "127.0.0.1:") {
			t.Errorf("%s is at %q", name, p.addresses[name])
		}
	}
	if len(p.addresses) != 3 {
		t.Errorf("addresses are %v", p.addresses)
	}
	for _, want := range []string{"mimir       503  samples", "mimir       200  samples"} {
		response, err := http.Post("http://"+p.addresses["mimir"]+"/", "application/x-protobuf", strings.NewReader("junk"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		line, err := p.lines.ReadString('\n')
		if err != nil || !strings.Contains(line, want) {
			t.Errorf("printed %q (%v), want %s", line, err, want)
		}
	}
	for path, want := range map[string]string{
		"http://" + p.addresses["control"] + "/":                              "<!doctype html>",
		"http://" + p.addresses["mimir"] + "/prometheus/api/v1/query?query=1": "success",
	} {
		request, err := http.NewRequest(http.MethodGet, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Scope-OrgID", "one")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !strings.Contains(strings.ToLower(string(text)), want) {
			t.Errorf("%s answers %.200s (%v), want %s", path, text, err, want)
		}
	}
	if err := p.stop(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestFakesCommandReadsAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fakes.yaml")
	if err := os.WriteFile(file, []byte("control: 127.0.0.1:1\nfakes:\n- kind: mimir\n  name: one\n- kind: mimir\n  name: two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := beginFakes(t, "--config", file, "--control", "0", "--quiet")
	if len(p.addresses) != 3 || p.addresses["one"] == "" || p.addresses["two"] == "" || strings.HasSuffix(p.addresses["control"], ":1") {
		t.Errorf("addresses are %v", p.addresses)
	}
	if err := p.stop(); err != nil {
		t.Error(err)
	}
}

// TestFakesAreRecordedAndReplayed has one process record and another get the same again.
func TestFakesAreRecordedAndReplayed(t *testing.T) {
	p := beginFakes(t, "--mimir", "0", "--quiet", "--script", "mimir=503 200")
	defer p.stop()
	for range 3 {
		response, err := http.Post("http://"+p.addresses["mimir"]+"/x?y=z", "application/x-protobuf", strings.NewReader("junk"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	file := filepath.Join(t.TempDir(), "mimir.ndjson")
	if text, code := runFakes(t, "record", "mimir", "--control", p.addresses["control"], "-o", file); code != 0 {
		t.Fatalf("record exits %d: %s", code, text)
	}
	other := beginFakes(t, "--mimir", "0", "--quiet", "--script", "mimir=503 204 200")
	defer other.stop()
	text, code := runFakes(t, "replay", file, "http://"+other.addresses["mimir"])
	if want := "3 requests sent, 1 answered 200, 1 answered 204, 1 answered 503, 1 as recorded\n"; code != 0 || text != want {
		t.Errorf("replay exits %d: %q, want %q", code, text, want)
	}
	if text, code := runFakes(t, "replay", file, "http://"+other.addresses["mimir"], "--speed", "1000x"); code != 0 || !strings.HasPrefix(text, "3 requests sent") {
		t.Errorf("replay in time exits %d: %q", code, text)
	}
	if text, code := runFakes(t, "ready", "--control", p.addresses["control"]); code != 0 {
		t.Errorf("ready exits %d: %s", code, text)
	}
	if err := os.Truncate(file, 300); err != nil {
		t.Fatal(err)
	}
	if text, code := runFakes(t, "replay", file, "http://"+other.addresses["mimir"]); code != 2 || !strings.Contains(text, "line 2") {
		t.Errorf("replay of half a file exits %d: %s", code, text)
	}
}

// runFakes runs a command below `touchstone fakes` and returns what it printed, to either side, with its exit code.
func runFakes(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	root := newRootCommand()
	root.SetArgs(append([]string{"fakes"}, args...))
	root.SetOut(&out)
	root.SetErr(&out)
	code := run(t.Context(), root)
	return out.String(), code
}

func TestFakesCommandRefuses(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"script without a fake": {[]string{"--script", "503"}, 2, `read --script "503": want FAKE=SCRIPT, where FAKE is one of exposition, mimir, `},
		"script of another":     {[]string{"--mimir", "0", "--script", "pprof=503"}, 2, "script for pprof: it is not among the fakes to run; add --pprof ADDRESS"},
		"script with a mistake": {[]string{"--mimir", "0", "--script", "mimir=50"}, 2, `read --script "mimir=50": reply script, line 1 column 1: "50"`},
		"no such port":          {[]string{"--mimir", "99999"}, 3, "start fake mimir: "},
		"no such file":          {[]string{"--config", "nothing.yaml"}, 2, "read the configuration: open nothing.yaml"},
		"file and fakes":        {[]string{"--config", "../../examples/fakes/fakes.yaml", "--mimir", "0"}, 2, "--mimir and --config do not go together"},
		"control for all":       {[]string{"--mimir", "0", "--control", "0.0.0.0:0"}, 3, "that is not loopback"},
		"the same port":         {[]string{"--mimir", "9009", "--control", "9009"}, 3, "a mimir has the same port 9009"},
		"nobody is ready":       {[]string{"ready", "--wait", "100ms", "--control", closed.Addr().String()}, 1, "wait for the fakes: not ready after 100ms; the last try: "},
		"no such fake":          {[]string{"record", "mimir", "--control", closed.Addr().String()}, 3, "dial the fakes at http://"},
		"no recording":          {[]string{"replay", "nothing.ndjson", "http://localhost"}, 2, "read a recording: open nothing.ndjson"},
		"a speed":               {[]string{"replay", "x", "http://localhost", "--speed", "fast"}, 2, `read --speed "fast": want max, or a factor such as 1x`},
		"no authority":          {[]string{"replay", "x", "http://localhost", "--ca", "../../README.md"}, 2, "there is no certificate in it"},
	} {
		if text, code := runFakes(t, test.args...); code != test.code || !strings.Contains(text, test.want) {
			t.Errorf("%s: exits %d with %s, want %d with %s", name, code, text, test.code, test.want)
		}
	}
}

func TestControlURL(t *testing.T) {
	for text, want := range map[string]string{
		"9990": "http://127.0.0.1:9990", "127.0.0.1:1": "http://127.0.0.1:1", "fakes:9990": "http://fakes:9990", "https://x": "https://x",
	} {
		if got := controlURL(text); got != want {
			t.Errorf("controlURL(%q) is %q, want %q", text, got, want)
		}
	}
}
