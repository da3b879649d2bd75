package sabotage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// processEdit says what is wrong with an agent's processes. A nil hook leaves things as they are.
type processEdit struct {
	// setup is called before each start.
	setup func(a *Act, setup sut.Setup) error
	// replace makes a process in place of the agent.
	replace func(a *Act, setup sut.Setup) sut.Process
	// ready, reload and signal stand in for the methods of a process.
	ready  func(ctx context.Context, a *Act, p *process) error
	reload func(ctx context.Context, a *Act, p *process) error
	signal func(a *Act, p *process, s sut.Signal) error
	// exit changes how the process says that it ended.
	exit func(a *Act, p *process, e sut.Exit) sut.Exit
}

// processes makes the constructor of an edit without argument. build is called once a case.
func processes(build func() processEdit) func(string) (*processEdit, error) {
	return func(string) (*processEdit, error) {
		edit := build()
		return &edit, nil
	}
}

// wrapped is an adapter whose processes are sabotaged.
type wrapped struct {
	sut.Adapter
	act *Act
}

func (w *wrapped) Start(ctx context.Context, setup sut.Setup) (sut.Process, error) {
	edit := w.act.process
	if edit.setup != nil {
		if err := edit.setup(w.act, setup); err != nil {
			return nil, fmt.Errorf("sabotage %s: %w", w.act.name, err)
		}
	}
	if edit.replace != nil {
		w.act.touch()
		return edit.replace(w.act, setup), nil
	}
	p, err := w.Adapter.Start(ctx, setup)
	if err != nil {
		return nil, err
	}
	return &process{Process: p, act: w.act, storage: setup.Storage}, nil
}

// process is a process under sabotage.
type process struct {
	sut.Process
	act     *Act
	storage string

	mu   sync.Mutex
	mask *puppet // guarded by mu; set when the real process ended but nobody is to know
	told bool    // guarded by mu; a stop signal was sent
}

func (p *process) masked() *puppet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mask
}

func (p *process) Ready(ctx context.Context) error {
	if hook := p.act.process.ready; hook != nil {
		return hook(ctx, p.act, p)
	}
	return p.Process.Ready(ctx)
}

func (p *process) Reload(ctx context.Context) error {
	if hook := p.act.process.reload; hook != nil {
		return hook(ctx, p.act, p)
	}
	return p.Process.Reload(ctx)
}

func (p *process) Signal(s sut.Signal) error {
	if m := p.masked(); m != nil {
		return m.Signal(s)
	}
	if s == sut.Terminate || s == sut.Interrupt {
		p.mu.Lock()
		p.told = true
		p.mu.Unlock()
	}
	if hook := p.act.process.signal; hook != nil {
		return hook(p.act, p, s)
	}
	return p.Process.Signal(s)
}

func (p *process) Done() <-chan struct{} {
	if m := p.masked(); m != nil {
		return m.Done()
	}
	return p.Process.Done()
}

func (p *process) Exit() sut.Exit {
	if m := p.masked(); m != nil {
		return m.Exit()
	}
	e := p.Process.Exit()
	if hook := p.act.process.exit; hook != nil {
		return hook(p.act, p, e)
	}
	return e
}

// puppet is a process that does nothing. It ends when it is told to.
type puppet struct {
	storage string
	done    chan struct{}
	once    sync.Once
	exit    sut.Exit
}

func newPuppet(storage string) *puppet {
	return &puppet{storage: storage, done: make(chan struct{})}
}

func (p *puppet) end(e sut.Exit) {
	p.once.Do(func() {
		e.At = time.Now()
		p.exit = e
		close(p.done)
	})
}

func (p *puppet) URL() string                  { return "" }
func (p *puppet) Configure([]byte) error       { return nil }
func (p *puppet) Reload(context.Context) error { return nil }
func (p *puppet) Done() <-chan struct{}        { return p.done }
func (p *puppet) Gone() <-chan struct{}        { return p.done }
func (p *puppet) Exit() sut.Exit               { return p.exit }
func (p *puppet) Storage() string              { return p.storage }

func (p *puppet) Ready(ctx context.Context) error {
	select {
	case <-p.done:
		return &sut.Exited{Exit: p.exit}
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *puppet) Signal(s sut.Signal) error {
	switch s {
	case sut.Terminate, sut.Interrupt:
		p.end(sut.Exit{})
	case sut.Kill:
		p.end(sut.Exit{Code: -1, Signal: string(s)})
	}
	return nil
}

func neverReady() processEdit {
	return processEdit{ready: func(ctx context.Context, a *Act, p *process) error {
		a.touch()
		select {
		case <-p.Done():
			return &sut.Exited{Exit: p.Exit()}
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

func neverStart() processEdit {
	return processEdit{replace: func(_ *Act, setup sut.Setup) sut.Process {
		p := newPuppet(setup.Storage)
		p.end(sut.Exit{})
		return p
	}}
}

func acceptAnything() processEdit {
	return processEdit{
		ready: func(ctx context.Context, a *Act, p *process) error {
			err := p.Process.Ready(ctx)
			if !errors.As(err, new(*sut.Exited)) {
				return err
			}
			a.touch()
			p.mu.Lock()
			defer p.mu.Unlock()
			p.mask = newPuppet(p.storage)
			return nil
		},
		reload: func(ctx context.Context, a *Act, p *process) error {
			err := p.Process.Reload(ctx)
			if errors.As(err, new(*sut.Refused)) {
				a.touch()
				return nil
			}
			return err
		},
	}
}

func ignoreReload() processEdit {
	return processEdit{
		reload: func(_ context.Context, a *Act, _ *process) error {
			a.touch()
			return nil
		},
		signal: func(a *Act, p *process, s sut.Signal) error {
			if s == sut.Hangup {
				a.touch()
				return nil
			}
			return p.Process.Signal(s)
		},
	}
}

func refuseReload() processEdit {
	return processEdit{reload: func(_ context.Context, a *Act, _ *process) error {
		a.touch()
		return &sut.Refused{Status: 400, Reason: "sabotaged"}
	}}
}

func dieOnReload() processEdit {
	return processEdit{reload: func(ctx context.Context, a *Act, p *process) error {
		a.touch()
		if err := p.Process.Signal(sut.Kill); err != nil {
			return err
		}
		select {
		case <-p.Done():
			return &sut.Exited{Exit: p.Exit()}
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

func stopWithoutFlush() processEdit {
	return processEdit{
		signal: func(a *Act, p *process, s sut.Signal) error {
			if s == sut.Terminate || s == sut.Interrupt {
				a.touch()
				s = sut.Kill
			}
			return p.Process.Signal(s)
		},
		exit: func(_ *Act, p *process, e sut.Exit) sut.Exit {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.told {
				e.Code, e.Signal = 0, ""
			}
			return e
		},
	}
}

func ignoreStop() processEdit {
	return processEdit{signal: func(a *Act, p *process, s sut.Signal) error {
		if s == sut.Terminate || s == sut.Interrupt {
			a.touch()
			return nil
		}
		return p.Process.Signal(s)
	}}
}

func exitBadly() processEdit {
	return processEdit{exit: func(a *Act, p *process, e sut.Exit) sut.Exit {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.told {
			a.touch()
			e.Code, e.Signal = 3, ""
		}
		return e
	}}
}
