package adapter

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// otelcol drives an OpenTelemetry collector that has the prometheus receiver and the prometheusremotewrite exporter.
type otelcol struct{ path string }

func (a *otelcol) Name() string      { return "otelcol" }
func (a *otelcol) Lanes() []sut.Lane { return []sut.Lane{sut.Real} }

var otelcolVersion = regexp.MustCompile(`version v?(\d+\.\d+\.\d+)`)

func (a *otelcol) Probe(ctx context.Context) (sut.Info, error) {
	line, err := version(ctx, a.path, "--version")
	if err != nil {
		return sut.Info{}, err
	}
	m := otelcolVersion.FindStringSubmatch(line)
	if m == nil {
		return sut.Info{}, fmt.Errorf("%s does not say its version but %q", a.path, line)
	}
	return sut.Info{
		Name: a.Name(), Path: a.path, Version: m[1],
		Can: []sut.Capability{sut.CanScrapeMetrics, sut.CanRemoteWrite, sut.CanRefuse, sut.CanSendExemplars, sut.CanSendHistograms},
		// Its receiver is Prometheus' scrape manager: targets are looked for every 5 s, the first scrape comes up to an interval later.
		Patience: 12 * time.Second,
		Notes: []string{"River is translated to a prometheus receiver and prometheusremotewrite exporters, which leave names as they are and add no metrics " +
			"or labels of their own; it has no shards, so batch_send_deadline and min_shards say nothing to it"},
	}, nil
}

// otelcolSheet is an endpoint of prometheus.remote_write as an exporter.
var otelcolSheet = slices.Concat(sheet{
	{river: "url", to: "endpoint"},
	{river: "remote_timeout", to: "timeout", kind: duration},
	{river: "headers", to: "headers"},
	{river: "proxy_url", to: "proxy_url"},
	{river: "protobuf_message", to: "protobuf_message"},
	{river: "queue_config", to: "retry_on_failure"},
	{river: "queue_config > min_backoff", to: "retry_on_failure.initial_interval", kind: duration},
	{river: "queue_config > max_backoff", to: "retry_on_failure.max_interval", kind: duration},
	{river: "queue_config > max_shards", to: "max_batch_request_parallelism"},
}, otelcolTLS().within("tls_config", "tls"))

// otelcolTLS is tls_config, of which the collector spells one setting otherwise and takes PEM text as it is.
func otelcolTLS() sheet {
	var own sheet
	for _, name := range []string{"ca_file", "ca_pem", "cert_file", "cert_pem", "key_file", "key_pem", "insecure_skip_verify"} {
		own = append(own, setting{river: name, to: name})
	}
	return append(own, setting{river: "server_name", to: "server_name_override"})
}

// otelcolSkip says nothing to an agent that sends each scrape at once.
var otelcolSkip = []string{"name", "queue_config > min_shards", "queue_config > batch_send_deadline"}

// Start starts the collector with its own metrics on a port that is held for it: that it answers there shows that it runs.
func (a *otelcol) Start(_ context.Context, setup sut.Setup) (sut.Process, error) {
	address, hold, err := holdPort()
	if err != nil {
		return nil, err
	}
	gates, err := a.configure(setup.Folder, address, setup.Config)
	if err != nil {
		if hold != nil {
			_ = hold.Close()
		}
		return nil, err
	}
	return program{
		agent: a.Name(), path: a.path, setup: setup, url: "http://" + address, hold: hold, ready: "/metrics",
		args: []string{"--config=" + filepath.Join(setup.Folder, "collector.yml"), "--feature-gates=" + strings.Join(gates, ",")},
		configure: func([]byte) error {
			return &sut.Unsupported{Agent: a.Name(), Setting: "reload", Why: "it has no HTTP call for it"}
		},
	}.start()
}

// The feature gates of what has a setting in River: remote write 2.0 must still be named besides, and 429 is tried again as soon as
// the gate is open.
const (
	gateVersion2 = "exporter.prometheusremotewritexporter.enableSendingRW2"
	gateRetry429 = "exporter.prometheusremotewritexporter.RetryOn429"
)

