// Package reference is a telemetry agent that does exactly what the five pages say: it scrapes metrics and profiles and
// pushes them. Other agents are compared with it.
//
// Use [Run] for the agent as a command line has it, or [New] and [Agent.Run] for the agent as a value in a program. Time is
// the standard library's and the network is injected, so the agent runs in a testing/synctest bubble too. The package knows
// nothing of fakes and scenarios.
package reference

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// The defaults of Config.
const (
	DefaultStoragePath     = "./data-agent"
	DefaultListenAddr      = "127.0.0.1:12345"
	DefaultShutdownTimeout = 5 * time.Second
)

// Config is what an agent is made of. Only ConfigPath or ReadConfig is needed.
type Config struct {
	// ConfigPath is the configuration file. It names the file in messages also when ReadConfig is set.
	ConfigPath string
	// ReadConfig returns the text of the configuration, at the start and at each reload. nil reads ConfigPath.
	ReadConfig func() ([]byte, error)
	// StoragePath is the folder below which each component keeps its data; empty means DefaultStoragePath.
	StoragePath string
	// ListenAddr is host:port of the HTTP server, port 0 for any free one; empty means DefaultListenAddr.
	ListenAddr string
	// ShutdownTimeout bounds how long components flush when the agent stops. 0 means DefaultShutdownTimeout, less than 0
	// not at all.
	ShutdownTimeout time.Duration
	// Logger takes the log; nil discards it.
	Logger *slog.Logger
	// Dial opens all outgoing connections; nil uses the network.
	Dial component.DialFunc
	// Listen opens the HTTP server's listener; nil uses the network.
	Listen func(network, addr string) (net.Listener, error)
	// Getenv looks up environment variables for env("NAME") and proxy settings; nil finds none.
	Getenv func(string) string
	// Components are the components that a configuration may use; nil means Components().
	Components []component.Definition
}

// withDefaults returns the configuration with nothing left open.
func (c Config) withDefaults() Config {
	if c.ReadConfig == nil {
		path := c.ConfigPath
		c.ReadConfig = func() ([]byte, error) { return os.ReadFile(path) }
	}
	if c.StoragePath == "" {
		c.StoragePath = DefaultStoragePath
	}
	if c.ListenAddr == "" {
		c.ListenAddr = DefaultListenAddr
	}
	if c.ShutdownTimeout == 0 {
		c.ShutdownTimeout = DefaultShutdownTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	if c.Listen == nil {
		c.Listen = net.Listen
	}
	if c.Getenv == nil {
		c.Getenv = func(string) string { return "" }
	}
	if c.Components == nil {
		c.Components = Components()
	}
	return c
}

// Agent is one agent. Its methods are safe for concurrent use; Run is called once.
type Agent struct {
	config   Config
	graph    *component.Graph
	listener net.Listener
	metrics  *metrics
	handler  http.Handler
	stopping atomic.Bool
}

// New reads and loads the configuration and opens the HTTP server's port. A configuration that is refused is an error of
// type river.Diagnostics. An agent that is never run must be closed.
func New(config Config) (*Agent, error) {
	config = config.withDefaults()
	a := &Agent{
		config: config,
		graph: component.NewGraph(component.GraphOptions{
			Definitions:     config.Components,
			Logger:          config.Logger,
			StoragePath:     config.StoragePath,
			Dial:            config.Dial,
			Getenv:          config.Getenv,
			UserAgent:       "touchstone-reference/" + Version(),
			ShutdownTimeout: max(0, config.ShutdownTimeout),
		}),
	}
	a.metrics = newMetrics(a.graph)
	a.handler = a.routes()
	if err := a.Reload(); err != nil {
		a.graph.Stop()
		return nil, err
	}
	var err error
	if a.listener, err = config.Listen("tcp", config.ListenAddr); err != nil {
		a.graph.Stop()
		return nil, fmt.Errorf("open the HTTP server's port: %w", err)
	}
	return a, nil
}

// Addr is the address of the HTTP server.
func (a *Agent) Addr() net.Addr { return a.listener.Addr() }

// Reload reads the configuration again and puts it in force as a whole. If it is refused nothing changes; the error is of
// type river.Diagnostics when the text is at fault.
func (a *Agent) Reload() error {
	err := a.load()
	a.metrics.loaded(err)
	return err
}

// reloadAndLog is Reload for those who ask from outside.
func (a *Agent) reloadAndLog() error {
	err := a.Reload()
	if err != nil {
		a.config.Logger.Error("configuration refused, the old one stays in force", "err", err)
	} else {
		a.config.Logger.Info("configuration reloaded")
	}
	return err
}

func (a *Agent) load() error {
	text, err := a.config.ReadConfig()
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	file, err := river.Parse(a.config.ConfigPath, text)
	if err != nil {
		return err
	}
	return a.graph.Load(file)
}

// Run works until ctx is done, then stops: components flush for at most Config.ShutdownTimeout, the HTTP server goes on
// answering until they have. It returns nil after an orderly stop.
func (a *Agent) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	server := &http.Server{
		Handler:           a.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(a.config.Logger.Handler(), slog.LevelWarn),
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			cancel(fmt.Errorf("serve HTTP: %w", err))
		}
	}()
	context.AfterFunc(ctx, func() { a.stopping.Store(true) })
	a.graph.Run(ctx)
	err := failure(ctx)
	shutDown(server)
	<-served
	return err
}

// failure is why the agent stopped, unless it was asked to.
func failure(ctx context.Context) error {
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// shutDown gives answers that are under way a moment to finish.
func shutDown(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		server.Close()
	}
}

// Close releases what New acquired when the agent is not run.
func (a *Agent) Close() error {
	a.graph.Stop()
	return a.listener.Close()
}
