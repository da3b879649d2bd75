package profilewrite

import (
	"errors"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the counters of one writer, by endpoint. Bytes are those of the profiles, without labels and framing. Only
// endpoints that are configured are counted: what a push to another one still ends with has no series any more.
type metrics struct {
	sentBytes, droppedBytes       *prometheus.CounterVec
	sentProfiles, droppedProfiles *prometheus.CounterVec
	retries                       *prometheus.CounterVec
	skipped                       *prometheus.CounterVec

	mu    sync.Mutex // guards shown, and is held while series come and go
	shown map[identity]bool
}

// identity is what an endpoint is known by in metrics: its URL as it may be shown, and its name, which may be empty.
type identity struct{ url, name string }

func (i identity) labels() prometheus.Labels {
	return prometheus.Labels{"endpoint": i.url, "name": i.name}
}

// newMetrics makes and registers the counters; their names begin with the component's, as in phlare_write_retries_total.
func newMetrics(componentName string, r prometheus.Registerer) (*metrics, error) {
	prefix := strings.ReplaceAll(componentName, ".", "_") + "_"
	var failed []error
	counter := func(name, help string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, []string{"endpoint", "name"})
		failed = append(failed, r.Register(c))
		return c
	}
	m := &metrics{
		shown:           map[identity]bool{},
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

func (m *metrics) all() []*prometheus.CounterVec {
	return []*prometheus.CounterVec{m.sentBytes, m.droppedBytes, m.sentProfiles, m.droppedProfiles, m.retries, m.skipped}
}

// show makes the series of these endpoints appear, with the value 0 where they are new, and those of all others vanish.
func (m *metrics) show(endpoints map[identity]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.all() {
		for endpoint := range endpoints {
			c.With(endpoint.labels())
		}
		for endpoint := range m.shown {
			if !endpoints[endpoint] {
				c.Delete(endpoint.labels())
			}
		}
	}
	m.shown = endpoints
}

// add counts for an endpoint.
func (m *metrics) add(c *prometheus.CounterVec, endpoint identity, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shown[endpoint] {
		c.With(endpoint.labels()).Add(float64(n))
	}
}
