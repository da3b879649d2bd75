package adapter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
)

// TestMain lets the test binary be the program that Command drives.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv("AGENT_MODE") == "flow":
		os.Exit(impostor())
	case os.Getenv("TOUCHSTONE_PROBE") != "":
		fmt.Println(`{"version": "1.2", "can": ["prometheus.remote_write", "reload"]}`)
	case os.Getenv("TOUCHSTONE_LISTEN") != "":
		os.Exit(contractor())
	default:
		os.Exit(m.Run())
	}
}

// contractor is an agent whose configuration says what it does.
func contractor() int {
	read := func() string {
		text, _ := os.ReadFile(os.Getenv("TOUCHSTONE_CONFIG"))
		return strings.TrimSpace(string(text))
	}
	switch read() {
	case "refused":
		fmt.Println("the configuration is bad")
		return 1
	case "unsupported":
		fmt.Println("unsupported: endpoint > proxy_url")
		return unsupportedStatus
	}
	http.HandleFunc("/-/ready", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/-/reload", func(w http.ResponseWriter, _ *http.Request) {
		if read() == "refused" {
			http.Error(w, "the new configuration is bad", http.StatusBadRequest)
		}
	})
	l, err := net.Listen("tcp", os.Getenv("TOUCHSTONE_LISTEN"))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	go http.Serve(l, nil)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	return 0
}

