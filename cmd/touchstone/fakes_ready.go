package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/fakes/client"
)

// defaultControl is where commands look for the control API when nobody says.
const defaultControl = "http://127.0.0.1:9990"

// newFakesReadyCommand is `touchstone fakes ready`.
func newFakesReadyCommand() *cobra.Command {
	var wait time.Duration
	var at string
	cmd := &cobra.Command{
		Use:   "ready",
		Short: "Tell whether a process of fakes is ready",
		Long:  `Asks a process of fakes whether it is ready, again and again for as long as --wait says. It exits 0 when it is, and 1 when it is not.`,
		Example: `  touchstone fakes --mimir 9009 --control 9990 &
  touchstone fakes ready --wait 10s --control http://127.0.0.1:9990`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeoutCause(cmd.Context(), max(wait, time.Second), fmt.Errorf("not ready after %s", wait))
			defer cancel()
			if err := client.Ready(ctx, controlURL(at)); err != nil {
				return &outcome{report.ExitFailed, err}
			}
			return nil
		},
	}
	cmd.Flags().DurationVar(&wait, "wait", 0, "wait so long for it; 0 asks once")
	addControlFlag(cmd, &at)
	return cmd
}

func addControlFlag(cmd *cobra.Command, at *string) {
	cmd.Flags().StringVar(at, "control", defaultControl, "the control API's `URL`, or just its host:port or port")
}

// controlURL completes what stands in --control: the address that `touchstone fakes` prints will do.
func controlURL(text string) string {
	switch {
	case strings.Contains(text, "://"):
		return text
	case strings.Contains(text, ":"):
		return "http://" + text
	}
	return "http://" + net.JoinHostPort("127.0.0.1", text)
}
