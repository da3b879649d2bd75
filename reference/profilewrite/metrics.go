package profilewrite

import (
	"errors"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the counters of one writer, by endpoint. Bytes are those of the profiles, without labels and framing.
type metrics struct {
	sentBytes, droppedBytes       *prometheus.CounterVec
	sentProfiles, droppedProfiles *prometheus.CounterVec
	retries                       *prometheus.CounterVec
	skipped                       *prometheus.CounterVec
}

// newMetrics makes and registers the counters; their names begin with the component's, as in phlare_write_retries_total.
func newMetrics(componentName string, r prometheus.Registerer) (*metrics, error) {
	prefix := strings.ReplaceAll(componentName, ".", "_") + "_"
	var failed []error
	counter := func(name, help string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, []string{"endpoint"})
		failed = append(failed, r.Register(c))
		return c
	}
	m := &metrics{
		sentBytes:       counter("sent_bytes_total", "Bytes of profiles that the endpoint accepted."),
		droppedBytes:    counter("dropped_bytes_total", "Bytes of profiles that were given up."),
		sentProfiles:    counter("sent_profiles_total", "Profiles that the endpoint accepted."),
		droppedProfiles: counter("dropped_profiles_total", "Profiles that were given up after at least one attempt."),
		retries:         counter("retries_total", "Retries of pushes that had failed."),
		skipped: counter("skipped_profiles_total",
			"Profiles not attempted because an earlier one of the same source was still being retried."),
	}
	return m, errors.Join(failed...)
}

// show makes the series of an endpoint appear with the value 0.
func (m *metrics) show(endpoint string) {
	for _, c := range []*prometheus.CounterVec{
		m.sentBytes, m.droppedBytes, m.sentProfiles, m.droppedProfiles, m.retries, m.skipped,
	} {
		c.WithLabelValues(endpoint)
	}
}
