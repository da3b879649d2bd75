package adapter

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

const collectorExample = `
prometheus.scrape "app" {
	targets    = [{"__address__" = "127.0.0.1:1", "zone" = "a$b"}]
	forward_to = [prometheus.remote_write.m.receiver]
}

prometheus.remote_write "m" {
	external_labels = {"env" = "test"}

	endpoint {
		url            = "http://127.0.0.1:3/push"
		send_exemplars = true

		queue_config {
			min_backoff         = "1500ms"
			batch_send_deadline = "1s"
			retry_on_http_429   = true
		}
	}

	endpoint {
		url            = "http://127.0.0.1:4/push"
		remote_timeout = "2s"
	}
}
`

func TestCollectorConfiguration(t *testing.T) {
	folder := t.TempDir()
	gates, err := (&otelcol{}).configure(folder, "127.0.0.1:5", []byte(collectorExample))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(gates, []string{gateVersion2, gateRetry429}) {
		t.Errorf("gates %q", gates)
	}
	text, err := os.ReadFile(filepath.Join(folder, "collector.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for want, path := range map[string][]any{
		`"a$$b"`:                    {"receivers", "prometheus", "config", "scrape_configs", 0, "static_configs", 0, "labels", "zone"},
		`"test"`:                    {"exporters", "prometheusremotewrite/1", "external_labels", "env"},
		`"1500ms"`:                  {"exporters", "prometheusremotewrite/1", "retry_on_failure", "initial_interval"},
		`"http://127.0.0.1:4/push"`: {"exporters", "prometheusremotewrite/2", "endpoint"},
		`"2000ms"`:                  {"exporters", "prometheusremotewrite/2", "timeout"},
		`["prometheusremotewrite/1","prometheusremotewrite/2"]`: {"service", "pipelines", "metrics", "exporters"},
	} {
		text, _ := json.Marshal(lookUpPath(t, got, path...))
		if string(text) != want {
			t.Errorf("%v: got %s, want %s", path, text, want)
		}
	}
}

func TestCollectorHasNoEquivalent(t *testing.T) {
	for _, replaced := range []string{"send_exemplars = false", "follow_redirects = false"} {
		config := strings.Replace(collectorExample, "send_exemplars = true", replaced, 1)
		if _, err := (&otelcol{}).configure(t.TempDir(), "127.0.0.1:5", []byte(config)); !errors.As(err, new(*sut.Unsupported)) {
			t.Errorf("%s: %v", replaced, err)
		}
	}
}
