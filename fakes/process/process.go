// Package process runs a set of fakes as a program does: start with [Run], [Options] and [ReadConfig]. It prints where the fakes and their control API listen,
// as one line of JSON, and then a line for each request that ended, for people to read. Who wants the data in a test uses the fakes' own
// packages, or package client.
package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// ControlName is the name under which the address of the control API is printed. No fake may have it.
const ControlName = "control"

// Options say what to run. At least one fake is needed.
type Options struct {
	Config
	// Listen opens all listeners; nil means real sockets.
	Listen func(network, address string) (net.Listener, error)
	// Page and Query are those of [control.Options].
	Page  http.Handler
	Query control.Query
}

var errNone = errors.New("no fake to run")

// Run starts the fakes, prints their addresses ({"mimir":"127.0.0.1:9009",...,"control":"127.0.0.1:9990"}) and then what arrives, until the context
// ends; that is no error. Before what arrives comes the seed of each script that leaves something to chance. Everything is closed when it returns. An error is that no fake was asked for, that something cannot start, that the control
// API would listen beyond loopback or at the port of a fake, or that out cannot be written.
func Run(ctx context.Context, o Options, out io.Writer) error {
	if o.Listen == nil {
		o.Listen = net.Listen
	}
	if err := o.check(); err != nil {
		return err
	}
	listener, err := o.Listen("tcp", o.controlAddress())
	if err != nil {
		return fmt.Errorf("start the control API at %q: %w", o.controlAddress(), err)
	}
	server, err := control.New(control.Options{
		Fakes: o.Fakes, Bind: o.Bind, Listen: o.Listen, Page: o.Page, Query: o.Query, Hosts: o.ControlHosts,
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return serve(ctx, o, server, listener, out)
}

// check refuses what would be dangerous or could not be told apart.
func (o Options) check() error {
	if len(o.Fakes) == 0 {
		return errNone
	}
	address := o.controlAddress()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("control API at %q: want host:port or a port: %w", address, err)
	}
	if !o.Expose && !isLoopback(host) {
		return fmt.Errorf("control API at %q: that is not loopback, and who may connect may do everything: to want that, say so (--expose-control, or "+
			"expose: true in the file)", address)
	}
	for _, spec := range o.Fakes {
		if spec.Name == ControlName {
			return fmt.Errorf("a fake may not be called %q: that is the control API", ControlName)
		}
		if _, other, err := net.SplitHostPort(control.Address(o.Bind, spec.Addr)); err == nil && other == port && port != "0" {
			return fmt.Errorf("control API at %q: a %s has the same port %s: the API needs one of its own", address, spec.Kind, port)
		}
	}
	return nil
}

func (o Options) controlAddress() string { return control.Address("127.0.0.1", o.Control) }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// headTimeout is how long a client may take to say what it wants; goodbye is how long its answer may take when everything ends.
const (
	headTimeout = 10 * time.Second
	goodbye     = 2 * time.Second
)

// serve prints and serves until the context ends or out cannot be written.
func serve(ctx context.Context, o Options, server *control.Server, listener net.Listener, out io.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	lines := &printer{out: out, failed: stop}
	api := &http.Server{Handler: server.Handler(), ReadHeaderTimeout: headTimeout}
	var running sync.WaitGroup
	running.Go(func() { _ = api.Serve(listener) }) // ends with http.ErrServerClosed, below
	lines.print(addresses(server.Fakes(), listener))
	if o.Quiet {
		<-ctx.Done()
	} else {
		lines.seeds(server.Fakes())
		server.Watch(ctx, lines.request, lines.missed)
	}
	server.Close() // ends waits and streams, so that the API has nothing left to do
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if api.Shutdown(last) != nil {
		_ = api.Close() // who has not taken an answer by now will not
	}
	running.Wait()
	return lines.err
}

func addresses(fakes []api.Fake, listener net.Listener) string {
	at := map[string]string{ControlName: listener.Addr().String()}
	for _, f := range fakes {
		at[f.Name] = f.Addr
	}
	line, err := json.Marshal(at)
	if err != nil { // texts can be written
		panic(err)
	}
	return string(line)
}
