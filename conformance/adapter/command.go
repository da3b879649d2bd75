package adapter

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// Command drives any executable that keeps this contract; a short script around an agent is enough.
//
//   - With TOUCHSTONE_PROBE=1 in its environment it prints one line of JSON and exits with 0:
//     {"version": "1.2.3", "can": ["prometheus.scrape", "prometheus.remote_write"]}. The words are those of
//     sut.Capabilities; others are refused. "metrics" may map documented names of metrics to the agent's own.
//   - Otherwise it runs the agent in the foreground with the River file TOUCHSTONE_CONFIG, the folder TOUCHSTONE_STORAGE for
//     its data (the same from start to start) and an HTTP server on TOUCHSTONE_LISTEN (host:port) that answers
//     GET /-/ready with 200 once it is ready, and /metrics with its own metrics. With the capability
//     "targets" it also answers /api/v1/targets in the form of Prometheus' API.
//   - SIGTERM and SIGINT stop it with status 0. SIGHUP and POST /-/reload make it read TOUCHSTONE_CONFIG again; a
//     configuration that it does not take is answered with 400 and the reason.
//   - A configuration that it does not take at start ends it with a status other than 0 and the reason in its output.
//   - One that holds what it has no equivalent for ends it with status 69 and a line "unsupported: SETTING". The case is
//     skipped.
func Command(path string) sut.Adapter { return &command{path: path} }

// unsupportedStatus is EX_UNAVAILABLE of sysexits.h.
const unsupportedStatus = 69

type command struct{ path string }

func (a *command) Name() string      { return "command" }
func (a *command) Lanes() []sut.Lane { return []sut.Lane{sut.Real} }

func (a *command) Probe(ctx context.Context) (sut.Info, error) {
	line, err := ask(ctx, exec.Command(a.path), "TOUCHSTONE_PROBE=1")
	if err != nil {
		return sut.Info{}, fmt.Errorf("probe %s with TOUCHSTONE_PROBE=1: %w", a.path, err)
	}
	var answer struct {
		Version string            `json:"version"`
		Can     []sut.Capability  `json:"can"`
		Metrics map[string]string `json:"metrics"`
	}
	if err := json.Unmarshal([]byte(line), &answer); err != nil {
		return sut.Info{}, fmt.Errorf("probe %s: want one line of JSON like {\"version\": \"1.0\", \"can\": []}, got %.200q", a.path, line)
	}
	info := sut.Info{Name: a.Name(), Version: answer.Version, Path: a.path, Can: answer.Can, Metrics: answer.Metrics}
	return info, info.Validate()
}

func (a *command) Start(_ context.Context, setup sut.Setup) (sut.Process, error) {
	file := filepath.Join(setup.Folder, "config.river")
	if err := os.WriteFile(file, setup.Config, 0o600); err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	address, hold, err := holdPort()
	if err != nil {
		return nil, err
	}
	said := &refusal{}
	setup.Output = tee(setup.Output, said)
	return program{
		agent: a.Name(), path: a.path, setup: setup, url: "http://" + address, hold: hold,
		ready: "/-/ready", reload: "/-/reload",
		env:       []string{"TOUCHSTONE_CONFIG=" + file, "TOUCHSTONE_STORAGE=" + setup.Storage, "TOUCHSTONE_LISTEN=" + address},
		configure: func(config []byte) error { return os.WriteFile(file, config, 0o600) },
		explain: func(exit sut.Exit) error {
			if exit.Code != unsupportedStatus {
				return nil
			}
			return &sut.Unsupported{Agent: a.Name(), Setting: said.setting()}
		},
	}.start()
}

// refusal finds the line "unsupported: SETTING" in what a command prints.
type refusal struct {
	mu   sync.Mutex
	text []byte // guarded by mu
}

func (r *refusal) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.text) < longestLine {
		r.text = append(r.text, p...)
	}
	return len(p), nil
}

func (r *refusal) setting() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for line := range strings.Lines(string(r.text)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "unsupported:"); ok {
			return strings.TrimSpace(name)
		}
	}
	return "something in this configuration"
}
