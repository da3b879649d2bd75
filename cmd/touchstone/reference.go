package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/reference"
)

// newReferenceCommand hands its arguments to the reference as they are: it has its own flags, help and exit codes.
func newReferenceCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reference COMMAND", Short: "Run the reference agent: run, validate, fmt, version",
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			requests, stop := hangups(cmd.Context())
			defer stop()
			err := reference.Run(cmd.Context(), reference.Env{
				Args: args, Stdin: cmd.InOrStdin(), Stdout: cmd.OutOrStdout(), Stderr: cmd.ErrOrStderr(),
				Getenv: os.Getenv, Reload: requests,
			})
			var usage *reference.UsageError
			switch {
			case err == nil:
				return nil
			case errors.As(err, &usage):
				return &outcome{code: 2} // it has said why
			}
			return &outcome{code: 1}
		},
	}
}

// hangups turns SIGHUP into requests to reload. Several that come while one is being served count as one.
func hangups(ctx context.Context) (requests <-chan struct{}, stop func()) {
	signals, out := make(chan os.Signal, 1), make(chan struct{})
	ctx, cancel := context.WithCancel(ctx)
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-signals:
			case <-ctx.Done():
				return
			}
			select {
			case out <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() {
		signal.Stop(signals)
		cancel()
	}
}
