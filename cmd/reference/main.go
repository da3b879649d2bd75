// Command reference is the reference agent alone.
//
// It exits 0 after an orderly stop, 1 when it could not run, for example because its configuration was refused, and 2 for
// a wrong command line. SIGTERM and SIGINT stop it, a second one at once; SIGHUP reloads the configuration.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/touchstone-telemetry/touchstone/reference"
)

func main() {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// From the first signal on the next one does what it does to any program.
	context.AfterFunc(ctx, release)
	err := reference.Run(ctx, reference.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Reload: hangups(),
	})
	os.Exit(exitCode(err))
}

// hangups turns SIGHUP into requests to reload. Several that come while one is being served count as one.
func hangups() <-chan struct{} {
	signals, requests := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for range signals {
			requests <- struct{}{}
		}
	}()
	return requests
}

func exitCode(err error) int {
	var usage *reference.UsageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return 2
	}
	return 1
}
