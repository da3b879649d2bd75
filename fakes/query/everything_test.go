package query_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/exp/api/remote"

	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/query/metrics"
)

// TestProgramsSendEverything lets programs scrape every type of metric over protobuf, native histograms and exemplars among them, and
// push it in both versions. What they sent is read back exactly.
func TestProgramsSendEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("starting real programs takes seconds: not with -short")
	}
	for _, p := range []program{
		{name: "prometheus", binary: "prometheus", variable: "TOUCHSTONE_PROMETHEUS3", get: "make peers", needs: "--help", prints: "--[no-]agent "},
		{name: "otelcol", binary: "otelcol", variable: "TOUCHSTONE_OTELCOL", get: "make peers"},
	} {
		for _, version := range []remote.WriteMessageType{remote.WriteV1MessageType, remote.WriteV2MessageType} {
			t.Run(p.name+"/"+string(version), func(t *testing.T) {
				t.Parallel()
				p.sendEverything(t, version)
			})
		}
	}
}

func (p program) sendEverything(t *testing.T, version remote.WriteMessageType) {
	binary := p.find(t)
	target := exposition.StartT(t, exposition.Options{Source: exposition.EveryType, Formats: []exposition.Format{exposition.Protobuf}})
	m := metrics.StartT(t)
	in := place{binary, t.TempDir(), strings.TrimPrefix(target.URL(), "http://"), m.PushURL()}
	// Prometheus' agent mode keeps no metadata in its log, from which version 2.0 would send it.
	saysMore := p.name != "prometheus" || version != remote.WriteV2MessageType
	runUntil(t, func() { waitEverything(t, m, saysMore) }, in.binary, everything[p.name](t, in, version)...)
	m.Down() // waits for the last request
	if err := m.Up(); err != nil {
		t.Fatal(err)
	}
	sent := checkSent(t, m, "")
	if !sent.has("", "every_gauge") || !sent.has("", "every_seconds") || !sent.has(exemplarsOf, "every_total") || sent.has(metadataOf, "every_total") != saysMore {
		t.Errorf("not everything was sent, only %s", slices.Sorted(maps.Keys(sent)))
	}
}

// everything has the arguments of the programs, and writes their configuration.
var everything = map[string]func(*testing.T, place, remote.WriteMessageType) []string{
	"prometheus": func(t *testing.T, in place, version remote.WriteMessageType) []string {
		file := writeFile(t, in.folder, "prometheus.yml", strings.Replace(fmt.Sprintf(scrapeConfig, in.target), "job_name: page",
			"job_name: page\n    scrape_native_histograms: true\n    scrape_protocols: [PrometheusProto]", 1)+
			fmt.Sprintf(`remote_write: [{url: %q, protobuf_message: %s, send_exemplars: true, send_native_histograms: true,
  queue_config: {batch_send_deadline: 100ms}, metadata_config: {send_interval: 200ms}}]`, in.to, version))
		return []string{"--agent", "--config.file=" + file, "--storage.agent.path=" + filepath.Join(in.folder, "data"), "--web.listen-address=127.0.0.1:0"}
	},
	"otelcol": func(t *testing.T, in place, version remote.WriteMessageType) []string {
		file := writeFile(t, in.folder, "collector.yml", fmt.Sprintf(`
receivers:
  prometheus:
    config:
      scrape_configs: [{job_name: page, scrape_interval: 200ms, scrape_timeout: 200ms, scrape_native_histograms: true,
        scrape_protocols: [PrometheusProto], static_configs: [{targets: [%q]}]}]
exporters: {prometheusremotewrite: {endpoint: %q, add_metric_suffixes: false, send_metadata: true, protobuf_message: %s}}
service:
  telemetry: {metrics: {level: none}}
  pipelines: {metrics: {receivers: [prometheus], exporters: [prometheusremotewrite]}}
`, in.target, in.to, version))
		return []string{"--config=" + file, "--feature-gates=exporter.prometheusremotewritexporter.enableSendingRW2"}
	},
}

// waitEverything returns when native histograms, exemplars and, if wanted, metadata have come.
func waitEverything(t *testing.T, m *mimir.Server, metadata bool) {
	t.Helper()
	eventually(t, "something of everything has arrived", func() bool {
		all, err := m.Accepted().Series(`{__name__=~"every_.*"}`)
		if err != nil {
			t.Fatal(err)
		}
		exemplars, histograms := 0, 0
		for _, s := range all {
			exemplars, histograms = exemplars+len(s.Exemplars), histograms+len(s.Histograms)
		}
		return exemplars > 0 && histograms > 0 && (!metadata || len(m.Accepted().Metadata()) > 0)
	})
}
