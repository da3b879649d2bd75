package adapter

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// prometheus drives Prometheus in agent mode, versions 2 and 3.
type prometheus struct {
	path  string
	probe sync.Once // what the first start asked the program
	asked sut.Info
	err   error
}

func (a *prometheus) Name() string      { return "prometheus" }
func (a *prometheus) Lanes() []sut.Lane { return []sut.Lane{sut.Real} }

var prometheusVersion = regexp.MustCompile(`version (\d+)\.(\d+)\.(\d+)`)

func (a *prometheus) Probe(ctx context.Context) (sut.Info, error) {
	line, err := version(ctx, a.path, "--version")
	if err != nil {
		return sut.Info{}, err
	}
	m := prometheusVersion.FindStringSubmatch(line)
	if m == nil || !strings.HasPrefix(line, "prometheus") {
		return sut.Info{}, fmt.Errorf("%s does not say that it is Prometheus but %q", a.path, line)
	}
	return sut.Info{
		Name: a.Name(), Version: strings.Join(m[1:], "."), Path: a.path,
		Can: []sut.Capability{sut.CanScrapeMetrics, sut.CanRemoteWrite, sut.CanReload, sut.CanRefuse, sut.CanShowMetrics,
			sut.CanShowQueue, sut.CanListTargets, sut.CanBuffer, sut.CanSendMetadata, sut.CanSendExemplars, sut.CanSendHistograms},
		// Its scrape manager looks for new targets every 5 s, the first scrape comes up to an interval later.
		Patience: 12 * time.Second,
		Metrics: map[string]string{
			"agent_wal_storage_active_series":                 "prometheus_agent_active_series",
			"agent_wal_storage_deleted_series":                "prometheus_agent_deleted_series",
			"agent_wal_samples_appended_total":                "prometheus_agent_samples_appended_total",
			"agent_wal_exemplars_appended_total":              "prometheus_agent_exemplars_appended_total",
			"prometheus_remote_storage_samples_retries_total": "prometheus_remote_storage_samples_retried_total",
		},
		Notes: []string{"River is translated to Prometheus' own configuration; defaults that are not written are Prometheus' own"},
	}, nil
}

// endpointSheet is an endpoint of prometheus.remote_write as an entry of remote_write.
var endpointSheet = slices.Concat(sheet{
	{river: "url", to: "url"},
	{river: "name", to: "name"},
	{river: "remote_timeout", to: "remote_timeout", kind: duration},
	{river: "headers", to: "headers"},
	{river: "send_exemplars", to: "send_exemplars"},
	{river: "send_native_histograms", to: "send_native_histograms"},
}, clientSheet,
	sheet{
		{river: "capacity", to: "capacity"},
		{river: "min_shards", to: "min_shards"},
		{river: "max_shards", to: "max_shards"},
		{river: "max_samples_per_send", to: "max_samples_per_send"},
		{river: "batch_send_deadline", to: "batch_send_deadline", kind: duration},
		{river: "min_backoff", to: "min_backoff", kind: duration},
		{river: "max_backoff", to: "max_backoff", kind: duration},
		{river: "retry_on_http_429", to: "retry_on_http_429"},
	}.within("queue_config", "queue_config"),
	sheet{
		{river: "send", to: "send"},
		{river: "send_interval", to: "send_interval", kind: duration},
		{river: "max_samples_per_send", to: "max_samples_per_send"},
	}.within("metadata_config", "metadata_config"),
)

// laterSettings are those that an endpoint has only from a version on.
var laterSettings = []struct {
	since   release
	setting setting
}{
	{release{2, 50}, setting{river: "queue_config > sample_age_limit", to: "queue_config.sample_age_limit", kind: duration}},
	{release{2, 54}, setting{river: "protobuf_message", to: "protobuf_message"}},
}

// endpointSettings are those that this version takes.
func (a *prometheus) endpointSettings() sheet {
	settings := endpointSheet
	for _, later := range laterSettings {
		if parseRelease(a.asked.Version).atLeast(later.since) {
			settings = append(settings[:len(settings):len(settings)], later.setting)
		}
	}
	return settings
}

// walSheet collects the wal block, which becomes flags.
var walSheet = sheet{
	{river: "wal", to: "wal"},
	{river: "wal > truncate_frequency", to: "wal.truncate", kind: duration},
	{river: "wal > min_keepalive_time", to: "wal.min", kind: duration},
	{river: "wal > max_keepalive_time", to: "wal.max", kind: duration},
}

var walFlags = map[string]string{
	"truncate": "--storage.agent.wal-truncate-frequency",
	"min":      "--storage.agent.retention.min-time",
	"max":      "--storage.agent.retention.max-time",
}

// configure writes prometheus.yml and returns the flags that belong to it.
func (a *prometheus) configure(folder string, config []byte) ([]string, error) {
	p, err := newPipeline(a.Name(), config)
	if err != nil {
		return nil, err
	}
	t := &translator{pipeline: p, folder: folder}
	out, flags := tree{}, []string(nil)
	flagged, settings := a.features()
	if out["scrape_configs"], err = t.scrapeConfigs(slices.Concat(scrapeSheet, limitSheet, settings), flagged.settings()...); err != nil {
		return nil, err
	}
	if out["remote_write"], err = t.remoteWrites(a.endpointSettings()); err != nil {
		return nil, err
	}
	if flags, err = t.common(out); err != nil {
		return nil, err
	}
	enabled, err := t.features(flagged)
	if err != nil {
		return nil, err
	}
	return append(flags, enabled...), writeTree(filepath.Join(folder, "prometheus.yml"), out)
}

