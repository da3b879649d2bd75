package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain makes the test binary the command itself when it is told to.
func TestMain(m *testing.M) {
	if os.Getenv("BE_REFERENCE") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func command(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	// The race detector would make each process sleep for a second at its end.
	cmd.Env = append(os.Environ(), "BE_REFERENCE=1", "GORACE=atexit_sleep_ms=0")
	stderr := &bytes.Buffer{}
	cmd.Stderr = stderr
	return cmd, stderr
}

// agent starts the command with a configuration and returns it with its address, once it is ready.
func agent(t *testing.T, config string) (cmd *exec.Cmd, stderr *bytes.Buffer, url string) {
	t.Helper()
	cmd, stderr = command(t, "run", config, "--storage.path", t.TempDir(), "--server.http.listen-addr", "127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	var addresses struct{ HTTP string }
	if err != nil || json.Unmarshal(line, &addresses) != nil {
		t.Fatalf("got %q, %v, stderr %s", line, err, stderr)
	}
	return cmd, stderr, "http://" + addresses.HTTP
}

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.river")
	reconfigure(t, path, text)
	return path
}

func TestSignalsStopInOrder(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		cmd, stderr, _ := agent(t, writeConfig(t, `phlare.write "a" { }`))
		send(t, cmd, s)
		if err := cmd.Wait(); err != nil {
			t.Errorf("after %s: %v\n%s", s, err, stderr)
		}
	}
}

// TestSecondSignalEndsAtOnce holds the agent up with a request whose body never comes, and then does not wait for it.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	path := writeConfig(t, "")
	cmd, stderr, url := agent(t, path)
	reconfigure(t, path, `phlare.write "b" { }`)
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return status(t, url+"/api/v0/components/phlare.write.b") == http.StatusOK })
	send(t, cmd, syscall.SIGTERM)
	waitFor(t, func() bool { return !listening(url) })
	send(t, cmd, syscall.SIGTERM)
	err = cmd.Wait()
	if state, _ := cmd.ProcessState.Sys().(syscall.WaitStatus); err == nil || state.Signal() != syscall.SIGTERM {
		t.Errorf("ended with %v, stderr %s", err, stderr)
	}
}

// waitFor polls, because what happens in another process cannot be waited on.
func waitFor(t *testing.T, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited 10s in vain")
		}
	}
}

func send(t *testing.T, cmd *exec.Cmd, s syscall.Signal) {
	t.Helper()
	if err := cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func reconfigure(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// listening tells whether new connections are accepted.
func listening(url string) bool {
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err == nil {
		conn.Close()
	}
	return err == nil
}

func TestHangupReloads(t *testing.T) {
	path := writeConfig(t, `phlare.write "a" { }`)
	cmd, stderr, url := agent(t, path)
	reconfigure(t, path, `phlare.write "b" { }`)
	send(t, cmd, syscall.SIGHUP)
	waitFor(t, func() bool { return status(t, url+"/api/v0/components/phlare.write.b") == http.StatusOK })
	send(t, cmd, syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, stderr)
	}
}

func status(t *testing.T, url string) int {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
		text string
	}{
		{[]string{"validate", writeConfig(t, `phlare.write "a" { }`)}, 0, ""},
		{[]string{"run", writeConfig(t, `phlare.write "a" { nonsense = 1 }`)}, 1, `:1:20: unknown attribute "nonsense" in phlare.write.a`},
		{[]string{"run", "missing.river"}, 1, "reference: read configuration: open missing.river: no such file or directory\n"},
		{[]string{"rnu"}, 2, "reference: unknown command \"rnu\", did you mean run?\n"},
	} {
		cmd, stderr := command(t, test.args...)
		err := cmd.Run()
		var exit *exec.ExitError
		code := 0
		if errors.As(err, &exit) {
			code = exit.ExitCode()
		}
		if code != test.code || !strings.Contains(stderr.String(), test.text) {
			t.Errorf("%s: exit %d with %q, want %d with %q", test.args, code, stderr, test.code, test.text)
		}
	}
}
