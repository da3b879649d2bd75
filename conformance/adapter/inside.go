package adapter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// world is what an agent inside this process may use.
type world struct {
	output io.Writer
	dial   func(ctx context.Context, network, addr string) (net.Conn, error)
	listen func(network, addr string) (net.Listener, error)
	hangup <-chan struct{}
}

// inside is an agent that runs inside this process: a function with a network of its own, so that it can be cut off.
type inside struct {
	agent     string
	setup     sut.Setup
	configure func(config []byte) error
	wires     *wires
	output    *lineWriter
	client    *http.Client
	hangup    chan struct{}
	cancel    context.CancelFunc
	done      chan struct{}
	gone      chan struct{}

	mu      sync.Mutex
	ended   bool     // guarded by mu
	exit    sut.Exit // guarded by mu
	storage string   // guarded by mu
}

// newInside prepares an agent inside this process. It runs from run on.
func newInside(agent string, setup sut.Setup) *inside {
	dial := setup.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	listen := setup.Listen
	if listen == nil {
		listen = net.Listen
	}
	return &inside{
		agent: agent, setup: setup, storage: setup.Storage,
		wires:  &wires{dial: dial, listen: listen, open: map[io.Closer]bool{}},
		output: &lineWriter{to: setup.Output, find: announced},
		client: newClient(dial),
		hangup: make(chan struct{}, 1),
		done:   make(chan struct{}),
		gone:   make(chan struct{}),
	}
}

// run starts the agent. It ends when main returns or is killed.
func (p *inside) run(main func(ctx context.Context, w world) error) {
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	go func() {
		defer close(p.gone)
		defer cancel()
		exit := sut.Exit{}
		if err := main(ctx, world{output: p.output, dial: p.wires.Dial, listen: p.wires.Listen, hangup: p.hangup}); err != nil {
			exit = sut.Exit{Code: exitCode(err), Error: err.Error()}
		}
		p.end(exit)
	}()
}

// exited is the error of an agent that wants to end with a certain code.
type exited int

func (e exited) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func exitCode(err error) int {
	var code exited
	if errors.As(err, &code) {
		return int(code)
	}
	return 1
}

// end records the exit and tells whether it was the first one.
func (p *inside) end(exit sut.Exit) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	p.ended = true
	exit.At = time.Now()
	p.exit = exit
	close(p.done)
	return true
}

func (p *inside) URL() string           { return p.output.found() }
func (p *inside) Done() <-chan struct{} { return p.done }
func (p *inside) Gone() <-chan struct{} { return p.gone }

func (p *inside) Exit() sut.Exit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.exit
}

func (p *inside) Storage() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.storage
}

func (p *inside) Ready(ctx context.Context) error { return awaitReady(ctx, p.client, p, "/-/ready") }

func (p *inside) Configure(config []byte) error { return p.configure(config) }

func (p *inside) Reload(ctx context.Context) error {
	return postReload(ctx, p.client, p.URL()+"/-/reload")
}

func (p *inside) Signal(s sut.Signal) error {
	switch s {
	case sut.Hangup:
		select {
		case p.hangup <- struct{}{}:
		default: // one is waiting already
		}
	case sut.Kill:
		return p.kill()
	default:
		p.cancel()
	}
	return nil
}

// kill does what kill -9 looks like from outside: connections break, nothing is written any more to the folder that the
// next start gets. The goroutines then end by themselves, without a network and in the old folder.
func (p *inside) kill() error {
	select {
	case <-p.done:
		return nil
	default:
	}
	p.wires.cut()
	next := fmt.Sprintf("%s-after-%d", p.setup.Storage, time.Now().UnixNano())
	err := copyFolder(next, p.setup.Storage)
	if p.end(sut.Exit{Code: -1, Signal: "killed"}) && err == nil {
		p.mu.Lock()
		p.storage = next
		p.mu.Unlock()
	}
	p.cancel()
	if err != nil {
		return fmt.Errorf("copy the storage of %s: %w", p.agent, err)
	}
	return nil
}

func copyFolder(to, from string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return os.CopyFS(to, os.DirFS(from))
}

// wires is a network that can be cut. Safe for concurrent use.
type wires struct {
	dial   sut.DialFunc
	listen sut.ListenFunc

	mu   sync.Mutex
	open map[io.Closer]bool // guarded by mu
	dead bool               // guarded by mu
}

var errCut = errors.New("the agent was killed")

// keep remembers something to cut. It is false when everything was cut already.
func (w *wires) keep(c io.Closer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.dead {
		w.open[c] = true
	}
	return !w.dead
}

func (w *wires) forget(c io.Closer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, c)
}

// cut breaks all connections and listeners and lets no new ones come.
func (w *wires) cut() {
	w.mu.Lock()
	w.dead = true
	open := w.open
	w.open = map[io.Closer]bool{}
	w.mu.Unlock()
	for c := range open {
		if r, ok := c.(interface{ SetLinger(int) error }); ok {
			_ = r.SetLinger(0) // a reset, not a goodbye
		}
		_ = c.Close()
	}
}

func (w *wires) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := w.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	if !w.keep(c) {
		_ = c.Close()
		return nil, errCut
	}
	return &wire{Conn: c, wires: w}, nil
}

func (w *wires) Listen(network, addr string) (net.Listener, error) {
	l, err := w.listen(network, addr)
	if err != nil {
		return nil, err
	}
	if !w.keep(l) {
		_ = l.Close()
		return nil, errCut
	}
	return &socket{Listener: l, wires: w}, nil
}

// wire is one outgoing or incoming connection.
type wire struct {
	net.Conn
	wires *wires
}

func (c *wire) Close() error {
	c.wires.forget(c.Conn)
	return c.Conn.Close()
}

// socket is a listener whose connections are cut with the rest.
type socket struct {
	net.Listener
	wires *wires
}

func (s *socket) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if !s.wires.keep(c) {
		_ = c.Close()
		return nil, errCut
	}
	return &wire{Conn: c, wires: s.wires}, nil
}

func (s *socket) Close() error {
	s.wires.forget(s.Listener)
	return s.Listener.Close()
}
