package metricscrape

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// metrics are those that the public page of prometheus.scrape names.
type metrics struct {
	latency   prometheus.Histogram
	targets   prometheus.Gauge
	forwarded prometheus.Counter
}

func newMetrics() *metrics {
	return &metrics{
		latency: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "agent_prometheus_fanout_latency",
			Help: "Seconds that receivers took for the samples of one scrape.",
		}),
		targets: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "agent_prometheus_scrape_targets_gauge",
			Help: "Targets that are to be scraped.",
		}),
		forwarded: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "agent_prometheus_forwarded_samples_total",
			Help: "Samples and native histograms that receivers have taken, for each of them.",
		}),
	}
}

func (m *metrics) register(r prometheus.Registerer) error {
	for _, c := range []prometheus.Collector{m.latency, m.targets, m.forwarded} {
		if err := r.Register(c); err != nil {
			return err
		}
	}
	return nil
}

func (m *metrics) count(columns []column.Column) {
	for _, c := range columns {
		if c.Kind() != column.Exemplars {
			m.forwarded.Add(float64(c.Len()))
		}
	}
}
