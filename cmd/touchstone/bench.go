package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/bench/receiver"
	"github.com/touchstone-telemetry/touchstone/bench/refpipe"
	"github.com/touchstone-telemetry/touchstone/bench/result"
	"github.com/touchstone-telemetry/touchstone/bench/shards"
	"github.com/touchstone-telemetry/touchstone/bench/side"
)

// newBenchCommand is `touchstone bench`. Its hidden sub-commands are the processes that a benchmark starts.
func newBenchCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure sending pipelines side by side"}
	cmd.AddCommand(newBenchShardsCommand(), newBenchSideCommand(), newBenchReceiverCommand())
	cmd.AddCommand(newBenchFakesCommand(), newBenchFakeCommand())
	return cmd
}

func newBenchShardsCommand() *cobra.Command {
	var (
		opts  shards.Options
		rows  []string
		peer  string
		files reportFiles
	)
	cmd := &cobra.Command{
		Use:   "shards",
		Short: "Compare the reference's shards with Prometheus' own, in turns, against one receiver",
		Long: `Feeds the reference's pipeline (append, log on disk, queue, wire) and Prometheus' own (tsdb/agent, watcher,
QueueManager, unmodified) with the same series, each in a process of its own, in turns, against the same counting
receiver: all rows once, then all again, so that a machine that gets slower meanwhile does so for every row. Prints throughput
and CPU time of both, the ratios of runs shortly after each other (median, least and greatest), and which goals these reach.
Before that both sides send some rounds of each row to a receiver that decodes and compares every sample.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fillShardsOptions(&opts, rows, peer); err != nil {
				return err
			}
			opts.Progress = cmd.ErrOrStderr()
			report, err := shards.Run(cmd.Context(), opts)
			if err != nil {
				return err
			}
			return errors.Join(result.WriteText(cmd.OutOrStdout(), report), files.write(report))
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&rows, "row", nil, "settings to measure, as SHARDSxBATCH or SHARDSxBATCH+CHURN% (default those of the goals)")
	flags.IntVar(&opts.Series, "series", 10_000, "number of series, a multiple of 1000")
	flags.IntVar(&opts.Repeat, "repeat", 5, "how often each side runs in each row")
	flags.DurationVar(&opts.Window, "window", 1500*time.Millisecond, "how long one run is measured")
	flags.DurationVar(&opts.Latency, "latency", 0, "time the receiver waits before each answer")
	flags.StringVar(&opts.Dir, "dir", "", "folder for the logs (default the system's temporary folder)")
	flags.StringVar(&peer, "peer", "", "program of the peer (default peer beside this program; make build makes it)")
	flags.StringVar(&files.json, "json", "", "write all runs and what follows from them to this file")
	flags.StringVar(&files.benchstat, "benchstat", "", "write all runs to this file, for benchstat -col /side")
	return cmd
}

func fillShardsOptions(opts *shards.Options, rows []string, peer string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if peer == "" {
		peer = filepath.Join(filepath.Dir(self), "peer")
	}
	if _, err := os.Stat(peer); err != nil {
		return usagef("find the peer: %w (build it with: go build -o %s ./bench/peer)", err, peer)
	}
	opts.Ours = []string{self, "bench", "side"}
	opts.Receiver = []string{self, "bench", "receiver"}
	opts.Peer = []string{peer}
	for _, text := range rows {
		row, err := result.ParseRow(text)
		if err != nil {
			return usagef("%w", err)
		}
		opts.Rows = append(opts.Rows, row)
	}
	if err := opts.Validate(); err != nil {
		return usagef("%w", err)
	}
	return nil
}

func newBenchSideCommand() *cobra.Command {
	return &cobra.Command{
		Use: "side", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return side.Main(cmd.InOrStdin(), cmd.OutOrStdout(), refpipe.Open)
		},
	}
}

func newBenchReceiverCommand() *cobra.Command {
	return &cobra.Command{
		Use: "receiver", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return receiver.Main(cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

// reportFiles are the files that a report goes to, if they have names.
type reportFiles struct{ json, benchstat string }

func (f reportFiles) write(report result.Report) error {
	var errs []error
	if f.json != "" {
		errs = append(errs, writeJSON(f.json, report))
	}
	if f.benchstat != "" {
		var text bytes.Buffer
		errs = append(errs, result.WriteBenchstat(&text, report), os.WriteFile(f.benchstat, text.Bytes(), 0o644))
	}
	return errors.Join(errs...)
}

func writeJSON(name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(data, '\n'), 0o644)
}
