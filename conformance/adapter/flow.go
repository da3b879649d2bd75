package adapter

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// flow drives agents whose own configuration is River: Grafana Agent in flow mode, and Alloy, which took over from it.
type flow struct {
	flowKind
	path  string
	probe sync.Once // guards what follows: what the program was asked
	asked sut.Info
	lacks []string // settings that this version does not have, as the pages write them
	err   error
}

// flowKind is what tells such agents apart.
type flowKind struct {
	name string
	// word is how the program calls itself in front of its version.
	word string
	// args are added to its command run.
	args []string
	// patience is how long it may take until the first data flow.
	patience time.Duration
	// metrics are documented names that it spells in another way, beside those that all of them do.
	metrics map[string]string
	notes   []string
}

// agentKind is Grafana Agent. Its reader of the log looks every 15 s, so that is when the first samples are pushed, and a later
// check may have to wait as long again.
var agentKind = flowKind{
	name: "grafana-agent", word: "agent", patience: 20 * time.Second,
	notes: []string{"its log is read every 15 s: samples are pushed that much later than they were scraped"},
}

// alloyKind is Alloy. It renamed the metrics of its log and of scraping.
var alloyKind = flowKind{
	name: "alloy", word: "alloy", patience: 12 * time.Second,
	args:    []string{"--stability.level=experimental"},
	metrics: alloyMetrics(),
	notes:   []string{"runs with --stability.level=experimental, without which it refuses protobuf_message"},
}

func alloyMetrics() map[string]string {
	names := prefixed("agent_wal_", "prometheus_remote_write_wal_", "storage_active_series", "storage_deleted_series",
		"storage_created_series_total", "storage_removed_series_total", "samples_appended_total", "exemplars_appended_total")
	maps.Copy(names, prefixed("agent_prometheus_", "prometheus_", "fanout_latency", "fanout_latency_bucket", "fanout_latency_sum",
		"fanout_latency_count", "forwarded_samples_total", "scrape_targets_gauge"))
	return names
}

// flowMetrics are the documented names that none of them has.
func flowMetrics() map[string]string {
	names := prefixed("phlare_fanout_latency", "pyroscope_fanout_latency", "", "_bucket", "_sum", "_count")
	names["prometheus_remote_storage_samples_retries_total"] = "prometheus_remote_storage_samples_retried_total"
	return names
}

// prefixed maps names with one beginning to those with another.
func prefixed(from, to string, rest ...string) map[string]string {
	names := map[string]string{}
	for _, name := range rest {
		names[from+name] = to + name
	}
	return names
}

func (a *flow) Name() string      { return a.name }
func (a *flow) Lanes() []sut.Lane { return []sut.Lane{sut.Real} }

// flowEnvironment makes the program that has two modes run in this one; others do not look at it.
var flowEnvironment = []string{"AGENT_MODE=flow"}

// run is the command line that runs the configuration in file.
func (a *flow) run(file, storage, address string) []string {
	args := []string{"run", "--disable-reporting", "--storage.path=" + storage, "--server.http.listen-addr=" + address}
	return append(append(args, a.args...), file)
}

// Start starts the agent on a port that is held for it: it refuses port 0.
func (a *flow) Start(ctx context.Context, setup sut.Setup) (sut.Process, error) {
	if _, err := a.Probe(ctx); err != nil {
		return nil, err
	}
	file := filepath.Join(setup.Folder, "config.river")
	configure := func(config []byte) error {
		text, err := a.translate(config)
		if err != nil {
			return err
		}
		return os.WriteFile(file, text, 0o600)
	}
	if err := configure(setup.Config); err != nil {
		return nil, err
	}
	address, hold, err := holdPort()
	if err != nil {
		return nil, err
	}
	return program{
		agent: a.name, path: a.path, setup: setup, url: "http://" + address, hold: hold,
		ready: "/-/ready", reload: "/-/reload", configure: configure,
		args: a.run(file, setup.Storage, address), env: flowEnvironment,
	}.start()
}
