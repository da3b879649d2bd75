package remotewrite

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/reference/queue"
	"github.com/touchstone-telemetry/touchstone/reference/wal"
)

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

// metric is one row of the tables below. Names and meanings are those of prometheus.remote_write@v0.32, debug metrics.
type metric[S any] struct {
	name  string
	kind  prometheus.ValueType
	help  string
	value func(*S) float64
}

// perEndpoint are the metrics with the labels remote_name and url; their names begin with prometheus_remote_storage_.
func perEndpoint() []metric[queue.Stats] {
	none := func(*queue.Stats) float64 { return 0 }
	retried := func(s *queue.Stats) float64 { return float64(s.Retried) }
	return []metric[queue.Stats]{
		{"samples_total", counter, "Samples that the endpoint has accepted.", func(s *queue.Stats) float64 { return float64(s.Sent) }},
		{"exemplars_total", counter, "Exemplars that the endpoint has accepted.", none},
		{"metadata_total", counter, "Metadata entries that the endpoint has accepted.", none},
		{"samples_failed_total", counter, "Samples given up because the endpoint refused them for good.", func(s *queue.Stats) float64 { return float64(s.Failed) }},
		{"exemplars_failed_total", counter, "Exemplars given up because the endpoint refused them for good.", none},
		{"metadata_failed_total", counter, "Metadata entries given up because the endpoint refused them for good.", none},
		{"samples_retries_total", counter, "Samples that were sent again, once for each time.", retried},
		{"samples_retried_total", counter, "The same as samples_retries_total, under its other name.", retried},
		{"exemplars_retried_total", counter, "Exemplars that were sent again, once for each time.", none},
		{"metadata_retried_total", counter, "Metadata entries that were sent again, once for each time.", none},
		{"samples_dropped_total", counter, "Samples read from the log but not sent, because they were too old or had no labels.", func(s *queue.Stats) float64 { return float64(s.Dropped) }},
		{"exemplars_dropped_total", counter, "Exemplars read from the log but not sent.", none},
		{"enqueue_retries_total", counter, "Hand-overs that found their shard full.", func(s *queue.Stats) float64 { return float64(s.EnqueueRetries) }},
		{"bytes_total", counter, "Compressed bytes that the endpoint has accepted.", func(s *queue.Stats) float64 { return float64(s.Bytes) }},
		{"metadata_bytes_total", counter, "Compressed bytes of metadata that the endpoint has accepted.", none},
		{"queue_highest_sent_timestamp_seconds", gauge, "Time of the newest sample that the endpoint has accepted.", func(s *queue.Stats) float64 { return math.Floor(float64(s.NewestSent) / 1000) }},
		{"samples_pending", gauge, "Samples in the shards, those under way included.", func(s *queue.Stats) float64 { return float64(s.Pending) }},
		{"exemplars_pending", gauge, "Exemplars in the shards.", none},
		{"shard_capacity", gauge, "Samples that each shard may hold.", func(s *queue.Stats) float64 { return float64(s.Settings.Capacity) }},
		{"shards", gauge, "Shards that send side by side.", func(s *queue.Stats) float64 { return float64(s.Shards) }},
		{"shards_min", gauge, "Fewest shards that may run.", func(s *queue.Stats) float64 { return float64(s.Settings.MinShards) }},
		{"shards_max", gauge, "Most shards that may run.", func(s *queue.Stats) float64 { return float64(s.Settings.MaxShards) }},
		{"shards_desired", gauge, "Shards that the load calls for, before bounds and tolerance.", func(s *queue.Stats) float64 { return s.Desired }},
		{"max_samples_per_send", gauge, "Most samples in one request.", func(s *queue.Stats) float64 { return float64(s.Settings.MaxSamplesPerSend) }},
	}
}

// ofTheLog are the metrics of the log; they have no labels, and their names begin with agent_wal_.
func ofTheLog() []metric[wal.Stats] {
	return []metric[wal.Stats]{
		{"storage_active_series", gauge, "Series known to the log.", func(s *wal.Stats) float64 { return float64(s.ActiveSeries) }},
		{"storage_deleted_series", gauge, "Series forgotten but still in segments.", func(s *wal.Stats) float64 { return float64(s.DeletedSeries) }},
		{"storage_created_series_total", counter, "Series that became known.", func(s *wal.Stats) float64 { return float64(s.CreatedSeries) }},
		{"storage_removed_series_total", counter, "Series that have left the segments.", func(s *wal.Stats) float64 { return float64(s.RemovedSeries) }},
		{"samples_appended_total", counter, "Samples written to the log.", func(s *wal.Stats) float64 { return float64(s.SamplesAppended) }},
		{"exemplars_appended_total", counter, "Exemplars written to the log.", func(*wal.Stats) float64 { return 0 }},
	}
}

// ofTheReceiver are the metrics of what comes in; they have no labels, and their names begin with
// prometheus_remote_storage_.
func ofTheReceiver() []metric[receiver] {
	return []metric[receiver]{
		{"samples_in_total", counter, "Samples taken by the receiver.", func(r *receiver) float64 { return float64(r.samples.Load()) }},
		{"exemplars_in_total", counter, "Exemplars taken by the receiver.", func(*receiver) float64 { return 0 }},
	}
}

// collector makes metrics of the numbers that the component counts anyway, at the time of a scrape.
type collector struct{ *Component }

// Describe implements prometheus.Collector. It names nothing, because the endpoints come and go.
func (c collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	stats := c.log.Stats()
	emit(out, "agent_wal_", ofTheLog(), &stats, nil)
	emit(out, "prometheus_remote_storage_", ofTheReceiver(), c.receiver, nil)
	_, endpoints := c.snapshot()
	for _, e := range endpoints {
		labels := prometheus.Labels{"remote_name": e.shown, "url": e.url}
		stats := e.queue.Stats()
		emit(out, "prometheus_remote_storage_", perEndpoint(), &stats, labels)
		out <- attempts(stats.Attempts, labels)
	}
}

func emit[S any](out chan<- prometheus.Metric, prefix string, table []metric[S], from *S, labels prometheus.Labels) {
	for _, m := range table {
		desc := prometheus.NewDesc(prefix+m.name, m.help, nil, labels)
		out <- prometheus.MustNewConstMetric(desc, m.kind, m.value(from))
	}
}

func attempts(d queue.Durations, labels prometheus.Labels) prometheus.Metric {
	desc := prometheus.NewDesc("prometheus_remote_storage_sent_batch_duration_seconds",
		"Time that requests took, one observation for each attempt.", nil, labels)
	return prometheus.MustNewConstHistogram(desc, d.Count, time.Duration(d.Sum).Seconds(), d.Buckets)
}
