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
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
)

// stage is one case while it is played. Only one goroutine works on it.
type stage struct {
	play    Play
	adapter sut.Adapter     // with the sabotage, if any
	network *memnet.Network // nil on the real lane
	scratch string
	storage string // where the next start of the agent finds its data

	casts  map[string]*prop // fakes by name
	order  []*prop          // fakes in the order of their start
	agents []*actor         // runs of the agent, and of controls
	env    []string         // of the starts to come
	moment time.Time        // when what was waited for happened; zero unless the last step was a wait
	seen   *observe.Observation
}

// errOver ends the steps early: what follows would show nothing any more.
var errOver = errors.New("nothing more can be shown")

// steps takes all steps in order.
func (s *stage) steps(ctx context.Context) error {
	for _, step := range s.play.Case.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, mark := step.(*scenario.Mark); !mark {
			s.moment = time.Time{}
		}
		err := s.step(ctx, step)
		if errors.Is(err, errOver) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", step.Place(), err)
		}
	}
	return nil
}

func (s *stage) step(ctx context.Context, step scenario.Step) error {
	switch step := step.(type) {
	case *scenario.StartFake, *scenario.Down, *scenario.Up, *scenario.RestartFake, *scenario.Reply, *scenario.Page:
		return s.fakeStep(step)
	case *scenario.Env:
		return s.setEnv(step)
	case *scenario.Control, *scenario.StartAgent, *scenario.StopAgent, *scenario.RestartAgent, *scenario.ReloadAgent:
		return s.agentStep(ctx, step)
	case *scenario.Wait:
		return s.wait(ctx, step)
	case *scenario.Write:
		return s.write(step)
	case *scenario.Pass:
		return sleep(ctx, step.Duration)
	case *scenario.Mark:
		s.seen.Marks = append(s.seen.Marks, observe.Mark{Name: step.Name, At: s.now()})
	case *scenario.Snapshot:
		s.seen.Snapshots = append(s.seen.Snapshots, s.snapshot(ctx, step.Name))
	default:
		return fmt.Errorf("no way to play a step of type %T", step)
	}
	return nil
}

func (s *stage) fakeStep(step scenario.Step) error {
	switch step := step.(type) {
	case *scenario.StartFake:
		return s.startFake(step)
	case *scenario.Down:
		s.casts[step.Fake].server.Down()
	case *scenario.Up:
		return s.casts[step.Fake].server.Up()
	case *scenario.RestartFake:
		return s.casts[step.Fake].server.Restart()
	case *scenario.Reply:
		text, err := scenario.Fill(step.Script, s.value)
		if err != nil {
			return err
		}
		script := s.casts[step.Fake].server.Replies()
		script.Clear()
		return script.Play(text)
	case *scenario.Page:
		text, err := s.fill(step.File)
		if err != nil {
			return err
		}
		s.casts[step.Fake].setPage(text)
	}
	return nil
}

func (s *stage) agentStep(ctx context.Context, step scenario.Step) error {
	switch step := step.(type) {
	case *scenario.Control:
		return s.control(ctx, step)
	case *scenario.StartAgent:
		return s.start(ctx, step.Place().Line, step.File, step.Refused)
	case *scenario.StopAgent:
		s.stop(step.Signal)
		return nil
	case *scenario.RestartAgent:
		s.stop(step.Signal)
		file := s.current().file
		if step.File != nil {
			file = *step.File
		}
		return s.start(ctx, step.Place().Line, file, false)
	case *scenario.ReloadAgent:
		return s.reload(ctx, step)
	}
	return nil
}

// now is the moment that a mark names. Right after a wait it is when that happened, and not when the wait found out.
func (s *stage) now() time.Time {
	if s.moment.IsZero() {
		return time.Now()
	}
	return s.moment
}

// write puts a file into the scratch folder. It is replaced as a whole, as programs that rotate credentials do it.
func (s *stage) write(step *scenario.Write) error {
	var text []byte
	if step.File != nil {
		filled, err := s.fill(*step.File)
		if err != nil {
			return err
		}
		text = []byte(filled)
	} else {
		from, err := scenario.Fill(step.From, s.value)
		if err != nil {
			return err
		}
		if text, err = os.ReadFile(from); err != nil {
			return err
		}
	}
	path := filepath.Join(s.scratch, filepath.FromSlash(step.Path))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// setEnv adds a variable to the environment of the starts to come.
func (s *stage) setEnv(step *scenario.Env) error {
	value, err := scenario.Fill(step.Value, s.value)
	if err == nil {
		s.env = append(s.env, step.Name+"="+value)
	}
	return err
}

// freeze completes the record while everything is still running, so that what happens because the play ends is not in it.
func (s *stage) freeze(ctx context.Context) {
	s.settle(ctx)
	if a := s.current(); a != nil && !a.over() {
		s.seen.Snapshots = append(s.seen.Snapshots, s.snapshot(ctx, "end"))
	}
	s.seen.Ended = time.Now()
	s.seen.Slack = s.slack()
	for _, p := range s.order {
		s.seen.Fakes = append(s.seen.Fakes, p.record())
	}
	for _, a := range s.agents {
		a.settle()
	}
}

// clear stops everything that was started.
func (s *stage) clear() {
	for _, a := range s.agents {
		a.finish()
	}
	for _, p := range s.order {
		p.server.Close()
	}
	for _, a := range s.agents {
		a.leave()
		if a.control {
			s.seen.Controls = append(s.seen.Controls, a.run)
		} else {
			s.seen.Runs = append(s.seen.Runs, a.run)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
