package remotewrite

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/reference/column"
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

// numbers are what an endpoint counts.
type numbers struct {
	queue.Stats
	Metadata struct{ Sent, Failed, Retried, Bytes uint64 }
}

func (e *endpoint) numbers() *numbers {
	n := &numbers{Stats: e.queue.Stats()}
	d := e.describer
	n.Metadata.Sent, n.Metadata.Failed, n.Metadata.Retried = d.sent.Load(), d.failed.Load(), d.retried.Load()
	n.Metadata.Bytes = d.bytes.Load()
	return n
}

// perEndpoint are the metrics with the labels remote_name and url; their names begin with prometheus_remote_storage_.
func perEndpoint() []metric[numbers] {
	all := []metric[numbers]{
		{"metadata_total", counter, "Metadata entries that the endpoint has accepted; in version 2.0 each series of a request has one.", func(n *numbers) float64 { return float64(n.Metadata.Sent) }},
		{"metadata_failed_total", counter, "Metadata entries given up because the endpoint refused them for good.", func(n *numbers) float64 { return float64(n.Metadata.Failed) }},
		{"metadata_retried_total", counter, "Metadata entries that were sent again, once for each time.", func(n *numbers) float64 { return float64(n.Metadata.Retried) }},
		{"metadata_bytes_total", counter, "Compressed bytes of metadata that the endpoint has accepted.", func(n *numbers) float64 { return float64(n.Metadata.Bytes) }},
		{"samples_retries_total", counter, "The same as samples_retried_total, under the name that the page has.", func(n *numbers) float64 { return float64(n.Retried) }},
		{"enqueue_retries_total", counter, "Hand-overs that found their shard full.", func(n *numbers) float64 { return float64(n.EnqueueRetries) }},
		{"bytes_total", counter, "Compressed bytes that the endpoint has accepted.", func(n *numbers) float64 { return float64(n.Bytes) }},
		{"queue_highest_sent_timestamp_seconds", gauge, "Time of the newest sample that the endpoint has accepted.", func(n *numbers) float64 { return math.Floor(float64(n.NewestSent) / 1000) }},
		{"shard_capacity", gauge, "Samples that each shard may hold.", func(n *numbers) float64 { return float64(n.Settings.Capacity) }},
		{"shards", gauge, "Shards that send side by side.", func(n *numbers) float64 { return float64(n.Shards) }},
		{"shards_min", gauge, "Fewest shards that may run.", func(n *numbers) float64 { return float64(n.Settings.MinShards) }},
		{"shards_max", gauge, "Most shards that may run.", func(n *numbers) float64 { return float64(n.Settings.MaxShards) }},
		{"shards_desired", gauge, "Shards that the load calls for, before bounds and tolerance.", func(n *numbers) float64 { return n.Desired }},
		{"max_samples_per_send", gauge, "Most samples in one request.", func(n *numbers) float64 { return float64(n.Settings.MaxSamplesPerSend) }},
	}
	all = append(all, ofAKind("samples", "Samples", func(n *numbers) *queue.Tally { return &n.Tally })...)
	all = append(all, ofAKind("histograms", "Native histograms", func(n *numbers) *queue.Tally { return &n.Histograms })...)
	return append(all, ofAKind("exemplars", "Exemplars", func(n *numbers) *queue.Tally { return &n.Exemplars })...)
}

// ofAKind are the metrics that there are for each kind of items. Those of histograms are not on the page.
func ofAKind(kind, what string, of func(*numbers) *queue.Tally) []metric[numbers] {
	return []metric[numbers]{
		{kind + "_total", counter, what + " that the endpoint has accepted.", func(n *numbers) float64 { return float64(of(n).Sent) }},
		{kind + "_failed_total", counter, what + " given up because the endpoint refused them for good.", func(n *numbers) float64 { return float64(of(n).Failed) }},
		{kind + "_retried_total", counter, what + " that were sent again, once for each time.", func(n *numbers) float64 { return float64(of(n).Retried) }},
		{kind + "_dropped_total", counter, what + " read from the log but not sent: too old, dropped by a rule, or without labels.", func(n *numbers) float64 { return float64(of(n).Dropped) }},
		{kind + "_pending", gauge, what + " in the shards, those under way included.", func(n *numbers) float64 { return float64(of(n).Pending) }},
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
		{"exemplars_appended_total", counter, "Exemplars written to the log.", func(s *wal.Stats) float64 { return float64(s.ExemplarsAppended) }},
	}
}

// ofTheReceiver are the metrics of what comes in; they have no labels, and their names begin with
// prometheus_remote_storage_.
func ofTheReceiver() []metric[receiver] {
	return []metric[receiver]{
		{"samples_in_total", counter, "Samples taken by the receiver.", func(r *receiver) float64 { return r.count(column.Samples) }},
		{"histograms_in_total", counter, "Native histograms taken by the receiver.", func(r *receiver) float64 { return r.count(column.Histograms) }},
		{"exemplars_in_total", counter, "Exemplars taken by the receiver.", func(r *receiver) float64 { return r.count(column.Exemplars) }},
	}
}

func (r *receiver) count(kind column.Kind) float64 { return float64(r.taken[kind].Load()) }

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
		stats := e.numbers()
		emit(out, "prometheus_remote_storage_", perEndpoint(), stats, labels)
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
