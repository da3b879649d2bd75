package adapter

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/reference"
	"github.com/touchstone-telemetry/touchstone/reference/wal"
)

// referenceAgent drives the reference: inside this process on the virtual lane, as a program on the real one.
type referenceAgent struct {
	// argv is the program with its first arguments; without it the real lane is served inside this process, too.
	argv []string
	// given is set when somebody named the program: it is judged then, and not what is linked into this process.
	given bool
}

// Reference returns the adapter of the reference that is linked into this process. On the real lane it runs the program argv
// (the running executable with the argument "reference", for example); without one it runs inside this process on real sockets.
func Reference(argv ...string) sut.Adapter { return &referenceAgent{argv: argv} }

// ReferenceProgram returns the adapter of a reference that was built as a program of its own. It has the real lane only.
func ReferenceProgram(path string) sut.Adapter {
	return &referenceAgent{argv: []string{path}, given: true}
}

func (a *referenceAgent) Name() string { return "reference" }

func (a *referenceAgent) Lanes() []sut.Lane {
	if a.given {
		return []sut.Lane{sut.Real}
	}
	return []sut.Lane{sut.Virtual, sut.Real}
}

func (a *referenceAgent) Probe(ctx context.Context) (sut.Info, error) {
	info := sut.Info{Name: a.Name(), Version: reference.Version(), Can: sut.Capabilities()}
	if !a.given {
		return info, nil
	}
	info.Path = a.argv[0]
	var err error
	info.Version, err = version(ctx, info.Path, "version")
	return info, err
}

// ReadLogs reads the logs of all prometheus.remote_write components.
func (a *referenceAgent) ReadLogs(storage string) ([]observe.Log, error) {
	folders, err := filepath.Glob(filepath.Join(storage, "prometheus.remote_write.*"))
	if err != nil {
		return nil, err
	}
	var logs []observe.Log
	for _, folder := range folders {
		listing, err := wal.Inspect(folder)
		if err != nil {
			return nil, fmt.Errorf("read the log in %s: %w", folder, err)
		}
		logs = append(logs, logOf(filepath.Base(folder)+"/wal", listing))
	}
	return logs, nil
}

func logOf(folder string, in wal.Listing) observe.Log {
	out := observe.Log{Folder: folder}
	if in.Checkpoint >= 0 {
		out.Checkpoint = &in.Checkpoint
	}
	for _, f := range in.Files {
		if n, err := strconv.Atoi(filepath.Base(f.Name)); err == nil && !f.Checkpoint {
			out.Segments = append(out.Segments, n)
		}
	}
	for _, s := range in.Series {
		stored := observe.StoredSeries{}
		for _, l := range s.Labels {
			stored.Labels = append(stored.Labels, labels.Label{Name: l.Name, Value: l.Value})
		}
		for _, sample := range s.Samples {
			stored.Times = append(stored.Times, sample.T)
		}
		slices.Sort(stored.Times)
		out.Samples = append(out.Samples, stored)
	}
	return out
}

func (a *referenceAgent) Start(_ context.Context, setup sut.Setup) (sut.Process, error) {
	file := filepath.Join(setup.Folder, "config.river")
	configure := func(config []byte) error { return os.WriteFile(file, config, 0o600) }
	if err := configure(setup.Config); err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	args := []string{"run", "--storage.path=" + setup.Storage, "--server.http.listen-addr=127.0.0.1:0", file}
	if setup.Lane == sut.Virtual || len(a.argv) == 0 {
		return a.inside(setup, args, configure), nil
	}
	return program{
		agent: a.Name(), path: a.argv[0], args: append(a.argv[1:len(a.argv):len(a.argv)], args...), setup: setup,
		find: announced, ready: "/-/ready", reload: "/-/reload", configure: configure,
	}.start()
}

// getenv looks variables up in a list of NAME=VALUE, of which the last one counts.
func getenv(env []string) func(string) string {
	return func(name string) string {
		for _, pair := range slices.Backward(env) {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

func (a *referenceAgent) inside(setup sut.Setup, args []string, configure func([]byte) error) sut.Process {
	p := newInside(a.Name(), setup)
	p.configure = configure
	p.run(func(ctx context.Context, w world) error {
		return reference.Run(ctx, reference.Env{
			Args: args, Stdin: nil, Stdout: w.output, Stderr: w.output,
			Dial: w.dial, Listen: w.listen, Getenv: getenv(p.setup.Env), Reload: w.hangup,
		})
	})
	return p
}
