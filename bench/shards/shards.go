// Package shards compares how fast two sending pipelines deliver: [Run] measures the reference's and Prometheus' own in turns,
// each in a process of its own, against the same receiver, and checks once what they sent.
package shards

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/touchstone-telemetry/touchstone/bench/load"
	"github.com/touchstone-telemetry/touchstone/bench/receiver"
	"github.com/touchstone-telemetry/touchstone/bench/result"
	"github.com/touchstone-telemetry/touchstone/bench/side"
)

// Options say what is measured. Commands must be set, the rest has defaults.
type Options struct {
	// Ours, Peer and Receiver are the commands of the three processes: program and arguments.
	Ours, Peer, Receiver []string
	// Rows are the settings; DefaultRows if empty.
	Rows []result.Row
	// Series is how many there are, in targets of 1000: 10 000 by default.
	Series int
	// Repeat is how often each side runs in each row, 5 by default.
	Repeat int
	// Window is how long one run is measured, 2s by default, after a warm-up of a third of that.
	Window time.Duration
	// Latency is added to every answer of the receiver.
	Latency time.Duration
	// Dir is where the logs lie; the system's temporary folder if empty.
	Dir string
	// Progress gets a line per run.
	Progress io.Writer
}

// DefaultRows are the rows H1 to H5 of the project's performance goals.
func DefaultRows() []result.Row {
	return []result.Row{{Shards: 1, Batch: 2000}, {Shards: 1, Batch: 500}, {Shards: 4, Batch: 2000}, {Shards: 50, Batch: 2000}}
}

const perTarget = 1000

func (o Options) withDefaults() Options {
	if len(o.Rows) == 0 {
		o.Rows = DefaultRows()
	}
	if o.Series == 0 {
		o.Series = 10_000
	}
	if o.Repeat == 0 {
		o.Repeat = 5
	}
	if o.Window == 0 {
		o.Window = 2 * time.Second
	}
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	return o
}

// Validate refuses numbers that make no sense.
func (o Options) Validate() error {
	o = o.withDefaults()
	if o.Series%perTarget != 0 || o.Series < perTarget {
		return fmt.Errorf("series must be a multiple of %d, not %d", perTarget, o.Series)
	}
	for _, row := range o.Rows {
		if row.Shards < 1 || row.Batch < 1 {
			return fmt.Errorf("a row needs at least one shard and one sample per request, not %d and %d", row.Shards, row.Batch)
		}
	}
	if o.Repeat < 1 || o.Window <= 0 {
		return fmt.Errorf("repeat and window must be more than 0, not %d and %s", o.Repeat, o.Window)
	}
	return nil
}

// contestant is one side with its command.
type contestant struct {
	name    string
	command []string
}

// Run checks both sides once, then measures every row in turns. It returns early with the context's error when ctx is done.
func Run(ctx context.Context, opts Options) ([]result.Summary, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
	sides := []contestant{{"reference", opts.Ours}, {"prometheus", opts.Peer}}
	for _, c := range sides {
		if err := opts.check(ctx, c); err != nil {
			return nil, fmt.Errorf("check what %s sends: %w", c.name, err)
		}
	}
	var summaries []result.Summary
	for _, row := range opts.Rows {
		runs := map[string][]result.Run{}
		for repetition := range opts.Repeat {
			for _, c := range sides {
				run, err := opts.measure(ctx, c, row, repetition)
				if err != nil {
					return summaries, fmt.Errorf("measure %s with %d shards: %w", c.name, row.Shards, err)
				}
				runs[c.name] = append(runs[c.name], run)
			}
		}
		summaries = append(summaries, result.Summarise(row, runs["reference"], runs["prometheus"]))
	}
	return summaries, nil
}

// checkRounds is enough for several batches of every shard.
const checkRounds = 20

// check lets a side send some rounds to a receiver that compares them, sample for sample.
func (o Options) check(ctx context.Context, c contestant) error {
	task := o.task(result.Row{Shards: 4, Batch: 2000})
	task.Rounds = checkRounds
	_, stats, err := o.pair(ctx, c, task, receiver.Task{Check: true, Shape: task.Shape, Rounds: checkRounds})
	if err != nil {
		return err
	}
	if stats.Wrong != "" {
		return errors.New(stats.Wrong)
	}
	fmt.Fprintf(o.Progress, "%-10s sent %d samples, each decoded and equal to what was appended\n", c.name, stats.Samples)
	return nil
}

func (o Options) measure(ctx context.Context, c contestant, row result.Row, repetition int) (result.Run, error) {
	sent, stats, err := o.pair(ctx, c, o.task(row), receiver.Task{Latency: o.Latency})
	if err == nil && sent.Samples == 0 {
		err = fmt.Errorf("nothing was delivered within %s", o.Window)
	}
	if err != nil {
		return result.Run{}, err
	}
	fmt.Fprintf(o.Progress, "%-10s %2d shards, %4d a request: %6.2f M samples/s, %.4f CPU-s/M\n",
		c.name, row.Shards, row.Batch, sent.Rate()/1e6, sent.CPUPerMillion())
	return result.Run{Row: row, Side: c.name, Repetition: repetition, Sender: sent, Receiver: stats}, nil
}

// task gives shards room for five requests each, the proportion of the documented defaults (2500 to 500). Samples lie in the
// future so that no side takes them for old.
func (o Options) task(row result.Row) side.Task {
	return side.Task{
		Shape:  load.Shape{Targets: o.Series / perTarget, PerTarget: perTarget, Start: time.Now().Add(time.Minute).UnixMilli()},
		Shards: row.Shards, Batch: row.Batch, Capacity: 5 * row.Batch,
		Warm: o.Window / 3, Window: o.Window,
	}
}

// pair runs one side against one receiver.
func (o Options) pair(ctx context.Context, c contestant, task side.Task, far receiver.Task) (side.Result, receiver.Stats, error) {
	var stats receiver.Stats
	dir, err := os.MkdirTemp(o.Dir, "touchstone-bench-")
	if err != nil {
		return side.Result{}, stats, err
	}
	defer os.RemoveAll(dir)
	task.Dir = filepath.Join(dir, "log")
	server, err := startReceiver(ctx, o.Receiver, far)
	if err != nil {
		return side.Result{}, stats, err
	}
	task.URL = server.url
	sent, err := runSide(ctx, c.command, task)
	stats, stopErr := server.stop()
	if stats.Wrong != "" {
		return sent, stats, errors.New(stats.Wrong)
	}
	return sent, stats, errors.Join(err, stopErr)
}