func startCommand(t *testing.T, config string) (sut.Process, *strings.Builder) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder, out := t.TempDir(), &strings.Builder{}
	p, err := Command(self).Start(t.Context(), sut.Setup{
		Lane: sut.Real, Folder: folder, Storage: filepath.Join(folder, "storage"), Config: []byte(config), Output: out,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Signal(sut.Kill); err != nil {
			t.Error(err)
		}
		<-p.Gone()
	})
	return p, out
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestCommandKeepsTheContract(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	info, err := Command(self).Probe(t.Context())
	if err != nil || info.Version != "1.2" || !info.Has(sut.CanReload) || info.Has(sut.CanBuffer) {
		t.Fatalf("got %+v, %v", info, err)
	}
	p, _ := startCommand(t, "good")
	if err := p.Ready(within(t, 10*time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Configure([]byte("good")), p.Reload(t.Context())); err != nil {
		t.Errorf("a good reload: %v", err)
	}
	if err := p.Configure([]byte("refused")); err != nil {
		t.Fatal(err)
	}
	var refused *sut.Refused
	if err := p.Reload(t.Context()); !errors.As(err, &refused) || refused.Reason != "the new configuration is bad" {
		t.Errorf("a bad reload: %v", err)
	}
	if err := p.Signal(sut.Terminate); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if e := p.Exit(); e.Code != 0 || e.Signal != "" {
		t.Errorf("exit %+v", e)
	}
}

func TestCommandThatExits(t *testing.T) {
	p, out := startCommand(t, "refused")
	var exited *sut.Exited
	if err := p.Ready(within(t, 10*time.Second)); !errors.As(err, &exited) || exited.Exit.Code != 1 {
		t.Errorf("got %v", err)
	}
	if out.String() != "the configuration is bad\n" {
		t.Errorf("output %q", out)
	}
	p, _ = startCommand(t, "unsupported")
	var unsupported *sut.Unsupported
	if err := p.Ready(within(t, 10*time.Second)); !errors.As(err, &unsupported) || unsupported.Setting != "endpoint > proxy_url" {
		t.Errorf("got %v", err)
	}
	p, _ = startCommand(t, "good")
	if err := p.Ready(within(t, 10*time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := p.Signal(sut.Kill); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if e := p.Exit(); e.Code != -1 || e.Signal != "killed" {
		t.Errorf("exit %+v", e)
	}
	if err := p.Signal(sut.Terminate); err != nil {
		t.Errorf("a signal after the end: %v", err)
	}
}

func TestNewNamesTheAgents(t *testing.T) {
	for _, c := range []struct{ name, path, want string }{
		{"promethus", "", "known are reference, alloy, grafana-agent, prometheus, vmagent, otelcol, command"},
		{"command", "", "command=PATH"},
		{"prometheus", "/does/not/exist", `find the program of agent "prometheus"`},
	} {
		if _, err := New(c.name, c.path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("New(%q, %q): got %v", c.name, c.path, err)
		}
	}
	a, err := New("reference", "")
	if err != nil || len(a.Lanes()) != 2 {
		t.Fatalf("got %v, %v", a, err)
	}
	if info, err := a.Probe(t.Context()); err != nil || info.Validate() != nil {
		t.Errorf("got %+v, %v", info, err)
	}
}

func TestEmptyAgents(t *testing.T) {
	want := map[string]string{"idle": "ready", "never-ready": "waits", "exits-0": "exit 0", "exits-1": "exit 1", "garbage": "ready"}
	for _, a := range Empties() {
		synctest.Test(t, func(t *testing.T) {
			network := memnet.New()
			p, err := a.Start(t.Context(), sut.Setup{Lane: sut.Virtual, Output: io.Discard, Dial: network.Dial, Listen: network.Listen})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			got := "ready"
			var exited *sut.Exited
			switch err := p.Ready(ctx); {
			case errors.As(err, &exited):
				got = fmt.Sprintf("exit %d", exited.Exit.Code)
			case errors.Is(err, context.DeadlineExceeded):
				got = "waits"
			}
			if got != want[a.Name()] {
				t.Errorf("%s: got %s, want %s", a.Name(), got, want[a.Name()])
			}
			if err := p.Signal(sut.Terminate); err != nil {
				t.Error(err)
			}
			<-p.Gone()
		})
	}
}

// TestKillCopiesTheStorageAtOnce shows what kill -9 is on the virtual lane: connections break, and what is written later is not in the
// folder that the next start gets.
func TestKillCopiesTheStorageAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		storage := filepath.Join(t.TempDir(), "storage")
		network := memnet.New()
		p := newInside("x", sut.Setup{Lane: sut.Virtual, Storage: storage, Dial: network.Dial, Listen: network.Listen})
		var dialled error
		p.run(func(ctx context.Context, w world) error {
			touch(t, storage, "before")
			l, err := w.listen("tcp", "127.0.0.1:80")
			if err != nil {
				return err
			}
			fmt.Fprintln(w.output, `{"http":"127.0.0.1:80"}`)
			go http.Serve(l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			<-ctx.Done()
			time.Sleep(5 * time.Second)
			touch(t, storage, "after")
			_, dialled = w.dial(context.Background(), "tcp", "127.0.0.1:80")
			return nil
		})
		if err := p.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.Signal(sut.Kill); err != nil {
			t.Fatal(err)
		}
		<-p.Done()
		if e := p.Exit(); e.Signal == "" || p.Storage() == storage {
			t.Errorf("exit %+v, storage %s", e, p.Storage())
		}
		if _, err := network.Dial(t.Context(), "tcp", "127.0.0.1:80"); err == nil {
			t.Error("the killed agent still listens")
		}
		<-p.Gone()
		if _, err := os.Stat(filepath.Join(p.Storage(), "before")); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(p.Storage(), "after")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("what was written after the end is in the copy: %v", err)
		}
		if dialled == nil {
			t.Error("the killed agent still has a network")
		}
	})
}

func touch(t *testing.T, folder, name string) {
	if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(filepath.Join(folder, name), nil, 0o600)); err != nil {
		t.Error(err)
	}
}

func TestProbeLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	path, mark := filepath.Join(folder, "agent.sh"), filepath.Join(folder, "pid")
	script := "#!/bin/sh\nsleep 600 >/dev/null 2>&1 &\necho $! > " + mark + "\nhead -c 300000 /dev/zero | tr '\\0' x\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Command(path).Probe(t.Context())
	if err == nil || !strings.Contains(err.Error(), "want one line of JSON") || len(err.Error()) > 1000 {
		t.Fatalf("got %.1200v", err)
	}
	text, err := os.ReadFile(mark)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); alive(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what the program started outlives the question")
		}
	}
}

// alive tells whether a process runs: not one that has ended and is not yet taken note of.
func alive(pid int) bool {
	state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return syscall.Kill(pid, 0) == nil && !os.IsNotExist(err)
	}
	return !strings.Contains(string(state), ") Z ")
}
