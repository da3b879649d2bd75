package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/bench/ceiling"
	"github.com/touchstone-telemetry/touchstone/bench/ceiling/host"
)

func newBenchFakesCommand() *cobra.Command {
	var (
		opts    ceiling.Options
		handler string
		report  string
	)
	cmd := &cobra.Command{
		Use:   "fakes",
		Short: "Measure how much each fake takes on one core, beside Prometheus' own write handler",
		Long: `Starts each fake in a process of its own that may use one core, in turns, sends it prepared requests and prints how much
it took for each second of CPU time. The fake Mimir runs beside Prometheus' own remote-write handler in front of an appender
that discards, with the same requests, the fake Pyroscope beside a server that parses each profile and forgets it (the fake
itself parses a profile when somebody asks for what is in it). Where the project has a goal for a ratio, the line says whether it was
reached. Before a run is measured the subject must have decoded what was sent and answer a wait for it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fillCeilingOptions(&opts, handler); err != nil {
				return err
			}
			opts.Progress = cmd.ErrOrStderr()
			figures, err := ceiling.Run(cmd.Context(), opts)
			if err != nil {
				return err
			}
			if err := ceiling.WriteText(cmd.OutOrStdout(), figures); err != nil || report == "" {
				return err
			}
			return writeJSON(report, figures)
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&opts.Rows, "row", nil, "rows to measure (default all): "+strings.Join(ceiling.Names(), ", "))
	flags.IntVar(&opts.Repeat, "repeat", 5, "how often each subject runs")
	flags.DurationVar(&opts.Window, "window", time.Second, "how long one run is measured")
	flags.StringVar(&handler, "handler", "", "program of Prometheus' write handler (default writehandler beside this program; make build makes it)")
	flags.StringVar(&report, "json", "", "write the figures to this file too")
	return cmd
}

func fillCeilingOptions(opts *ceiling.Options, handler string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if handler == "" {
		handler = filepath.Join(filepath.Dir(self), "writehandler")
	}
	if _, err := os.Stat(handler); err != nil {
		return usagef("find the write handler: %w (build it with: go build -o %s ./bench/writehandler)", err, handler)
	}
	opts.Fakes, opts.Handler = []string{self, "bench", "fake"}, []string{handler}
	if err := opts.Validate(); err != nil {
		return usagef("%w", err)
	}
	return nil
}

// newBenchFakeCommand is the process of one fake that is measured.
func newBenchFakeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "fake", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := host.Main(cmd.InOrStdin(), cmd.OutOrStdout(), ceiling.Open); err != nil {
				return fmt.Errorf("bench fake: %w", err)
			}
			return nil
		},
	}
}
