package shards

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/touchstone-telemetry/touchstone/bench/receiver"
	"github.com/touchstone-telemetry/touchstone/bench/side"
)

// runSide runs one side to its end.
func runSide(ctx context.Context, command []string, task side.Task) (side.Result, error) {
	var sent side.Result
	input, err := json.Marshal(task)
	if err != nil {
		return sent, err
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return sent, fmt.Errorf("run %q: %w: %s", command[0], err, lastLine(stderr.String()))
	}
	if err := json.Unmarshal(stdout.Bytes(), &sent); err != nil {
		return sent, fmt.Errorf("read the result of %q: %w", command[0], err)
	}
	return sent, nil
}

// receiverProcess is a receiver that was started.
type receiverProcess struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	answer *json.Decoder
	url    string
}

func startReceiver(ctx context.Context, command []string, task receiver.Task) (*receiverProcess, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start receiver: %w", err)
	}
	p := &receiverProcess{cmd: cmd, stdin: stdin, answer: json.NewDecoder(stdout)}
	if p.url, err = p.begin(task); err != nil {
		_, stopErr := p.stop()
		return nil, fmt.Errorf("start receiver: %w", errors.Join(err, stopErr))
	}
	return p, nil
}

// begin tells the receiver its task and waits until it serves.
func (p *receiverProcess) begin(task receiver.Task) (string, error) {
	if err := json.NewEncoder(p.stdin).Encode(task); err != nil {
		return "", err
	}
	var started receiver.Started
	err := p.answer.Decode(&started)
	return started.URL, err
}

// stop ends the receiver and returns what it counted.
func (p *receiverProcess) stop() (receiver.Stats, error) {
	var stats receiver.Stats
	p.stdin.Close()
	readErr := p.answer.Decode(&stats)
	if err := p.cmd.Wait(); err != nil {
		return stats, fmt.Errorf("stop receiver: %w", err)
	}
	return stats, readErr
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
