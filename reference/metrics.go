package reference

import (
	"net/http"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the agent's own, joined with those of its components.
type metrics struct {
	all     prometheus.Gatherers
	loadOK  prometheus.Gauge
	loadAt  prometheus.Gauge
	refused prometheus.Counter
}

func newMetrics(components prometheus.Gatherer) *metrics {
	own := prometheus.NewRegistry()
	m := &metrics{
		all: prometheus.Gatherers{own, components},
		loadOK: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "agent_config_last_load_successful", Help: "1 if the last configuration that was read is in force, else 0."}),
		loadAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "agent_config_last_load_success_timestamp_seconds", Help: "When the configuration in force was read."}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "agent_config_load_failures_total", Help: "How many configurations were refused."}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "agent_build_info", Help: "Always 1; the labels say what was built.",
		ConstLabels: prometheus.Labels{"version": Version(), "goversion": runtime.Version(), "goos": runtime.GOOS, "goarch": runtime.GOARCH}})
	build.Set(1)
	own.MustRegister(m.loadOK, m.loadAt, m.refused, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.all, promhttp.HandlerOpts{})
}

// loaded notes how loading a configuration ended.
func (m *metrics) loaded(err error) {
	if err != nil {
		m.loadOK.Set(0)
		m.refused.Inc()
		return
	}
	m.loadOK.Set(1)
	m.loadAt.SetToCurrentTime()
}

// Version is the version of this module in the running program, "(devel)" when it was built from a work tree.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