// features are settings of prometheus.scrape that are flags here, once for all jobs.
type features []struct {
	river, flag string
	// From this version on it is a setting of the job, called to.
	since release
	to    string
}

var allFeatures = features{
	{river: "extra_metrics", flag: "extra-scrape-metrics"},
	{river: "enable_protobuf_negotiation", flag: "native-histograms", since: release{3, 8}, to: "scrape_native_histograms"},
}

// features are those that are flags of this version, and those that are settings of its jobs.
func (a *prometheus) features() (flagged features, settings sheet) {
	for _, f := range allFeatures {
		if f.to != "" && parseRelease(a.asked.Version).atLeast(f.since) {
			settings = append(settings, setting{river: f.river, to: f.to})
		} else {
			flagged = append(flagged, f)
		}
	}
	return flagged, settings
}

func (list features) settings() []string {
	var names []string
	for _, f := range list {
		names = append(names, f.river)
	}
	return names
}

// features translates the settings of a list. All jobs must agree on each.
func (t *translator) features(list features) ([]string, error) {
	var flags []string
	for _, f := range list {
		on := 0
		for _, s := range t.scrapes {
			set, err := t.flag(s, f.river)
			if err != nil {
				return nil, err
			}
			if set {
				on++
			}
		}
		switch on {
		case 0:
		case len(t.scrapes):
			flags = append(flags, "--enable-feature="+f.flag)
		default:
			return nil, t.unsupported("prometheus.scrape > "+f.river+" of one of several", "it is a flag")
		}
	}
	return flags, nil
}

// flag reads a setting that is true or false, and false when it is not written.
func (t *translator) flag(b *river.Block, name string) (bool, error) {
	a := b.Body.Attribute(name)
	if a == nil {
		return false, nil
	}
	v, err := t.constant(name, a.Value)
	return v == true, err
}

// remoteWrites translates every endpoint into an entry of remote_write.
func (t *translator) remoteWrites(settings sheet) ([]tree, error) {
	all := []tree{}
	for _, w := range t.writes {
		for _, e := range w.Body.Blocks("endpoint") {
			out := tree{}
			if err := t.block(&e.Body, settings, "endpoint", out, "write_relabel_config"); err != nil {
				return nil, err
			}
			rules, err := t.relabelRules(&e.Body)
			if err != nil {
				return nil, err
			}
			if len(rules) > 0 {
				out["write_relabel_configs"] = rules
			}
			all = append(all, out)
		}
	}
	return all, nil
}

// common translates what belongs to a component of River but to the whole of Prometheus.
func (t *translator) common(out tree) ([]string, error) {
	settings := slices.Concat(sheet{{river: "external_labels", to: "external_labels"}}, walSheet)
	global := tree{}
	for _, w := range t.writes {
		if err := t.block(&w.Body, settings, w.Name.Text, global, "endpoint"); err != nil {
			return nil, err
		}
	}
	if len(t.writes) > 1 && len(global) > 0 {
		return nil, t.unsupported("external_labels or wal of one of several prometheus.remote_write", "it has them once for all")
	}
	wal, _ := global["wal"].(tree)
	var flags []string
	for name, value := range wal {
		flags = append(flags, fmt.Sprintf("%s=%v", walFlags[name], value))
	}
	slices.Sort(flags)
	delete(global, "wal")
	out["global"] = global
	return flags, nil
}

// agentMode is the flag that selects agent mode: version 3 has one of its own, which version 2 does not know.
func (a *prometheus) agentMode(ctx context.Context) (string, error) {
	a.probe.Do(func() { a.asked, a.err = a.Probe(ctx) })
	if parseRelease(a.asked.Version).atLeast(release{3, 0}) {
		return "--agent", a.err
	}
	return "--enable-feature=agent", a.err
}

func (a *prometheus) Start(ctx context.Context, setup sut.Setup) (sut.Process, error) {
	mode, err := a.agentMode(ctx)
	if err != nil {
		return nil, err
	}
	flags, err := a.configure(setup.Folder, setup.Config)
	if err != nil {
		return nil, err
	}
	return program{
		agent: a.Name(), path: a.path, setup: setup, find: prometheusAddress,
		ready: "/-/ready", reload: "/-/reload",
		args: append([]string{
			mode,
			"--config.file=" + filepath.Join(setup.Folder, "prometheus.yml"),
			"--storage.agent.path=" + setup.Storage,
			"--web.listen-address=127.0.0.1:0",
			"--web.enable-lifecycle",
			"--storage.remote.flush-deadline=5s",
		}, flags...),
		configure: func(config []byte) error {
			now, err := a.configure(setup.Folder, config)
			if err == nil && !slices.Equal(now, flags) {
				return &sut.Unsupported{Agent: a.Name(), Setting: "a reload of the wal block", Why: "they are flags"}
			}
			return err
		},
	}.start()
}

var listening = regexp.MustCompile(`msg="?Listening on"? .*address="?([^" ]+)`)

// prometheusAddress finds the address in the line that tells what was made of port 0.
func prometheusAddress(line string) string {
	if m := listening.FindStringSubmatch(line); m != nil {
		return "http://" + m[1]
	}
	return ""
}
