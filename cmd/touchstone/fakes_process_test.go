package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// program is touchstone as a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), asCommand+"=yes", "GORACE=atexit_sleep_ms=0")
	return cmd
}

// startFakes runs `touchstone fakes` as a process, and reads its addresses.
func startFakes(t *testing.T, args ...string) (*exec.Cmd, map[string]string) {
	t.Helper()
	cmd := program(t, append([]string{"fakes"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // most have ended, and been waited for, by then
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	addresses := map[string]string{}
	if err := json.Unmarshal(line, &addresses); err != nil {
		t.Fatal(err)
	}
	return cmd, addresses
}

// TestFakesAsAProcess goes the way of somebody who uses the fakes from another language: start, ready, push, wait, script, down and up, stop.
func TestFakesAsAProcess(t *testing.T) {
	cmd, addresses := startFakes(t, "--pyroscope", "0", "--quiet", "--script", "pyroscope=503 200")
	if out, err := program(t, "fakes", "ready", "--wait", "10s", "--control", addresses["control"]).CombinedOutput(); err != nil {
		t.Fatalf("it is not ready: %v: %s", err, out)
	}
	c, err := client.Dial(t.Context(), "http://"+addresses["control"])
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Fake(t.Context(), "pyroscope")
	if err != nil {
		t.Fatal(err)
	}
	push := func() int {
		response, err := http.Post(p.URL()+"/ingest?name=shop.cpu", "", strings.NewReader("main;work 3\n"))
		if err != nil {
			return 0
		}
		response.Body.Close()
		return response.StatusCode
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int{503, 200} {
		if got := push(); got != want {
			t.Errorf("a push is answered %d, want %d", got, want)
		}
	}
	_, err = p.WaitFor(t.Context(), client.Profiles(`{service_name="shop"}`, 1))
	do(err)
	do(p.Replies().ThenStatus(t.Context(), 429))
	if got := push(); got != 429 {
		t.Errorf("a push is answered %d, want 429", got)
	}
	do(p.Down(t.Context()))
	if got := push(); got != 0 {
		t.Errorf("while it is down a push is answered %d", got)
	}
	do(p.Up(t.Context()))
	if requests, err := p.Requests(t.Context(), api.Filter{}); push() != 200 || err != nil || len(requests) != 3 {
		t.Errorf("it has seen %+v, %v", requests, err)
	}
	do(cmd.Process.Signal(syscall.SIGTERM))
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	for name, address := range addresses {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			t.Errorf("%s still listens", name)
		}
	}
}

// TestSecondSignalEndsAtOnce holds the process up with an answer that its client does not take, and asks twice.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	cmd, addresses := startFakes(t, "--mimir", "0", "--quiet", "--script", "mimir=hang*")
	conn, err := net.Dial("tcp", addresses["control"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// Half a body keeps the API's last call open until its time is over.
	_, _ = conn.Write([]byte("POST /api/v1/fakes/mimir/wait HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"))
	time.Sleep(20 * time.Millisecond) // until the call has begun, which nothing tells
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for gone := false; !gone; {
		// Those that come before the first was acted on count as one.
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		select {
		case err = <-ended:
			gone = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("it ends with %v, want that the second signal ends it", err)
	}
}

// TestShellExample runs the example for curl as it says at its top.
func TestShellExample(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		_, err := exec.LookPath(tool)
		switch {
		case err != nil && os.Getenv("CI") != "":
			t.Fatalf("the example needs %s: %v", tool, err)
		case err != nil:
			t.Skipf("the example needs %s: %v", tool, err)
		}
	}
	_, addresses := startFakes(t, "--mimir", "0", "--quiet")
	out, err := exec.Command("bash", "../../examples/fakes/curl.sh", "http://"+addresses["control"]).CombinedOutput()
	if err != nil {
		t.Fatalf("it ends with %v:\n%s", err, out)
	}
	for _, want := range []string{
		"answered 503, again\nanswered 503, again\nanswered 200\n", `"totals":[4]`, "timed out after 100ms", `service_name is \"shop\", not \"ship\"`,
		`"status":503`, "script:\nconnect:resource_exhausted/429 200\n",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it does not print %q:\n%s", want, out)
		}
	}
}
