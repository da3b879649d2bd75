// Package refpipe is the reference's sending pipeline as one side of a benchmark: prometheus.remote_write as the agent builds
// it, fed with columns.
package refpipe

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/bench/load"
	"github.com/touchstone-telemetry/touchstone/bench/side"
	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/remotewrite"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// pipeline is one prometheus.remote_write with its layouts, as a scraper would hold them.
type pipeline struct {
	registry *prometheus.Registry
	receiver column.Receiver
	shape    load.Shape
	layouts  []*column.Layout // by target
	stop     context.CancelFunc
	done     chan error
}

// Open builds and starts the component.
func Open(task side.Task) (side.Pipeline, error) {
	definition := remotewrite.Definition()
	args := definition.Arguments()
	if err := decode(task, args); err != nil {
		return nil, err
	}
	p := &pipeline{registry: prometheus.NewRegistry(), done: make(chan error, 1)}
	built, err := definition.Build(component.Options{
		ID:         "prometheus.remote_write.bench",
		Logger:     slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Registerer: p.registry,
		DataPath:   task.Dir,
		Dial:       (&net.Dialer{}).DialContext,
		Getenv:     func(string) string { return "" },
		UserAgent:  "touchstone-bench",
	}, args)
	if err != nil {
		return nil, err
	}
	p.receiver = built.Exports().(remotewrite.Exports).Receiver
	p.layOut(task.Shape)
	ctx, cancel := context.WithCancel(context.Background())
	p.stop = cancel
	go func() { p.done <- built.Run(ctx) }()
	return p, nil
}

// decode fills the arguments from River, as a user would write them.
func decode(task side.Task, args any) error {
	file, err := river.Parse("bench.river", fmt.Appendf(nil, `prometheus.remote_write "bench" {
	endpoint {
		url = %q
		queue_config {
			min_shards = %d
			max_shards = %d
			max_samples_per_send = %d
			capacity = %d
			batch_send_deadline = "1s"
		}
	}
}`, task.URL, task.Shards, task.Shards, task.Batch, task.Capacity))
	if err != nil {
		return err
	}
	return river.Decode(file.Body.Blocks()[0], nil, args)
}

func (p *pipeline) layOut(shape load.Shape) {
	p.shape = shape
	for target := range shape.Targets {
		layout := &column.Layout{Series: make([]column.Series, shape.PerTarget)}
		for i := range layout.Series {
			for _, l := range shape.Labels(target, i) {
				layout.Series[i].Labels = append(layout.Series[i].Labels, column.Label(l))
			}
		}
		p.layouts = append(p.layouts, layout)
	}
}

// Append hands one round of a target over as a scraper does.
func (p *pipeline) Append(target, round int, values []float64) error {
	if p.shape.Replaced > 0 && round > 0 {
		p.renew(target, round)
	}
	return p.receiver.Append(context.Background(), column.Column{Layout: p.layouts[target], T: p.shape.Time(round), Values: values})
}

// renew makes a new layout with the series that are new in a round. It shares the labels of all others, as a scraper's does.
func (p *pipeline) renew(target, round int) {
	layout := &column.Layout{Series: slices.Clone(p.layouts[target].Series)}
	for i := range layout.Series {
		generation := p.shape.Generation(i, round)
		if generation == p.shape.Generation(i, round-1) {
			continue
		}
		labels := slices.Clone(layout.Series[i].Labels)
		labels[len(labels)-1] = column.Label(p.shape.Renewed(target, generation))
		layout.Series[i].Labels = labels
	}
	p.layouts[target] = layout
}

// Delivered counts what was sent.
func (p *pipeline) Delivered() (int, error) {
	return side.Counter(p.registry, "prometheus_remote_storage_samples_total")
}

// Close stops the component.
func (p *pipeline) Close() error {
	p.stop()
	return <-p.done
}
