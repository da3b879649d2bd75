// Package profilewrite sends profiles to Pyroscope: the components phlare.write and pyroscope.write, which [Phlare] and
// [Pyroscope] define. Both export a receiver and push what it is given to all their endpoints at once.
//
// It keeps nothing on disk and does not look into profiles.
package profilewrite

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
	"github.com/touchstone-telemetry/touchstone/reference/profile"
)

// Exports is what other components may refer to.
type Exports struct {
	Receiver profile.Receiver `river:"receiver,attr"`
}

// Phlare defines the component phlare.write.
func Phlare() component.Definition {
	return component.Definition{
		Name:      "phlare.write",
		Arguments: func() any { return new(PhlareArguments) },
		Build: func(opts component.Options, args any) (component.Component, error) {
			return newWriter("phlare.write", opts, args)
		},
	}
}

// Pyroscope defines the component pyroscope.write.
func Pyroscope() component.Definition {
	return component.Definition{
		Name:      "pyroscope.write",
		Arguments: func() any { return new(PyroscopeArguments) },
		Build: func(opts component.Options, args any) (component.Component, error) {
			return newWriter("pyroscope.write", opts, args)
		},
	}
}

// Writer is a phlare.write or pyroscope.write component, and the receiver that it exports.
type Writer struct {
	opts    component.Options
	metrics *metrics
	// closing is closed when no further waiting is allowed: each delivery gets one more attempt.
	closing chan struct{}
	// killed is done when even attempts in flight have to end.
	killed context.Context
	kill   context.CancelFunc
	gate   gate

	mu    sync.Mutex // guards state
	state state
}

// state is what a reload exchanges as a whole. It is never changed in place.
type state struct {
	external  map[string]string
	endpoints []*endpoint
}

// arguments are PhlareArguments and PyroscopeArguments.
type arguments interface{ settings() settings }

func newWriter(name string, opts component.Options, args any) (*Writer, error) {
	m, err := newMetrics(name, opts.Registerer)
	if err != nil {
		return nil, err
	}
	w := &Writer{opts: opts, metrics: m, closing: make(chan struct{}), gate: newGate()}
	w.killed, w.kill = context.WithCancel(context.Background())
	change, err := w.Prepare(args)
	if err != nil {
		return nil, err
	}
	change.Commit()
	return w, nil
}

// Exports implements component.Component.
func (w *Writer) Exports() any { return Exports{Receiver: w} }

// TypeName implements river.TypeNamer.
func (w *Writer) TypeName() string { return "ProfilesReceiver" }

// Append implements profile.Receiver. The profile goes to all endpoints at the same time; Append returns when each of them
// has taken it or has been given up, with the errors of all that failed. An endpoint that is still busy with an earlier
// profile of the same labels is passed over.
func (w *Writer) Append(ctx context.Context, p profile.Profile) error {
	if !w.gate.enter() {
		return errStopped
	}
	defer w.gate.leave()
	s := w.snapshot()
	push, err := newPush(p, s.external)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.killed, cancel)()
	return w.fanOut(ctx, s.endpoints, push)
}

func (w *Writer) fanOut(ctx context.Context, endpoints []*endpoint, p *push) error {
	errs := make([]error, len(endpoints))
	var deliveries sync.WaitGroup
	for i, e := range endpoints {
		deliveries.Go(func() {
			errs[i] = (&delivery{writer: w, endpoint: e, push: p}).run(ctx)
		})
	}
	deliveries.Wait()
	return errors.Join(errs...)
}

func (w *Writer) snapshot() state {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// Run implements component.Component. When ctx is done, deliveries that wait for a retry try once more, and all get the
// shutdown timeout to end; then they are cut off.
func (w *Writer) Run(ctx context.Context) error {
	<-ctx.Done()
	close(w.closing)
	cut := time.AfterFunc(w.opts.ShutdownTimeout, w.kill)
	defer cut.Stop()
	w.gate.close()
	w.Discard()
	return nil
}

// Discard implements component.Component.
func (w *Writer) Discard() {
	w.kill()
	for _, e := range w.snapshot().endpoints {
		if r := e.route(); r != nil {
			r.client.Close()
		}
	}
}

// httpOptions are those of every endpoint's client.
func (w *Writer) httpOptions() httpclient.Options {
	return httpclient.Options{Dial: w.opts.Dial, Getenv: w.opts.Getenv, UserAgent: w.opts.UserAgent}
}
