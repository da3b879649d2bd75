package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestFakesCommand(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	in, out := io.Pipe()
	cmd := newFakesCommand()
	cmd.SetArgs([]string{"--mimir", "0", "--pprof", ":0", "--script", "mimir=503 200", "--strict", "--live"})
	cmd.SetOut(out)
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.ExecuteContext(ctx)
		out.Close()
	}()
	lines := bufio.NewReader(in)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(<-ended)
	}
	addresses := map[string]string{}
	if err := json.Unmarshal(first, &addresses); err != nil {
		t.Fatal(err)
	}
	if len(addresses) != 2 || !strings.HasPrefix(addresses["mimir"], "127.0.0.1:") || !strings.HasPrefix(addresses["pprof"], "127.0.0.1:") {
		t.Errorf("addresses are %v", addresses)
	}
	for _, want := range []string{"mimir       503  samples", "mimir       200  samples"} {
		response, err := http.Post("http://"+addresses["mimir"]+"/", "application/x-protobuf", strings.NewReader("junk"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		line, err := lines.ReadString('\n')
		if err != nil || !strings.Contains(line, want) {
			t.Errorf("printed %q (%v), want %s", line, err, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestFakesCommandRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"script without a fake": {[]string{"--script", "503"}, `read --script "503": want FAKE=SCRIPT, where FAKE is mimir, pyroscope, pprof or exposition`},
		"script of another":     {[]string{"--mimir", "0", "--script", "pprof=503"}, "script for pprof: it is not among the fakes to run; add --pprof ADDRESS"},
		"script with a mistake": {[]string{"--mimir", "0", "--script", "mimir=50"}, `read --script "mimir=50": reply script, line 1 column 1: "50"`},
		"no such port":          {[]string{"--mimir", "99999"}, "start fake mimir: "},
	} {
		cmd := newFakesCommand()
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		cmd.SetArgs(test.args)
		cmd.SetOut(io.Discard)
		cmd.SetErr(&bytes.Buffer{})
		if err := cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is %v, want %s", name, err, test.want)
		}
	}
}

func TestLoopback(t *testing.T) {
	for address, want := range map[string]string{
		"": "", "9009": "127.0.0.1:9009", ":9009": "127.0.0.1:9009", "0.0.0.0:9009": "0.0.0.0:9009", "localhost:0": "localhost:0",
		"[::1]:80": "[::1]:80", "::1": "::1",
	} {
		if got := loopback(address); got != want {
			t.Errorf("loopback(%q) is %q, want %q", address, got, want)
		}
	}
}
