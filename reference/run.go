package reference

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Env is the world of a command: everything that a process would take from its operating system. Only Args is needed.
type Env struct {
	// Args are the words after the program's name: "run", "config.river", "--storage.path", "/tmp/x".
	Args []string
	// Stdin is read for a configuration file named "-". nil is empty.
	Stdin io.Reader
	// Stdout takes results, Stderr the log and what went wrong. nil discards.
	Stdout, Stderr io.Writer
	// Dial and Listen are the network; nil is the real one.
	Dial   component.DialFunc
	Listen func(network, addr string) (net.Listener, error)
	// Getenv looks up environment variables; nil finds none.
	Getenv func(string) string
	// Reload asks for a reload with each value, as SIGHUP does.
	Reload <-chan struct{}
}

// UsageError is a command line that cannot be understood.
type UsageError struct{ message string }

// Error is one line.
func (e *UsageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &UsageError{fmt.Sprintf(format, args...)}
}

const usage = `usage: reference COMMAND

  run CONFIG [flags]     run the agent until it is interrupted
  validate CONFIG        check a configuration without running it
  fmt [-w] CONFIG        print a configuration in its canonical form; -w writes it back to the file
  version                print the version

A CONFIG of - is read from standard input. Flags of run:
`

// Run does what the arguments say and returns when it is done; an agent runs until ctx is done. Everything that a user
// must see, the reason of an error included, is written to Stdout and Stderr. The error is a *UsageError for a wrong
// command line, and of type river.Diagnostics for a configuration that is refused.
func Run(ctx context.Context, env Env) error {
	env = env.withDefaults()
	err := env.dispatch(ctx)
	if errors.Is(err, flag.ErrHelp) {
		env.help(env.Stdout)
		return nil
	}
	if err != nil {
		fmt.Fprint(env.Stderr, explain(err))
	}
	return err
}

// explain puts the program's name in front of what is not told line by line of a configuration: those begin with their place.
func explain(err error) string {
	if list := (river.Diagnostics)(nil); errors.As(err, &list) {
		return river.Explain(err)
	}
	return "reference: " + err.Error() + "\n"
}

func (env Env) withDefaults() Env {
	if env.Stdin == nil {
		env.Stdin = strings.NewReader("")
	}
	if env.Stdout == nil {
		env.Stdout = io.Discard
	}
	if env.Stderr == nil {
		env.Stderr = io.Discard
	}
	return env
}

func (env Env) help(w io.Writer) {
	fmt.Fprint(w, usage)
	flags, _ := runFlags()
	flags.SetOutput(w)
	flags.PrintDefaults()
}

func (env Env) dispatch(ctx context.Context) error {
	commands := map[string]func(context.Context, []string) error{
		"run": env.run, "validate": env.validate, "fmt": env.format, "version": env.version,
	}
	if len(env.Args) == 0 {
		return usagef("no command given: use run, validate, fmt or version, or --help")
	}
	name, args := env.Args[0], env.Args[1:]
	switch name {
	case "help", "--help", "-help", "-h":
		return flag.ErrHelp
	}
	command, ok := commands[name]
	if !ok {
		return usagef("unknown command %q%s", name, hint(name, []string{"run", "validate", "fmt", "version"}))
	}
	return command(ctx, args)
}

// hint suggests the nearest spelling.
func hint(word string, known []string) string {
	if near := river.Nearest(word, known); near != "" {
		return ", did you mean " + near + "?"
	}
	return ": use " + strings.Join(known, ", ")
}

// config is what all commands take from the environment.
func (env Env) config(file string) Config {
	c := Config{
		ConfigPath: file, Dial: env.Dial, Listen: env.Listen, Getenv: env.Getenv,
		Logger: slog.New(slog.NewTextHandler(env.Stderr, nil)),
	}
	if file == "-" {
		// A reload means the same text: standard input is read once.
		text, err := io.ReadAll(env.Stdin)
		c.ConfigPath = "<stdin>"
		c.ReadConfig = func() ([]byte, error) { return text, err }
	}
	return c
}

func (env Env) run(ctx context.Context, args []string) error {
	flags, s := runFlags()
	file, err := parse(flags, args)
	if err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(s.listen); err != nil {
		return usagef("--server.http.listen-addr %q is not an address: write host:port, for example %s", s.listen, DefaultListenAddr)
	}
	config := env.config(file)
	config.StoragePath, config.ListenAddr, config.ShutdownTimeout = s.storage, s.listen, s.shutdown
	if s.shutdown <= 0 {
		config.ShutdownTimeout = -1
	}
	a, err := New(config)
	if err != nil {
		return explainPort(err, s.listen)
	}
	env.announce(a)
	defer env.watchReload(a)()
	return a.Run(ctx)
}

// explainPort adds the way out to the error of a port that cannot be opened.
func explainPort(err error, addr string) error {
	var network *net.OpError
	if errors.As(err, &network) && network.Op == "listen" {
		return fmt.Errorf("%w; free %s or choose another address with --server.http.listen-addr", err, addr)
	}
	return err
}

// announce prints the address that was chosen, as one line of JSON.
func (env Env) announce(a *Agent) {
	json.NewEncoder(env.Stdout).Encode(map[string]string{"http": a.Addr().String()})
}

// watchReload reloads whenever it is asked to, until the function it returns is called.
func (env Env) watchReload(a *Agent) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case _, ok := <-env.Reload:
				if !ok {
					return
				}
				a.reloadAndLog()
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}
