package adapter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

var flowVersion = regexp.MustCompile(`^(\w+), version v?(\d+\.\d+\.\d+)`)

// Probe asks the program for its version, for the components that are built into it and for the settings that not every version has.
func (a *flow) Probe(ctx context.Context) (sut.Info, error) {
	a.probe.Do(func() { a.asked, a.lacks, a.err = a.look(ctx) })
	return a.asked, a.err
}

func (a *flow) look(ctx context.Context) (sut.Info, []string, error) {
	line, err := version(ctx, a.path, "--version", flowEnvironment...)
	if err != nil {
		return sut.Info{}, nil, err
	}
	m := flowVersion.FindStringSubmatch(line)
	if m == nil || m[1] != a.word {
		return sut.Info{}, nil, fmt.Errorf("%s does not say that it is %s but %q", a.path, a.name, line)
	}
	components, err := a.components(ctx)
	if err != nil {
		return sut.Info{}, nil, err
	}
	lacks, err := a.missingSettings(ctx, components)
	info := sut.Info{Name: a.name, Version: m[2], Path: a.path, Patience: a.patience, Metrics: flowMetrics()}
	maps.Copy(info.Metrics, a.metrics)
	info.Can = append(info.Can, sut.CanReload, sut.CanRefuse, sut.CanExplain, sut.CanShowMetrics, sut.CanListComponents)
	for _, c := range components {
		info.Can = append(info.Can, flowCapabilities[c]...)
	}
	info.Notes = append(slices.Clone(a.notes), phlareNote, "a body_size_limit without a unit gets one: bytes")
	if !slices.Contains(lacks, deltaDuration) {
		info.Notes = append(info.Notes, "delta_profiling_duration is a second less than a scrape_interval below 15s, where it is not written")
	}
	info.Rewritten, info.Unasked = laterNames, spellingClauses
	return info, lacks, err
}

// flowCapabilities are what comes with a component.
var flowCapabilities = map[string][]sut.Capability{
	"prometheus.scrape":       {sut.CanScrapeMetrics, sut.CanSendExemplars, sut.CanSendHistograms},
	"prometheus.remote_write": {sut.CanRemoteWrite, sut.CanShowQueue, sut.CanBuffer, sut.CanSendMetadata},
	"pyroscope.scrape":        {sut.CanScrapeProfiles, sut.CanScrapePhlare},
	"pyroscope.write":         {sut.CanWriteProfiles, sut.CanWritePhlare},
}

// noComponent is one that no agent has. It makes the program end, and tells whether its answer was understood.
const noComponent = "touchstone.nothing"

var unknownComponent = regexp.MustCompile(`component name "([a-z_.]+)"`)

// components are those of flowCapabilities that the program has, in alphabetical order: builds may leave some out.
func (a *flow) components(ctx context.Context) ([]string, error) {
	all := slices.Sorted(maps.Keys(flowCapabilities))
	config := noComponent + " \"p\" { }\n"
	for _, c := range all {
		config += c + " \"p\" { }\n"
	}
	text, err := a.refusal(ctx, config)
	if err != nil {
		return nil, err
	}
	missing := captures(unknownComponent, text)
	if !slices.Contains(missing, noComponent) {
		return nil, fmt.Errorf("%s does not tell which components it has, but %q", a.path, firstLine([]byte(text)))
	}
	return slices.DeleteFunc(all, func(c string) bool { return slices.Contains(missing, c) }), nil
}

// laterFlowSettings came after the pages, or are the project's own additions to them, each with a value that is right.
var laterFlowSettings = []struct{ path, value string }{
	{deltaDuration, `"5s"`},
	{"pyroscope.write > endpoint > retry_on_http_429", "true"},
	{"prometheus.remote_write > endpoint > protobuf_message", `"prometheus.WriteRequest"`},
	{"prometheus.remote_write > endpoint > queue_config > sample_age_limit", `"1m"`},
	{"prometheus.remote_write > endpoint > write_relabel_config > action", `"keep"`},
	{"prometheus.remote_write > endpoint > proxy_from_environment", "true"},
	{"pyroscope.write > endpoint > proxy_from_environment", "true"},
	{"pyroscope.scrape > proxy_from_environment", "true"},
}

var unknownSetting = regexp.MustCompile(`config\.river:(\d+):\d+: unrecognized `)

// missingSettings are those of the list that the program does not know, together with those of components that it does not have. Each
// gets a component of its own, as only the first mistake in a component is told; the last one has a mistake that makes the program end.
func (a *flow) missingSettings(ctx context.Context, components []string) ([]string, error) {
	var config strings.Builder
	var missing []string
	lines := map[int]string{} // the setting that each line is about
	for i, s := range laterFlowSettings {
		steps := strings.Split(s.path, " > ")
		if !slices.Contains(components, steps[0]) {
			missing = append(missing, s.path)
			continue
		}
		for line := range strings.Lines(settingConfig(i, steps, s.value)) {
			lines[len(lines)+1] = s.path
			config.WriteString(line)
		}
	}
	if len(lines) == 0 {
		return missing, nil
	}
	text, err := a.refusal(ctx, config.String()+components[0]+" \"mistaken\" { nothing = 1 }\n")
	if err != nil {
		return nil, err
	}
	for _, number := range captures(unknownSetting, text) {
		n, err := strconv.Atoi(number)
		if path := lines[n]; err == nil && path != "" && !slices.Contains(missing, path) {
			missing = append(missing, path)
		}
	}
	return missing, nil
}

// settingConfig is the i-th component, with nothing but one setting and what is required around it.
func settingConfig(i int, steps []string, value string) string {
	inner := steps[len(steps)-1] + " = " + value + "\n"
	for _, step := range slices.Backward(steps[1 : len(steps)-1]) {
		if step == "endpoint" {
			inner = "url = \"http://127.0.0.1:9\"\n" + inner
		}
		inner = step + " {\n" + inner + "}\n"
	}
	if strings.HasSuffix(steps[0], ".scrape") {
		inner = "targets = []\nforward_to = []\n" + inner
	}
	return fmt.Sprintf("%s \"p%d\" {\n%s}\n", steps[0], i, inner)
}

func captures(pattern *regexp.Regexp, text string) []string {
	var found []string
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

// refusal runs the program with a configuration that it must refuse and returns what it says.
func (a *flow) refusal(ctx context.Context, config string) (string, error) {
	folder, err := os.MkdirTemp("", "touchstone-probe-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "config.river")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return "", err
	}
	address, hold, err := holdPort()
	if err != nil {
		return "", err
	}
	defer program{hold: hold}.release()
	out, problems, err := answer(ctx, exec.Command(a.path, a.run(file, folder, address)...), flowEnvironment...)
	if err == nil {
		return "", fmt.Errorf("ask %s what it knows: it ended without a word about a wrong configuration", a.path)
	}
	if !errors.As(err, new(*exec.ExitError)) {
		return "", fmt.Errorf("ask %s what it knows: %w", a.path, err)
	}
	return string(out) + string(problems), nil
}
