package ceiling

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/touchstone-telemetry/touchstone/bench/ceiling/host"
)

// process is a host that was started.
type process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	answer *json.Decoder
	stderr *bytes.Buffer
	url    string
}

// start runs a host on one core and waits until its subject listens.
func start(ctx context.Context, command []string, task host.Task) (*process, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	p := &process{cmd: cmd, stderr: &bytes.Buffer{}}
	cmd.Stderr = p.stderr
	var err error
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.answer = json.NewDecoder(stdout)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %q: %w", command[0], err)
	}
	var started host.Started
	if err := errors.Join(json.NewEncoder(p.stdin).Encode(task), p.answer.Decode(&started)); err != nil {
		return nil, errors.Join(fmt.Errorf("start %q: %w", command[0], err), p.stop())
	}
	p.url = started.URL
	return p, nil
}

// read asks the host.
func (p *process) read(q host.Question) (host.Reading, error) {
	var r host.Reading
	if err := json.NewEncoder(p.stdin).Encode(q); err != nil {
		return r, err
	}
	if err := p.answer.Decode(&r); err != nil {
		return r, fmt.Errorf("read the meters: %w: %s", err, strings.TrimSpace(p.stderr.String()))
	}
	if r.Error != "" {
		return r, errors.New(r.Error)
	}
	return r, nil
}

// stop ends the host.
func (p *process) stop() error {
	p.stdin.Close() // an error says that it has ended already
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("stop: %w: %s", err, strings.TrimSpace(p.stderr.String()))
	}
	return nil
}
