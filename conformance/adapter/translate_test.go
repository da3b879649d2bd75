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

const pipelineExample = `
prometheus.scrape "app" {
	targets         = [{"__address__" = "127.0.0.1:1", "zone" = "a"}, {"__address__" = "127.0.0.1:2"}]
	forward_to      = [prometheus.remote_write.m.receiver]
	scrape_interval = "1m30s"
}

prometheus.remote_write "m" {
	external_labels = {"env" = "test"}

	endpoint {
		url     = "http://127.0.0.1:3/push?a=1&b=2"
		headers = {"X-A" = "1", "X-B" = "2"}

		basic_auth {
			username = "u"
			password = "p,q"
		}

		tls_config {
			ca_pem      = "CERTIFICATE"
			min_version = "TLS12"
		}

		queue_config {
			min_backoff = "1500ms"
			max_shards  = 1
		}
	}

	wal {
		truncate_frequency = "10s"
	}
}
`

// lookUpPath follows a path of keys and indexes through decoded JSON.
func lookUpPath(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			v = v.(map[string]any)[step]
		case int:
			v = v.([]any)[step]
		}
	}
	return v
}

func TestPrometheusConfiguration(t *testing.T) {
	folder := t.TempDir()
	flags, err := (&prometheus{}).configure(folder, []byte(pipelineExample))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(flags, []string{"--storage.agent.wal-truncate-frequency=10000ms"}) {
		t.Errorf("flags %q", flags)
	}
	text, err := os.ReadFile(filepath.Join(folder, "prometheus.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path []any
		want any
	}{
		{[]any{"global", "external_labels", "env"}, "test"},
		{[]any{"scrape_configs", 0, "job_name"}, "prometheus.scrape.app"},
		{[]any{"scrape_configs", 0, "scrape_interval"}, "90000ms"},
		{[]any{"scrape_configs", 0, "static_configs", 0, "labels", "zone"}, "a"},
		{[]any{"scrape_configs", 0, "static_configs", 1, "targets", 0}, "127.0.0.1:2"},
		{[]any{"remote_write", 0, "url"}, "http://127.0.0.1:3/push?a=1&b=2"},
		{[]any{"remote_write", 0, "headers", "X-B"}, "2"},
		{[]any{"remote_write", 0, "basic_auth", "password"}, "p,q"},
		{[]any{"remote_write", 0, "tls_config", "min_version"}, "TLS12"},
		{[]any{"remote_write", 0, "queue_config", "min_backoff"}, "1500ms"},
		{[]any{"remote_write", 0, "queue_config", "max_shards"}, 1.0},
	} {
		if v := lookUpPath(t, got, c.path...); v != c.want {
			t.Errorf("%v: got %v, want %v", c.path, v, c.want)
		}
	}
	pemFile := lookUpPath(t, got, "remote_write", 0, "tls_config", "ca_file").(string)
	if text, err := os.ReadFile(pemFile); err != nil || string(text) != "CERTIFICATE" {
		t.Errorf("the certificate: %q, %v", text, err)
	}
}

func TestVmagentFlags(t *testing.T) {
	river := strings.Replace(pipelineExample, "min_backoff = \"1500ms\"\n", "", 1)
	river = strings.Replace(river, "min_version = \"TLS12\"\n", "", 1)
	river = strings.Replace(river, "wal {\n\t\ttruncate_frequency = \"10s\"\n\t}\n", "", 1)
	flags, err := (&vmagent{}).configure(t.TempDir(), []byte(river))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"-remoteWrite.label=env=test", "-remoteWrite.url=http://127.0.0.1:3/push?a=1&b=2", "-remoteWrite.headers=X-A:1^^X-B:2",
		"-remoteWrite.basicAuth.username=u", `-remoteWrite.basicAuth.password="p,q"`, "-remoteWrite.queues=1",
	} {
		if !slices.Contains(flags, want) {
			t.Errorf("%q is missing in %q", want, flags)
		}
	}
}

func TestUnsupportedNamesTheSetting(t *testing.T) {
	scrape := "prometheus.scrape \"a\" {\n targets = []\n forward_to = [%s]\n}\n"
	both := strings.Replace(scrape, "%s", "prometheus.remote_write.m.receiver", 1) + "prometheus.remote_write \"m\" {\n endpoint {\n url = \"http://x\"\n %s\n }\n}\n"
	for _, c := range []struct{ config, prometheus, vmagent string }{
		{"a = {", "this configuration", "this configuration"},
		{"pyroscope.write \"p\" { }", "pyroscope.write", "pyroscope.write"},
		{"x = 1", "attributes outside of components", "attributes outside of components"},
		{strings.Replace(both, "%s", "nonsense = 1", 1), "endpoint > nonsense", "endpoint > nonsense"},
		{strings.Replace(both, "%s", "queue_config {\n min_backoff = \"1s\"\n }", 1), "", "endpoint > queue_config > min_backoff"},
		{strings.Replace(both, "%s", "queue_config {\n retry_on_http_429 = false\n }", 1), "", "endpoint > queue_config > retry_on_http_429"},
		{strings.Replace(both, "%s", "queue_config {\n retry_on_http_429 = true\n }", 1), "", ""},
		{strings.Replace(both, "%s", "queue_config {\n max_shards = 4\n }", 1), "", "endpoint > queue_config > max_shards"},
		{strings.Replace(both, "%s", "follow_redirects = true", 1), "", "endpoint > follow_redirects"},
		{strings.Replace(both, "%s", "", 1) + "prometheus.remote_write \"n\" {\n endpoint {\n url = \"http://y\"\n }\n}", "prometheus.scrape > forward_to", "prometheus.scrape > forward_to"},
		{strings.Replace(scrape, "%s", "", 1), "", ""},
	} {
		_, err := (&prometheus{}).configure(t.TempDir(), []byte(c.config))
		checkUnsupported(t, "prometheus", c.config, err, c.prometheus)
		_, err = (&vmagent{}).configure(t.TempDir(), []byte(c.config))
		checkUnsupported(t, "vmagent", c.config, err, c.vmagent)
	}
}

func checkUnsupported(t *testing.T, agent, config string, err error, setting string) {
	t.Helper()
	var unsupported *sut.Unsupported
	switch {
	case setting == "" && err != nil:
		t.Errorf("%s: %v for\n%s", agent, err, config)
	case setting == "":
	case !errors.As(err, &unsupported) || unsupported.Setting != setting || unsupported.Agent != agent:
		t.Errorf("%s: got %v, want setting %q for\n%s", agent, err, setting, config)
	}
}

func TestAddressesInOutput(t *testing.T) {
	for line, want := range map[string]string{
		`ts=x caller=tls_config.go:232 level=info component=web msg="Listening on" address=127.0.0.1:35455`: "http://127.0.0.1:35455",
		`time=x level=INFO msg="Listening on" component=web address=127.0.0.1:1234 x=y`:                     "http://127.0.0.1:1234",
		`msg="Start listening for connections" address=127.0.0.1:0`:                                         "",
	} {
		if got := prometheusAddress(line); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
	var w lineWriter
	w.find = announced
	for _, piece := range []string{"level=INFO\n{\"ht", "tp\":\"127.0.0.1:5\"}", "\n{\"http\":\"127.0.0.1:6\"}\n"} {
		if _, err := w.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.found(); got != "http://127.0.0.1:5" {
		t.Errorf("got %q", got)
	}
}
