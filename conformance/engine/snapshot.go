package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// snapshotLimit bounds how long an agent may take to tell its metrics.
const snapshotLimit = 5 * time.Second

// pageLimit bounds an agent's metrics page.
const pageLimit = 16 << 20

// snapshot records the agent's own metrics, what it tells about itself and its write-ahead log. Each may be missing, for a reason.
func (s *stage) snapshot(ctx context.Context, name string) observe.Snapshot {
	shot := observe.Snapshot{Name: name, At: time.Now()}
	if page, err := s.metricsPage(ctx); err != nil {
		shot.MetricsError = err.Error()
	} else {
		shot.Metrics, shot.Types = parsePage(page)
	}
	s.told(ctx, &shot)
	reader, ok := s.play.Adapter.(sut.LogReader)
	if !ok {
		shot.LogsError = "the log of " + s.play.Info.Name + " cannot be read"
		return shot
	}
	logs, err := reader.ReadLogs(s.storage)
	if err != nil {
		shot.LogsError = err.Error()
	}
	shot.Logs = logs
	return shot
}

// told records what the agent tells about its components and targets, as the sabotage leaves it.
func (s *stage) told(ctx context.Context, shot *observe.Snapshot) {
	shot.Components, shot.ComponentsError = list(ctx, s, "components", sut.ComponentLister.ListComponents)
	shot.Targets, shot.TargetsError = list(ctx, s, "targets", sut.TargetLister.ListTargets)
	if s.play.Act != nil {
		shot.Components = s.play.Act.Components(shot.Components)
		shot.Targets = s.play.Act.Targets(shot.Targets)
	}
}

// list asks the agent for a list that its adapter, as an L, knows to read. Problem is why there is none.
func list[L, T any](ctx context.Context, s *stage, what string, read func(L, func(path string) ([]byte, error)) ([]T, error)) (all []T, problem string) {
	lister, ok := s.play.Adapter.(L)
	if !ok {
		return nil, s.play.Info.Name + " does not list its " + what
	}
	url, err := s.home()
	if err == nil {
		all, err = read(lister, func(path string) ([]byte, error) { return s.fetch(ctx, url+path) })
	}
	if err != nil {
		return nil, fmt.Sprintf("list the agent's %s: %v", what, err)
	}
	return all, ""
}

// home is the root of the HTTP server of the agent.
func (s *stage) home() (string, error) {
	a := s.current()
	if a == nil || a.over() {
		return "", errors.New("the agent was not running")
	}
	if a.process.URL() == "" {
		return "", errors.New("the agent has no HTTP server")
	}
	return a.process.URL(), nil
}

// metricsPage fetches the agent's own metrics, as the sabotage leaves them.
func (s *stage) metricsPage(ctx context.Context) ([]byte, error) {
	url, err := s.home()
	if err != nil {
		return nil, err
	}
	page, err := s.fetch(ctx, url+"/metrics")
	if err != nil {
		return nil, fmt.Errorf("fetch the agent's metrics: %w", err)
	}
	if s.play.Act != nil {
		page = s.play.Act.Metrics(page)
	}
	return page, nil
}

func (s *stage) fetch(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, snapshotLimit)
	defer cancel()
	transport := &http.Transport{DisableKeepAlives: true}
	if s.virtual() {
		transport.DialContext = s.network.Dial
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	return io.ReadAll(io.LimitReader(resp.Body, pageLimit))
}

// parsePage reads a page in the text format. Lines that are no samples are passed over: what is checked is what is there.
func parsePage(page []byte) ([]observe.Metric, map[string]string) {
	var metrics []observe.Metric
	types := map[string]string{}
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		if words := strings.Fields(line); len(words) == 4 && words[0] == "#" && words[1] == "TYPE" {
			types[words[2]] = words[3]
			continue
		}
		if m, ok := parseSample(line); ok {
			metrics = append(metrics, m)
		}
	}
	return metrics, types
}
