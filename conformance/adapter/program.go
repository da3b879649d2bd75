package adapter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// program is how one agent is started as a process of its own.
type program struct {
	agent string
	path  string
	args  []string
	env   []string
	setup sut.Setup
	// url is the root of its HTTP server when that is known beforehand; otherwise find takes it from a line of its output.
	url  string
	find func(line string) string
	// ready and reload are paths. Without reload the agent cannot be asked.
	ready, reload string
	// configure replaces the configuration that it reads again.
	configure func(config []byte) error
	// hold keeps the agent's port from others; closed when the agent has ended. May be nil.
	hold io.Closer
	// explain turns an early exit into a better error; may be nil.
	explain func(exit sut.Exit) error
}

// child is a running program.
type child struct {
	program
	cmd    *exec.Cmd
	output *lineWriter
	client *http.Client
	done   chan struct{}
	exit   sut.Exit // written before done is closed, read after
}

// start starts the program in a process group of its own, so that nothing it starts outlives it.
func (p program) start() (*child, error) {
	c := &child{program: p, done: make(chan struct{}), client: newClient(nil)}
	c.output = &lineWriter{to: p.setup.Output, find: p.find, url: p.url}
	c.cmd = exec.Command(p.path, p.args...)
	c.cmd.Dir = p.setup.Folder
	c.cmd.Env = append(append(environment(p.setup.Folder), p.setup.Env...), p.env...)
	c.cmd.Stdout, c.cmd.Stderr = c.output, c.output
	c.cmd.WaitDelay = 2 * time.Second
	c.cmd.SysProcAttr = ownGroup()
	if err := c.cmd.Start(); err != nil {
		p.release()
		return nil, fmt.Errorf("start %s: %w", p.agent, err)
	}
	go c.wait()
	return c, nil
}

// environment is what every agent gets. Proxies and the like of this machine are kept from it.
func environment(folder string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + os.TempDir()}
}

func (p program) release() {
	if p.hold != nil {
		_ = p.hold.Close()
	}
}

func (c *child) wait() {
	err := c.cmd.Wait()
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) // what it started and left behind
	c.release()
	exit := sut.Exit{At: time.Now(), Code: c.cmd.ProcessState.ExitCode()}
	if status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		exit.Signal = status.Signal().String()
	}
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		exit.Error = err.Error()
	}
	c.exit = exit
	close(c.done)
}

func (c *child) URL() string           { return c.output.found() }
func (c *child) Done() <-chan struct{} { return c.done }
func (c *child) Gone() <-chan struct{} { return c.done }
func (c *child) Exit() sut.Exit        { return c.exit }
func (c *child) Storage() string       { return c.setup.Storage }

func (c *child) Configure(config []byte) error { return c.configure(config) }

func (c *child) Ready(ctx context.Context) error {
	err := awaitReady(ctx, c.client, c, c.ready)
	if errors.As(err, new(*sut.Exited)) && c.explain != nil {
		if better := c.explain(c.Exit()); better != nil {
			return better
		}
	}
	return err
}

func (c *child) Reload(ctx context.Context) error {
	if c.reload == "" {
		return &sut.Unsupported{Agent: c.agent, Setting: "reload"}
	}
	return postReload(ctx, c.client, c.URL()+c.reload)
}

func (c *child) Signal(s sut.Signal) error {
	select {
	case <-c.done:
		return nil
	default:
	}
	target, sig := c.cmd.Process.Pid, syscall.SIGTERM
	switch s {
	case sut.Interrupt:
		sig = syscall.SIGINT
	case sut.Hangup:
		sig = syscall.SIGHUP
	case sut.Kill:
		target, sig = -target, syscall.SIGKILL
	}
	if err := syscall.Kill(target, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("send SIG%s to %s: %w", s, c.agent, err)
	}
	return nil
}

// askLimit bounds how long a program may take to answer a question about itself.
const askLimit = 10 * time.Second

// ask runs the program for its answer: the first line that it prints. The output without errors is looked at first, the errors only
// when there is nothing else.
func ask(ctx context.Context, cmd *exec.Cmd, env ...string) (string, error) {
	out, problems, err := answer(ctx, cmd, env...)
	if err != nil {
		return "", err
	}
	return cmp.Or(firstLine(out), firstLine(problems)), nil
}

// answer runs the program to its end and returns the beginning of what it printed, output and errors apart. Nothing that it starts outlives
// it. The error is an *exec.ExitError, beside what it printed, when it exited with another status than 0.
func answer(ctx context.Context, cmd *exec.Cmd, env ...string) ([]byte, []byte, error) {
	var out, problems limited
	cmd.Env = append(environment(os.TempDir()), env...)
	cmd.Stdout, cmd.Stderr = &out, &problems
	cmd.SysProcAttr = ownGroup()
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	late := make(chan struct{})
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		defer close(late)
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	})
	err := cmd.Wait()
	if !stop() {
		<-late
		return nil, nil, fmt.Errorf("no answer within %s: the program did not exit", askLimit)
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it started and left behind
	return out.text, problems.text, err
}

// version runs the program with one argument and returns the first line that it prints.
func version(ctx context.Context, path, argument string, env ...string) (string, error) {
	line, err := ask(ctx, exec.Command(path, argument), env...)
	if err != nil {
		return "", fmt.Errorf("ask %s for its version: %w", path, err)
	}
	return line, nil
}
