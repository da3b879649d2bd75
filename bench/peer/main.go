// Command peer is Prometheus' own sending pipeline, unmodified, as one side of a benchmark: tsdb/agent appends to its WAL, the
// watcher reads it and the QueueManager sends. It is a program of its own so that nothing else links its modules.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	common "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/storage/remote"
	"github.com/prometheus/prometheus/tsdb/agent"

	"github.com/touchstone-telemetry/touchstone/bench/load"
	"github.com/touchstone-telemetry/touchstone/bench/side"
)

func main() {
	if err := side.Main(os.Stdin, os.Stdout, open); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

// pipeline is the agent's database with its remote storage.
type pipeline struct {
	registry *prometheus.Registry
	db       *agent.DB
	remote   *remote.Storage
	shape    load.Shape
	labels   [][]labels.Labels // by target and series
	refs     [][]storage.SeriesRef
}

func open(task side.Task) (side.Pipeline, error) {
	p := &pipeline{registry: prometheus.NewRegistry()}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	p.remote = remote.NewStorage(logger, p.registry, startTime, task.Dir, time.Second, nil, false)
	var err error
	if p.db, err = agent.Open(logger, p.registry, p.remote, task.Dir, agent.DefaultOptions()); err != nil {
		return nil, fmt.Errorf("open agent database: %w", err)
	}
	// After the database, or the watcher finds no WAL and looks again only 5s later.
	if err := p.configure(task); err != nil {
		return nil, err
	}
	p.db.SetWriteNotified(p.remote)
	p.label(task.Shape)
	return p, nil
}

func startTime() (int64, error) { return 0, nil }

// configure sets one endpoint with a fixed number of shards.
func (p *pipeline) configure(task side.Task) error {
	target, err := url.Parse(task.URL)
	if err != nil {
		return err
	}
	write := config.DefaultRemoteWriteConfig
	write.URL = &common.URL{URL: target}
	write.QueueConfig.MinShards, write.QueueConfig.MaxShards = task.Shards, task.Shards
	write.QueueConfig.MaxSamplesPerSend, write.QueueConfig.Capacity = task.Batch, task.Capacity
	write.QueueConfig.BatchSendDeadline = model.Duration(time.Second)
	write.MetadataConfig.Send = false
	return p.remote.ApplyConfig(&config.Config{
		GlobalConfig:       config.DefaultGlobalConfig,
		RemoteWriteConfigs: []*config.RemoteWriteConfig{&write},
	})
}

func (p *pipeline) label(shape load.Shape) {
	p.shape = shape
	for target := range shape.Targets {
		sets := make([]labels.Labels, shape.PerTarget)
		for i := range sets {
			builder := labels.NewScratchBuilder(10)
			for _, l := range shape.Labels(target, i) {
				builder.Add(l.Name, l.Value)
			}
			sets[i] = builder.Labels()
		}
		p.labels = append(p.labels, sets)
		p.refs = append(p.refs, make([]storage.SeriesRef, len(sets)))
	}
}

// Append commits one target's round, by reference once the series are known, as the scraper does.
func (p *pipeline) Append(target, round int, values []float64) error {
	if p.shape.Replaced > 0 && round > 0 {
		p.renew(target, round)
	}
	appender := p.db.Appender(context.Background())
	refs, sets := p.refs[target], p.labels[target]
	for i, v := range values {
		ref, err := appender.Append(refs[i], sets[i], p.shape.Time(round), v)
		if err != nil {
			return errors.Join(err, appender.Rollback())
		}
		refs[i] = ref
	}
	return appender.Commit()
}

// renew puts the series in place that are new in a round.
func (p *pipeline) renew(target, round int) {
	for i, set := range p.labels[target] {
		generation := p.shape.Generation(i, round)
		if generation == p.shape.Generation(i, round-1) {
			continue
		}
		renewed := p.shape.Renewed(target, generation)
		builder := labels.NewBuilder(set)
		builder.Set(renewed.Name, renewed.Value)
		p.labels[target][i], p.refs[target][i] = builder.Labels(), 0
	}
}

// Delivered counts what was sent. Prometheus counts attempts, which is the same while nothing fails.
func (p *pipeline) Delivered() (int, error) {
	return side.Counter(p.registry, "prometheus_remote_storage_samples_total")
}

func (p *pipeline) Close() error {
	return errors.Join(p.db.Close(), p.remote.Close())
}
