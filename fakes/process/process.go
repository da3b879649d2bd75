// Package process runs a set of fakes as a program does: start with [Run] and [Options]. It prints where the fakes listen, as one line of
// JSON, and then a line for each request that was answered, for people to read. Who wants the data in a test uses the fakes' own packages.
package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pprof"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// Options say which fakes to run; a nil one is not. At least one is needed.
type Options struct {
	Mimir      *mimir.Options
	Pyroscope  *pyroscope.Options
	Pprof      *pprof.Options
	Exposition *exposition.Options
}

// running is one fake of the set.
type running struct {
	name string
	*server.Server
	describe func(journal.Exchange) string // what a request carried
}

var errNone = errors.New("no fake to run")

// Run starts the fakes, prints their addresses ({"mimir":"127.0.0.1:9009",...}) and then what arrives, until the context ends; that is no
// error. All fakes are closed when it returns. An error is that none was asked for, that one cannot start, or that out cannot be written.
func Run(ctx context.Context, options Options, out io.Writer) error {
	fakes, err := start(options)
	defer func() {
		for _, f := range fakes {
			f.Close()
		}
	}()
	if err != nil {
		return err
	}
	if err := printAddresses(out, fakes); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	lines := &printer{out: out, failed: stop}
	var followers sync.WaitGroup
	for _, f := range fakes {
		followers.Go(func() { f.follow(ctx, lines) })
	}
	followers.Wait()
	return lines.err
}

// start begins what was asked for, in the order of the table below. What runs already comes back with an error too.
func start(o Options) ([]running, error) {
	table := []struct {
		name   string
		wanted bool
		start  func() (running, error)
	}{
		{"mimir", o.Mimir != nil, func() (running, error) { return startMimir(*o.Mimir) }},
		{"pyroscope", o.Pyroscope != nil, func() (running, error) { return startPyroscope(*o.Pyroscope) }},
		{"pprof", o.Pprof != nil, func() (running, error) { return startPprof(*o.Pprof) }},
		{"exposition", o.Exposition != nil, func() (running, error) { return startExposition(*o.Exposition) }},
	}
	var fakes []running
	for _, row := range table {
		if !row.wanted {
			continue
		}
		f, err := row.start()
		if err != nil {
			return fakes, fmt.Errorf("start fake %s: %w", row.name, err)
		}
		f.name = row.name
		fakes = append(fakes, f)
	}
	if len(fakes) == 0 {
		return nil, errNone
	}
	return fakes, nil
}

func startMimir(o mimir.Options) (running, error) {
	m, err := mimir.Start(o)
	if err != nil {
		return running{}, err
	}
	return running{Server: m.Server, describe: func(e journal.Exchange) string { return describeWrite(m.Decode(e)) }}, nil
}

func startPyroscope(o pyroscope.Options) (running, error) {
	p, err := pyroscope.Start(o)
	if err != nil {
		return running{}, err
	}
	return running{Server: p.Server, describe: func(e journal.Exchange) string { return describePush(p.Decode(e)) }}, nil
}

func startPprof(o pprof.Options) (running, error) {
	p, err := pprof.Start(o)
	if err != nil {
		return running{}, err
	}
	return running{Server: p.Server, describe: describeScrape}, nil
}

func startExposition(o exposition.Options) (running, error) {
	x, err := exposition.Start(o)
	if err != nil {
		return running{}, err
	}
	return running{Server: x.Server, describe: describeScrape}, nil
}

func printAddresses(out io.Writer, fakes []running) error {
	addresses := map[string]string{}
	for _, f := range fakes {
		addresses[f.name] = f.Addr()
	}
	line, err := json.Marshal(addresses)
	if err != nil {
		return fmt.Errorf("print addresses: %w", err)
	}
	if _, err := fmt.Fprintf(out, "%s\n", line); err != nil {
		return fmt.Errorf("print addresses: %w", err)
	}
	return nil
}
