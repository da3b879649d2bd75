// Package ceiling measures how much each fake takes on one core, so that nobody measures the fake in place of what sends to it: [Run]
// starts each subject in a process of its own, in turns, sends it prepared requests and relates what it took to the CPU time that it
// used. The fake Mimir stands beside Prometheus' own write handler in front of an appender that discards, the fake Pyroscope beside a server
// that parses each profile and forgets it.
package ceiling

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/bench/ceiling/host"
	"github.com/touchstone-telemetry/touchstone/bench/result"
)

// Options say what is measured. Commands must be set, the rest has defaults.
type Options struct {
	// Fakes and Handler are the commands of the two hosts, program and arguments: [Open] and Prometheus' write handler.
	Fakes, Handler []string
	// Rows are the names of the rows to measure; all of them if empty.
	Rows []string
	// Repeat is how often each subject runs, 5 by default.
	Repeat int
	// Window is how long one run is measured, 1s by default, after a warm-up of a third of that.
	Window time.Duration
	// Progress gets a line per run.
	Progress io.Writer
}

// Validate fills in the defaults and refuses what cannot be measured.
func (o *Options) Validate() error {
	if len(o.Fakes) == 0 || len(o.Handler) == 0 {
		return errors.New("the commands of both hosts must be set")
	}
	if o.Repeat <= 0 {
		o.Repeat = 5
	}
	if o.Window <= 0 {
		o.Window = time.Second
	}
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	for _, name := range o.Rows {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.name == name }) {
			return fmt.Errorf("there is no row %q, only %s", name, strings.Join(Names(), ", "))
		}
	}
	return nil
}

// Names are those of all rows, in order.
func Names() []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.name
	}
	return names
}

// Figures are what one subject did in one row.
type Figures struct {
	Row  string `json:"row"`
	Unit string `json:"unit"`
	// PerCPUSecond is how many units the subject took for each second of CPU time that its process used.
	PerCPUSecond result.Spread `json:"perCPUSecond"`
	PeakRSS      result.Spread `json:"peakRSS"` // bytes
	// BytesPerUnit is how many bytes on the wire bring one unit, headers and all.
	BytesPerUnit float64 `json:"bytesPerUnit"`
	// Ratio is PerCPUSecond over that of the row's rival, pair by pair: the n-th run of one over the n-th of the other. Rival is empty
	// when there is none.
	Rival string        `json:"rival,omitempty"`
	Ratio result.Spread `json:"ratio,omitzero"`
	// Goal is the ratio that the project wants at least; 0 when it wants none.
	Goal float64 `json:"goal,omitempty"`
}

// Reached reports whether the median of the ratio is at the goal.
func (f Figures) Reached() bool { return f.Ratio.Median >= f.Goal }

// Run measures the rows, and returns one Figures for each in their order.
func Run(ctx context.Context, o Options) ([]Figures, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	chosen := choose(o.Rows)
	runs := map[string][]run{}
	for n := range o.Repeat {
		for _, r := range chosen {
			one, err := measure(ctx, o, r)
			if err != nil {
				return nil, fmt.Errorf("measure %q: %w", r.name, err)
			}
			runs[r.name] = append(runs[r.name], one)
			fmt.Fprintf(o.Progress, "%d/%d %-30s %12.0f %s per CPU-second\n", n+1, o.Repeat, r.name, one.rate(), r.unit)
		}
	}
	all := make([]Figures, len(chosen))
	for i, r := range chosen {
		all[i] = r.figures(runs)
	}
	return all, nil
}

// choose picks the rows asked for, and the rivals that they are measured beside.
func choose(names []string) []row {
	if len(names) == 0 {
		return rows
	}
	wanted := slices.Clone(names)
	for _, r := range rows {
		if slices.Contains(names, r.name) {
			wanted = append(wanted, r.rival)
		}
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return !slices.Contains(wanted, r.name) })
}

// run is one subject measured once.
type run struct {
	units      int64
	bytes      float64 // a unit
	cpuSeconds float64
	peakRSS    int64
}

func (r run) rate() float64 { return float64(r.units) / r.cpuSeconds }

func (r row) figures(runs map[string][]run) Figures {
	f := Figures{Row: r.name, Unit: r.unit, Rival: r.rival, Goal: r.goal}
	var rates, memory, ratios []float64
	for i, one := range runs[r.name] {
		rates, memory, f.BytesPerUnit = append(rates, one.rate()), append(memory, float64(one.peakRSS)), one.bytes
		if r.rival != "" {
			ratios = append(ratios, one.rate()/runs[r.rival][i].rate())
		}
	}
	f.PerCPUSecond, f.PeakRSS, f.Ratio = result.Of(rates), result.Of(memory), result.Of(ratios)
	return f
}

// measure starts a subject, lets it prove that it takes what comes, warms it up and measures one window. No request is under way when
// the meters are read, so every unit is paid for within the window.
func measure(ctx context.Context, o Options, r row) (run, error) {
	traffic, stop, err := r.traffic()
	if err != nil {
		return run{}, err
	}
	defer stop()
	command := o.Fakes
	if r.subject == writeHandler {
		command = o.Handler
	}
	p, err := start(ctx, command, host.Task{Subject: r.subject, Target: traffic.target})
	if err != nil {
		return run{}, err
	}
	one, err := p.observe(traffic, o.Window)
	return one, errors.Join(err, p.stop())
}

func (p *process) observe(t traffic, window time.Duration) (run, error) {
	s, err := dial(p.url, t)
	if err != nil {
		return run{}, err
	}
	defer s.close()
	proof, err := s.once()
	if err != nil {
		return run{}, err
	}
	if _, err := p.read(host.Question{Await: proof}); err != nil {
		return run{}, err
	}
	if _, err := s.until(time.Now().Add(window / 3)); err != nil {
		return run{}, err
	}
	before, err := p.read(host.Question{})
	if err != nil {
		return run{}, err
	}
	sent, err := s.until(time.Now().Add(window))
	if err != nil {
		return run{}, err
	}
	after, err := p.read(host.Question{})
	if err != nil {
		return run{}, err
	}
	if taken := after.Taken - before.Taken; taken != sent {
		return run{}, fmt.Errorf("%d units were sent, %d taken", sent, taken)
	}
	return run{sent, s.bytesPerUnit(), after.Usage.CPUSeconds - before.Usage.CPUSeconds, after.Usage.PeakRSS}, nil
}
