package sabotage

import (
	"slices"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Names of the pages, and their defaults, which an edit needs to know when it changes a setting that is not written.
const (
	remoteWrite   = "prometheus.remote_write"
	minBackoff    = 30 * time.Millisecond  // queue_config > min_backoff
	pushBackoff   = 500 * time.Millisecond // endpoint > min_backoff_period
	batchDeadline = 5 * time.Second        // queue_config > batch_send_deadline
	batchSize     = 500                    // queue_config > max_samples_per_send
	interval      = 15 * time.Second       // scrape_interval of profiles
	metricsPeriod = time.Minute            // scrape_interval of metrics

	metadataPeriod = time.Minute // metadata_config > send_interval
	metadataSize   = 500         // metadata_config > max_samples_per_send
)

// endpoints calls edit with the endpoint blocks of the components called name.
func endpoints(file *river.File, edit func(body *river.Body) int, names ...string) int {
	n := 0
	for _, component := range file.Body.Blocks(names...) {
		for _, endpoint := range component.Body.Blocks("endpoint") {
			n += edit(&endpoint.Body)
		}
	}
	return n
}

// queues calls edit with the queue_config of every remote write endpoint, made if it is missing.
func queues(file *river.File, edit func(body *river.Body)) int {
	return endpoints(file, func(body *river.Body) int {
		edit(&inner(body, "queue_config").Body)
		return 1
	}, remoteWrite)
}

// pushes calls edit with every endpoint for profiles. phlare.write has no settings for retries, so it is left alone.
func pushes(file *river.File, edit func(body *river.Body)) int {
	return endpoints(file, func(body *river.Body) int {
		edit(body)
		return 1
	}, "pyroscope.write")
}

// duration returns the duration that an attribute is set to, or instead.
func duration(body *river.Body, name string, instead time.Duration) time.Duration {
	a := body.Attribute(name)
	if a == nil {
		return instead
	}
	v, err := river.Constant(a.Value)
	text, ok := v.(string)
	if err != nil || !ok {
		return instead
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return instead
	}
	return d
}

// integer returns the whole number that an attribute is set to, or instead.
func integer(body *river.Body, name string, instead int64) int64 {
	a := body.Attribute(name)
	if a == nil {
		return instead
	}
	v, err := river.Constant(a.Value)
	if n, ok := v.(int64); ok && err == nil {
		return n
	}
	return instead
}

func setDuration(body *river.Body, name string, d time.Duration) {
	body.Set(name, river.NewString(d.String()))
}

// assign gives an attribute a value of which it is known that it can be written.
func assign(body *river.Body, name string, value any) {
	e, err := river.NewExpr(value)
	if err != nil {
		panic(err) // values come from this package only
	}
	body.Set(name, e)
}

func constantBackoff(file *river.File) int {
	return queues(file, func(q *river.Body) {
		setDuration(q, "max_backoff", duration(q, "min_backoff", minBackoff))
	}) + pushes(file, func(p *river.Body) {
		setDuration(p, "max_backoff_period", duration(p, "min_backoff_period", pushBackoff))
	})
}

func slowBackoff(file *river.File) int {
	return queues(file, func(q *river.Body) {
		first := 2 * duration(q, "min_backoff", minBackoff)
		setDuration(q, "min_backoff", first)
		setDuration(q, "max_backoff", max(first, duration(q, "max_backoff", 5*time.Second)))
	}) + pushes(file, func(p *river.Body) {
		first := 2 * duration(p, "min_backoff_period", pushBackoff)
		setDuration(p, "min_backoff_period", first)
		setDuration(p, "max_backoff_period", max(first, duration(p, "max_backoff_period", 5*time.Minute)))
	})
}

func uncappedBackoff(file *river.File) int {
	return queues(file, func(q *river.Body) { setDuration(q, "max_backoff", 1000*time.Hour) }) +
		pushes(file, func(p *river.Body) { setDuration(p, "max_backoff_period", 1000*time.Hour) })
}

func retriesOnce(file *river.File) int {
	return pushes(file, func(p *river.Body) { assign(p, "max_backoff_retries", 1) })
}

func ignoresRetryLimit(file *river.File) int {
	return pushes(file, func(p *river.Body) { assign(p, "max_backoff_retries", 0) })
}

func flip429(file *river.File) int {
	flip := func(body *river.Body, standard bool) {
		on := standard
		if a := body.Attribute("retry_on_http_429"); a != nil {
			v, err := river.Constant(a.Value)
			on = err == nil && v == true
		}
		assign(body, "retry_on_http_429", !on)
	}
	return queues(file, func(q *river.Body) { flip(q, false) }) + pushes(file, func(p *river.Body) { flip(p, true) })
}

func overfillBatches(file *river.File) int {
	return queues(file, func(q *river.Body) {
		size := 10 * integer(q, "max_samples_per_send", batchSize)
		assign(q, "max_samples_per_send", size)
		assign(q, "capacity", max(size, integer(q, "capacity", 2500)))
	})
}

func underfillBatches(file *river.File) int {
	return queues(file, func(q *river.Body) { assign(q, "max_samples_per_send", 1) })
}

func lateBatches(file *river.File) int {
	return queues(file, func(q *river.Body) {
		setDuration(q, "batch_send_deadline", 3*duration(q, "batch_send_deadline", batchDeadline))
	})
}

// descriptions calls edit with the metadata_config of every remote write endpoint, made if it is missing.
func descriptions(file *river.File, edit func(body *river.Body)) int {
	return endpoints(file, func(body *river.Body) int {
		edit(&inner(body, "metadata_config").Body)
		return 1
	}, remoteWrite)
}

func slowMetadata(file *river.File) int {
	return descriptions(file, func(m *river.Body) {
		setDuration(m, "send_interval", 3*duration(m, "send_interval", metadataPeriod))
	})
}

func overfillMetadata(file *river.File) int {
	return descriptions(file, func(m *river.Body) {
		assign(m, "max_samples_per_send", 10*integer(m, "max_samples_per_send", metadataSize))
	})
}

func oneShard(file *river.File) int {
	return queues(file, func(q *river.Body) {
		assign(q, "min_shards", 1)
		assign(q, "max_shards", 1)
	})
}

func neverTruncate(file *river.File) int {
	return logs(file, func(w *river.Body) { setDuration(w, "truncate_frequency", 10000*time.Hour) })
}

func truncateEagerly(file *river.File) int {
	return logs(file, func(w *river.Body) {
		setDuration(w, "truncate_frequency", 10*time.Minute)
		setDuration(w, "min_keepalive_time", 0)
		setDuration(w, "max_keepalive_time", time.Minute)
	})
}

// logs calls edit with the wal block of every remote write component, made if it is missing.
func logs(file *river.File, edit func(body *river.Body)) int {
	components := file.Body.Blocks(remoteWrite)
	for _, c := range components {
		edit(&inner(&c.Body, "wal").Body)
	}
	return len(components)
}

func slowScrapes(file *river.File) int {
	n := 0
	for _, c := range file.Body.Blocks("prometheus.scrape", "pyroscope.scrape", "phlare.scrape") {
		standard := interval
		if c.Name.Text == "prometheus.scrape" {
			standard = metricsPeriod
		}
		setDuration(&c.Body, "scrape_interval", 2*duration(&c.Body, "scrape_interval", standard))
		n++
	}
	return n
}

func forgetAuth(file *river.File) int {
	auth := []string{"bearer_token", "bearer_token_file", "basic_auth", "authorization", "oauth2"}
	return removeAll(file, func(p place) bool {
		return slices.ContainsFunc(auth, p.matches)
	})
}

func ignoreProxy(file *river.File) int {
	settings := []string{"proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header"}
	return removeAll(file, func(p place) bool { return slices.ContainsFunc(settings, p.matches) })
}

// tlsSettings calls edit with every tls_config that is written, those of oauth2 included.
func tlsSettings(file *river.File, edit func(body *river.Body)) int {
	found := blocks(file, "tls_config")
	for _, b := range found {
		edit(&b.Body)
	}
	return len(found)
}

func skipVerification(file *river.File) int {
	return tlsSettings(file, func(t *river.Body) { assign(t, "insecure_skip_verify", true) })
}

func oldTLS(file *river.File) int {
	return tlsSettings(file, func(t *river.Body) { assign(t, "min_version", "TLS10") })
}

func trustNobody(file *river.File) int {
	return removeAll(file, func(p place) bool {
		return p.matches("tls_config.ca_pem") || p.matches("tls_config.ca_file")
	})
}
