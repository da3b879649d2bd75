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
	// Rows are the settings; those of the project's performance goals if empty.
	Rows []result.Row
	// Series is how many there are, in targets of 1000: 10 000 by default.
	Series int
	// Repeat is how often each side runs in each row, 5 by default.
	Repeat int
	// Window is how long one run is measured, 1.5s by default, after a warm-up of a third of that. Rows with churn send a fixed
	// number of rounds instead, so that both sides have as many series to keep.
	Window time.Duration
	// Latency is added to every answer of the receiver.
	Latency time.Duration
	// Dir is where the logs lie; the system's temporary folder if empty.
	Dir string
	// Progress gets a line per run.
	Progress io.Writer
}

const perTarget = 1000

func (o Options) withDefaults() Options {
	if len(o.Rows) == 0 {
		o.Rows = result.Rows()
	}
	if o.Series == 0 {
		o.Series = 10_000
	}
	if o.Repeat == 0 {
		o.Repeat = 5
	}
	if o.Window == 0 {
		o.Window = 1500 * time.Millisecond
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
		if row.Shards < 1 || row.Batch < 1 || row.Churn < 0 || row.Churn > 100 {
			return fmt.Errorf("a row needs at least one shard and one sample a request, and at most 100 %% churn, not %s", row)
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

// Run checks what both sides send in every row, then measures in turns: every row of both sides once, and that again, so that a
// machine that gets slower or faster meanwhile does so for all of them. It returns early with the context's error when ctx is
// done.
func Run(ctx context.Context, opts Options) (result.Report, error) {
	if err := opts.Validate(); err != nil {
		return result.Report{}, err
	}
	opts = opts.withDefaults()
	sides := []contestant{{result.Ours, opts.Ours}, {result.Peer, opts.Peer}}
	var runs []result.Run
	err := opts.each(sides, func(c contestant, row result.Row) error {
		return wrap("check what", c, row, opts.check(ctx, c, row))
	})
	for i := 0; i < opts.Repeat && err == nil; i++ {
		err = opts.each(sides, func(c contestant, row result.Row) error {
			run, err := opts.measure(ctx, c, row, i)
			runs = append(runs, run)
			return wrap("measure what", c, row, err)
		})
	}
	if err != nil {
		return result.Report{}, err
	}
	return result.Summarise(runs), nil
}

// each does something with every side in every row, until it fails.
func (o Options) each(sides []contestant, do func(contestant, result.Row) error) error {
	for _, row := range o.Rows {
		for _, c := range sides {
			if err := do(c, row); err != nil {
				return err
			}
		}
	}
	return nil
}

func wrap(what string, c contestant, row result.Row, err error) error {
	if err != nil {
		return fmt.Errorf("%s %s sends at %s: %w", what, c.name, row, err)
	}
	return nil
}

// checkRounds is enough for several batches of every shard, before and after a side has got used to its series.
const checkRounds = 40

// check lets a side send some rounds to a receiver that compares them, sample for sample.
func (o Options) check(ctx context.Context, c contestant, row result.Row) error {
	task := o.task(row)
	task.WarmRounds, task.Rounds = 0, checkRounds
	sent, stats, err := o.pair(ctx, c, task, receiver.Task{Check: true, Shape: task.Shape, Rounds: checkRounds})
	if err == nil && (stats.Samples != task.Shape.Series()*checkRounds || sent.Delivered != stats.Samples) {
		err = fmt.Errorf("%d samples arrived and %d were counted as sent, of %d", stats.Samples, sent.Delivered, task.Shape.Series()*checkRounds)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(o.Progress, "%-10s %-10s %d samples decoded: each series in order, each sample once and as appended\n", c.name, row, stats.Samples)
	return nil
}

func (o Options) measure(ctx context.Context, c contestant, row result.Row, repetition int) (result.Run, error) {
	sent, stats, err := o.pair(ctx, c, o.task(row), receiver.Task{Latency: o.Latency})
	switch {
	case err != nil:
	case sent.Samples == 0:
		err = fmt.Errorf("nothing was delivered within %s", o.Window)
	case int64(sent.Delivered) > stats.Requests*int64(row.Batch):
		err = fmt.Errorf("%d samples were counted as sent, in %d requests of at most %d", sent.Delivered, stats.Requests, row.Batch)
	}
	if err != nil {
		return result.Run{}, err
	}
	fmt.Fprintf(o.Progress, "%-10s %-10s %6.2f M samples/s, %.4f CPU-s/M\n", c.name, row, sent.Rate()/1e6, sent.CPUPerMillion())
	return result.Run{Row: row, Side: c.name, Repetition: repetition, Sender: sent, Receiver: stats}, nil
}

const (
	// churnWarm and churnRounds are the rounds of a row with churn.
	churnWarm, churnRounds = 20, 100
	percent                = 100
)

// task gives shards room for five requests each, the proportion of the documented defaults (2500 to 500). Samples lie in the
// future so that no side takes them for old.
func (o Options) task(row result.Row) side.Task {
	task := side.Task{
		Shape: load.Shape{
			Targets: o.Series / perTarget, PerTarget: perTarget, Start: time.Now().Add(time.Minute).UnixMilli(),
			Replaced: perTarget * row.Churn / percent,
		},
		Shards: row.Shards, Batch: row.Batch, Capacity: 5 * row.Batch,
		Warm: o.Window / 3, Window: o.Window,
	}
	if row.Churn > 0 {
		task.WarmRounds, task.Rounds = churnWarm, churnRounds
	}
	return task
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
