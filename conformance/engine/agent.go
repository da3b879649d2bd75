package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// How long an agent may take. Agents that are well behaved take a fraction of this.
const (
	readyLimit        = 15 * time.Second
	virtualReadyLimit = time.Minute
	stopLimit         = 30 * time.Second
	virtualStopLimit  = 5 * time.Minute
	finishLimit       = 2 * time.Second
	reloadLimit       = 30 * time.Second
)

// actor is one run of the agent, or of a control.
type actor struct {
	control bool
	file    scenario.File // the configuration before values and sabotage
	process sut.Process
	log     *logBuffer
	run     observe.Run
}

// current is the last run of the agent, controls aside; nil before the first.
func (s *stage) current() *actor {
	for i := len(s.agents) - 1; i >= 0; i-- {
		if !s.agents[i].control {
			return s.agents[i]
		}
	}
	return nil
}

// config fills the configuration in and lets the sabotage edit it.
func (s *stage) config(file scenario.File) ([]byte, error) {
	text, err := s.fill(file)
	if err != nil {
		return nil, err
	}
	text = s.aliases(text)
	if s.play.Act == nil {
		return []byte(text), nil
	}
	return s.play.Act.Config(file.Name, []byte(text)), nil
}

// launch starts an agent and waits until it is ready or has exited.
func (s *stage) launch(ctx context.Context, a *actor, folder, storage string) error {
	config, err := s.config(a.file)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(storage, 0o700); err != nil {
		return err
	}
	a.log = &logBuffer{}
	a.run.Config, a.run.Started = string(config), time.Now()
	setup := sut.Setup{
		Lane: sut.Lane(s.play.Case.Lane), Folder: folder, Storage: storage, Config: config, Output: a.log,
		Env: s.env,
	}
	if s.virtual() {
		setup.Dial, setup.Listen = s.network.Dial, s.network.Listen
	}
	if a.process, err = s.adapter.Start(ctx, setup); err != nil {
		return err
	}
	s.agents = append(s.agents, a)
	return s.awaitReady(ctx, a)
}

// awaitReady waits for the agent. That it exits, or never gets ready, is part of what is seen.
func (s *stage) awaitReady(ctx context.Context, a *actor) error {
	limit := readyLimit + s.play.Info.Patience
	if s.virtual() {
		limit = virtualReadyLimit
	}
	ready, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := a.process.Ready(ready)
	var unsupported *sut.Unsupported
	switch {
	case err == nil:
		a.run.Ready = time.Now()
	case errors.As(err, &unsupported):
		return err
	}
	a.settle()
	return nil
}

// start starts the agent. One that is not meant to be refused and does not get ready ends the steps.
func (s *stage) start(ctx context.Context, line int, file scenario.File, refused bool) error {
	a := &actor{file: file, run: observe.Run{Line: line, Meant: !refused}}
	if err := s.launch(ctx, a, filepath.Join(s.play.Folder, "agent"), s.storage); err != nil {
		return err
	}
	if a.run.Ready.IsZero() && !refused {
		return errOver
	}
	return nil
}

// control starts an agent of its own and stops it again.
func (s *stage) control(ctx context.Context, step *scenario.Control) error {
	a := &actor{control: true, file: step.File, run: observe.Run{Line: step.Place().Line, Meant: true}}
	folder := filepath.Join(s.play.Folder, fmt.Sprintf("control-%d", step.Place().Line))
	if err := s.launch(ctx, a, folder, filepath.Join(folder, "storage")); err != nil {
		return err
	}
	a.finish()
	return nil
}

// stop sends the signal and waits for the exit. An agent that stays is killed.
func (s *stage) stop(signal scenario.Signal) {
	a := s.current()
	limit := stopLimit
	if s.virtual() {
		limit = virtualStopLimit
	}
	a.stop(sut.Signal(signal), limit)
	s.storage = a.process.Storage()
}

// reload replaces the configuration and asks the agent to load it. By signal no answer comes: what follows has to wait for
// its effect.
func (s *stage) reload(ctx context.Context, step *scenario.ReloadAgent) error {
	a := s.current()
	config, err := s.config(step.File)
	if err != nil {
		return err
	}
	if err := a.process.Configure(config); err != nil {
		return err
	}
	a.file = step.File
	seen := observe.Reload{Line: step.Place().Line, At: time.Now(), Meant: !step.Refused}
	if step.BySignal {
		err = a.process.Signal(sut.Hangup)
	} else {
		bounded, cancel := context.WithTimeout(ctx, reloadLimit)
		err = a.process.Reload(bounded)
		cancel()
	}
	var refused *sut.Refused
	var unsupported *sut.Unsupported
	switch {
	case errors.As(err, &unsupported):
		return err
	case errors.As(err, &refused):
		seen.Refused, seen.Reason = true, refused.Reason
	case err != nil:
		seen.Trouble = err.Error()
	}
	s.seen.Reloads = append(s.seen.Reloads, seen)
	return nil
}

// over tells whether the agent has ended.
func (a *actor) over() bool {
	select {
	case <-a.process.Done():
		return true
	default:
		return false
	}
}

// settle writes down how the agent ended, if it has.
func (a *actor) settle() {
	a.run.Log = a.log.text()
	if !a.over() || !a.run.Exited.IsZero() {
		return
	}
	exit := a.process.Exit()
	a.run.Exited, a.run.Code, a.run.Signal = exit.At, exit.Code, exit.Signal
	if exit.Error != "" {
		a.run.Log += exit.Error + "\n"
	}
}

// stop asks the agent to end and kills it after the limit.
func (a *actor) stop(signal sut.Signal, limit time.Duration) {
	defer a.settle()
	if a.over() {
		return
	}
	a.run.Stopping = time.Now()
	if err := a.process.Signal(signal); err == nil && a.await(limit) {
		return
	}
	a.run.Killed = true
	_ = a.process.Signal(sut.Kill) // it may have ended just now; what counts is that it has
	a.await(limit)
}

// await waits for the end and tells whether it came in time.
func (a *actor) await(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-a.process.Done():
		return true
	case <-timer.C:
		return false
	}
}

// finish ends the agent because the play is over. What it does meanwhile is not recorded any more.
func (a *actor) finish() { a.stop(sut.Terminate, finishLimit) }

// leaveLimit is how long an agent inside this process may take to find out that it was killed: its own time to shut down.
const leaveLimit = 2 * time.Minute

// leave waits until nothing of the agent runs any more.
func (a *actor) leave() {
	timer := time.NewTimer(leaveLimit)
	defer timer.Stop()
	select {
	case <-a.process.Gone():
	case <-timer.C:
	}
}
