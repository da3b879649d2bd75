package sabotage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// honest is an agent that does what it is told. With refuses set it turns every configuration down.
type honest struct {
	refuses bool
	last    *puppet
	signals []sut.Signal
	reloads int
}

func (h *honest) Name() string                            { return "honest" }
func (h *honest) Lanes() []sut.Lane                       { return []sut.Lane{sut.Real} }
func (h *honest) Probe(context.Context) (sut.Info, error) { return sut.Info{Name: "honest"}, nil }

func (h *honest) Start(_ context.Context, setup sut.Setup) (sut.Process, error) {
	h.last = newPuppet(setup.Storage)
	if h.refuses {
		h.last.end(sut.Exit{Code: 1})
	}
	return &honestProcess{puppet: h.last, h: h}, nil
}

type honestProcess struct {
	*puppet
	h *honest
}

func (p *honestProcess) Ready(context.Context) error {
	if p.h.refuses {
		return &sut.Exited{Exit: p.Exit()}
	}
	return nil
}

func (p *honestProcess) Reload(context.Context) error {
	p.h.reloads++
	if p.h.refuses {
		return &sut.Refused{Reason: "no"}
	}
	return nil
}

func (p *honestProcess) Signal(s sut.Signal) error {
	p.h.signals = append(p.h.signals, s)
	return p.puppet.Signal(s)
}

func start(t *testing.T, act *Act, h *honest, folder string) sut.Process {
	t.Helper()
	p, err := act.Adapter(h).Start(t.Context(), sut.Setup{Folder: folder, Storage: filepath.Join(folder, "storage")})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProcessEdits(t *testing.T) {
	for name, check := range map[string]func(t *testing.T, h *honest, p sut.Process){
		"never-ready": func(t *testing.T, _ *honest, p sut.Process) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			if err := p.Ready(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		},
		"never-starts": func(t *testing.T, h *honest, p sut.Process) {
			<-p.Done()
			if err := p.Ready(t.Context()); !errors.As(err, new(*sut.Exited)) || p.Exit().Code != 0 || h.last != nil {
				t.Errorf("got %v, %+v", err, p.Exit())
			}
		},
		"ignores-reload": func(t *testing.T, h *honest, p sut.Process) {
			if err := errors.Join(p.Reload(t.Context()), p.Signal(sut.Hangup)); err != nil || h.reloads != 0 || len(h.signals) != 0 {
				t.Errorf("got %v, %d reloads, signals %v", err, h.reloads, h.signals)
			}
		},
		"refuses-reload": func(t *testing.T, h *honest, p sut.Process) {
			if err := p.Reload(t.Context()); !errors.As(err, new(*sut.Refused)) || h.reloads != 0 {
				t.Errorf("got %v", err)
			}
		},
		"dies-on-reload": func(t *testing.T, _ *honest, p sut.Process) {
			if err := p.Reload(t.Context()); !errors.As(err, new(*sut.Exited)) {
				t.Errorf("got %v", err)
			}
		},
		"stops-without-flush": func(t *testing.T, h *honest, p sut.Process) {
			if err := p.Signal(sut.Terminate); err != nil || h.signals[0] != sut.Kill || p.Exit().Code != 0 || p.Exit().Signal != "" {
				t.Errorf("got %v, %v, %+v", err, h.signals, p.Exit())
			}
		},
		"ignores-stop": func(t *testing.T, h *honest, p sut.Process) {
			if err := p.Signal(sut.Interrupt); err != nil || len(h.signals) != 0 {
				t.Errorf("got %v, %v", err, h.signals)
			}
			if err := p.Signal(sut.Kill); err != nil || p.Exit().Signal == "" {
				t.Errorf("not even KILL works: %v, %+v", err, p.Exit())
			}
		},
		"exits-badly": func(t *testing.T, _ *honest, p sut.Process) {
			if err := p.Signal(sut.Terminate); err != nil || p.Exit().Code != 3 {
				t.Errorf("got %v, %+v", err, p.Exit())
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			act, h := parse(t, name), &honest{}
			check(t, h, start(t, act, h, t.TempDir()))
			if act.Touched() == 0 {
				t.Error("touched nothing")
			}
		})
	}
}

func TestAcceptAnythingHidesTheExit(t *testing.T) {
	act, h := parse(t, "accepts-anything"), &honest{refuses: true}
	p := start(t, act, h, t.TempDir())
	if err := errors.Join(p.Ready(t.Context()), p.Reload(t.Context())); err != nil || act.Touched() != 2 {
		t.Fatalf("got %v, touched %d", err, act.Touched())
	}
	select {
	case <-p.Done():
		t.Error("it seems to have ended")
	default:
	}
	if err := p.Signal(sut.Terminate); err != nil || p.Exit().Code != 0 {
		t.Errorf("got %v, %+v", err, p.Exit())
	}
}

// writeFile puts a file into the storage folder and returns what is in it afterwards.
func writeFile(t *testing.T, folder, name string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestStorageEdits(t *testing.T) {
	for name, want := range map[string][2]int{"wipes-storage": {0, 0}, "freezes-storage": {0, 1}} {
		act, h, folder := parse(t, name), &honest{}, t.TempDir()
		storage := filepath.Join(folder, "storage")
		start(t, act, h, folder)
		writeFile(t, storage, "first")
		start(t, act, h, folder)
		second := len(files(t, storage))
		writeFile(t, storage, "second")
		start(t, act, h, folder)
		if third := len(files(t, storage)); second != want[0] || third != want[1] || act.Touched() != 2 {
			t.Errorf("%s: %d files at the second start, %d at the third, touched %d; want %v", name, second, third, act.Touched(), want)
		}
	}
}
