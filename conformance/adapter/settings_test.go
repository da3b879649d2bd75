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

const settingsExample = `
prometheus.scrape "app" {
	targets                     = [{"__address__" = "127.0.0.1:1"}]
	forward_to                  = [prometheus.remote_write.m.receiver]
	sample_limit                = 3
	body_size_limit             = 1000
	extra_metrics               = true
	enable_protobuf_negotiation = true
}

prometheus.remote_write "m" {
	endpoint {
		url            = "http://127.0.0.1:3/push"
		send_exemplars = true

		write_relabel_config {
			regex  = "a"
			action = "labeldrop"
		}

		write_relabel_config {
			source_labels = ["b", "c"]
			target_label  = "d"
		}
	}
}
`

// configured is the file that Prometheus of this version gets, with its flags.
func configured(t *testing.T, version, config string) (any, []string, error) {
	t.Helper()
	folder := t.TempDir()
	flags, err := (&prometheus{asked: sut.Info{Version: version}}).configure(folder, []byte(config))
	if err != nil {
		return nil, nil, err
	}
	text, err := os.ReadFile(filepath.Join(folder, "prometheus.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	return got, flags, nil
}

func TestSettingsOfScrapesAndEndpoints(t *testing.T) {
	got, flags, err := configured(t, "2.42.0", settingsExample)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(flags, []string{"--enable-feature=extra-scrape-metrics", "--enable-feature=native-histograms"}) {
		t.Errorf("flags %q", flags)
	}
	for want, path := range map[string][]any{
		"3":         {"scrape_configs", 0, "sample_limit"},
		`"1000B"`:   {"scrape_configs", 0, "body_size_limit"},
		"true":      {"remote_write", 0, "send_exemplars"},
		`"a"`:       {"remote_write", 0, "write_relabel_configs", 0, "regex"},
		`["b","c"]`: {"remote_write", 0, "write_relabel_configs", 1, "source_labels"},
	} {
		text, _ := json.Marshal(lookUpPath(t, got, path...))
		if string(text) != want {
			t.Errorf("%v: got %s, want %s", path, text, want)
		}
	}
}

func TestFeaturesThatBecameSettings(t *testing.T) {
	got, flags, err := configured(t, "3.8.0", settingsExample)
	if err != nil {
		t.Fatal(err)
	}
	if on := lookUpPath(t, got, "scrape_configs", 0, "scrape_native_histograms"); on != true || !slices.Equal(flags, []string{"--enable-feature=extra-scrape-metrics"}) {
		t.Errorf("scrape_native_histograms is %v, flags %q", on, flags)
	}
}

func TestSettingsThatCameLater(t *testing.T) {
	for setting, since := range map[string]string{
		`protobuf_message = "io.prometheus.write.v2.Request"`: "2.54.0",
		"queue_config {\n sample_age_limit = \"1m\"\n}":       "2.50.1",
	} {
		config := strings.Replace(settingsExample, "send_exemplars = true", setting, 1)
		if _, _, err := configured(t, since, config); err != nil {
			t.Errorf("%s of %s: %v", setting, since, err)
		}
		if _, _, err := configured(t, "3.1.0", config); err != nil {
			t.Errorf("%s of 3.1.0: %v", setting, err)
		}
		if _, _, err := configured(t, "2.42.0", config); !errors.As(err, new(*sut.Unsupported)) {
			t.Errorf("%s of 2.42.0: %v", setting, err)
		}
	}
}

func TestFlagsThatOnlySomeScrapesAskForAreUnsupported(t *testing.T) {
	second := `
prometheus.scrape "other" {
	targets    = [{"__address__" = "127.0.0.1:2"}]
	forward_to = [prometheus.remote_write.m.receiver]
}
`
	if _, _, err := configured(t, "2.42.0", settingsExample+second); !errors.As(err, new(*sut.Unsupported)) {
		t.Errorf("got %v", err)
	}
}

func TestVmagentRelabelsByFile(t *testing.T) {
	folder := t.TempDir()
	config := strings.NewReplacer("extra_metrics               = true", "", "enable_protobuf_negotiation = true", "",
		"body_size_limit             = 1000", "", "send_exemplars = true", "").Replace(settingsExample)
	flags, err := (&vmagent{}).configure(folder, []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "relabel-1.yml")
	if !slices.Contains(flags, "-remoteWrite.urlRelabelConfig="+path) {
		t.Errorf("flags %q", flags)
	}
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), `"labeldrop"`) {
		t.Errorf("rules %q, %v", text, err)
	}
	if _, err := (&vmagent{}).configure(folder, []byte(settingsExample)); !errors.As(err, new(*sut.Unsupported)) {
		t.Errorf("settings that vmagent lacks: %v", err)
	}
}