// configure writes collector.yml, and returns the feature gates to open.
func (a *otelcol) configure(folder, address string, config []byte) (gates []string, err error) {
	p, err := newPipeline(a.Name(), config)
	if err != nil {
		return nil, err
	}
	t := &translator{pipeline: p, folder: folder}
	scrapes, err := t.scrapeConfigs(slices.Concat(scrapeSheet, limitSheet,
		sheet{{river: "enable_protobuf_negotiation", to: "scrape_native_histograms"}}))
	if err != nil {
		return nil, err
	}
	exporters, gates, err := t.otelcolExporters()
	if err != nil {
		return nil, err
	}
	if len(scrapes) == 0 || len(exporters) == 0 {
		return nil, t.unsupported("a pipeline without a prometheus.scrape or an endpoint", "")
	}
	metrics, err := otelcolMetrics(address)
	if err != nil {
		return nil, err
	}
	return gates, writeCollector(filepath.Join(folder, "collector.yml"), tree{
		"receivers": tree{"prometheus": tree{"config": tree{"scrape_configs": scrapes}}},
		"exporters": exporters,
		"service": tree{
			"telemetry": tree{"metrics": metrics},
			"pipelines": tree{"metrics": tree{"receivers": []string{"prometheus"}, "exporters": slices.Sorted(maps.Keys(exporters))}},
		},
	})
}

// otelcolMetrics makes the collector serve its own metrics.
func otelcolMetrics(address string) (tree, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	exporter := tree{"prometheus": tree{"host": at.Addr().String(), "port": at.Port()}}
	return tree{"readers": []tree{{"pull": tree{"exporter": exporter}}}}, nil
}

// writeCollector writes a configuration in which a dollar sign is one: the collector takes $NAME for a variable.
func writeCollector(path string, t tree) error {
	if err := writeTree(path, t); err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes.ReplaceAll(text, []byte("$"), []byte("$$")), 0o600)
}

// otelcolExporters translates every endpoint into an exporter.
func (t *translator) otelcolExporters() (exporters tree, gates []string, err error) {
	exporters, gates = tree{}, []string{gateVersion2}
	for _, w := range t.writes {
		labels := tree{}
		if err := t.block(&w.Body, sheet{{river: "external_labels", to: "external_labels"}}, w.Name.Text, labels, "endpoint"); err != nil {
			return nil, nil, err
		}
		for _, e := range w.Body.Blocks("endpoint") {
			// Without these it renames metrics and adds some.
			out := tree{"translation_strategy": "UnderscoreEscapingWithoutSuffixes", "disable_scope_info": true, "target_info": tree{"enabled": false}}
			maps.Copy(out, labels)
			always, err := t.otelcolAlways(&e.Body)
			if err != nil {
				return nil, nil, err
			}
			if err := t.block(&e.Body, otelcolSheet, "endpoint", out, slices.Concat(always, otelcolSkip)...); err != nil {
				return nil, nil, err
			}
			if slices.Contains(always, retry429) {
				gates = append(gates, gateRetry429)
			}
			exporters[fmt.Sprintf("prometheusremotewrite/%d", len(exporters)+1)] = out
		}
	}
	return exporters, slices.Compact(gates), nil
}

const retry429 = "queue_config > retry_on_http_429"

// otelcolAlways names the settings that need no equivalent: they are true, and ask for what the collector always does or has a gate for.
func (t *translator) otelcolAlways(endpoint *river.Body) (skip []string, err error) {
	settings := map[string]*river.Attribute{
		"send_exemplars":         endpoint.Attribute("send_exemplars"),
		"send_native_histograms": endpoint.Attribute("send_native_histograms"),
	}
	for _, q := range endpoint.Blocks("queue_config") {
		settings[retry429] = q.Body.Attribute("retry_on_http_429")
	}
	for name, a := range settings {
		if a == nil {
			continue
		}
		v, err := t.constant("endpoint > "+name, a.Value)
		if err != nil {
			return nil, err
		}
		if v == true {
			skip = append(skip, name)
		}
	}
	return skip, nil
}
