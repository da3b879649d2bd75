package adapter

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// ListTargets takes the targets out of the debug information of all scrapers.
func (a *referenceAgent) ListTargets(fetch func(path string) ([]byte, error)) ([]observe.Target, error) {
	components, err := a.ListComponents(fetch)
	if err != nil {
		return nil, err
	}
	var all []observe.Target
	for _, c := range components {
		if kind, _, _ := strings.Cut(c.ID, ".scrape."); kind == c.ID || c.Debug == "" {
			continue
		}
		var told struct {
			Targets []struct {
				URL         string            `json:"url"`
				Health      string            `json:"health"`
				Labels      map[string]string `json:"labels"`
				LastError   string            `json:"last_error"`
				LastScrape  time.Time         `json:"last_scrape"`
				LastSuccess time.Time         `json:"last_success"`
			} `json:"targets"`
		}
		if err := json.Unmarshal([]byte(c.Debug), &told); err != nil {
			return nil, fmt.Errorf("read the debug information of %s: %w", c.ID, err)
		}
		for _, t := range told.Targets {
			all = append(all, observe.Target{
				Labels: sortedLabels(t.Labels), URL: t.URL, State: t.Health, Error: t.LastError,
				Scraped: t.LastScrape, Succeeded: t.LastSuccess,
			})
		}
	}
	return all, nil
}

// ListTargets reads /api/v1/targets.
func (a *prometheus) ListTargets(fetch func(path string) ([]byte, error)) ([]observe.Target, error) {
	return apiTargets(fetch)
}

// ListTargets reads /api/v1/targets.
func (a *vmagent) ListTargets(fetch func(path string) ([]byte, error)) ([]observe.Target, error) {
	return apiTargets(fetch)
}

// ListTargets reads /api/v1/targets.
func (a *command) ListTargets(fetch func(path string) ([]byte, error)) ([]observe.Target, error) {
	return apiTargets(fetch)
}

// apiTargets reads the list that Prometheus' API has, which knows no time of the last success.
func apiTargets(fetch func(path string) ([]byte, error)) ([]observe.Target, error) {
	page, err := fetch("/api/v1/targets")
	if err != nil {
		return nil, err
	}
	var told struct {
		Data struct {
			ActiveTargets []struct {
				Labels     map[string]string `json:"labels"`
				ScrapeURL  string            `json:"scrapeUrl"`
				LastError  string            `json:"lastError"`
				LastScrape time.Time         `json:"lastScrape"`
				Health     string            `json:"health"`
			} `json:"activeTargets"`
		} `json:"data"`
	}
	if err := json.Unmarshal(page, &told); err != nil {
		return nil, fmt.Errorf("read the list of targets: %w", err)
	}
	var all []observe.Target
	for _, t := range told.Data.ActiveTargets {
		all = append(all, observe.Target{
			Labels: sortedLabels(t.Labels), URL: t.ScrapeURL, State: t.Health, Error: t.LastError, Scraped: t.LastScrape,
		})
	}
	return all, nil
}

func sortedLabels(set map[string]string) labels.Labels {
	var all labels.Labels
	for _, name := range slices.Sorted(maps.Keys(set)) {
		all = append(all, labels.Label{Name: name, Value: set[name]})
	}
	return all
}
