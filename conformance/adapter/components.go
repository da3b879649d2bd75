package adapter

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

// ListComponents reads /api/v0/components.
func (a *referenceAgent) ListComponents(fetch func(path string) ([]byte, error)) ([]observe.Component, error) {
	page, err := fetch("/api/v0/components")
	if err != nil {
		return nil, err
	}
	var listed []struct {
		ID     string `json:"id"`
		Health struct {
			State   string `json:"state"`
			Message string `json:"message"`
		} `json:"health"`
		Arguments json.RawMessage            `json:"arguments"`
		Exports   map[string]json.RawMessage `json:"exports"`
		Debug     json.RawMessage            `json:"debugInfo"`
	}
	if err := json.Unmarshal(page, &listed); err != nil {
		return nil, fmt.Errorf("read the list of components: %w", err)
	}
	components := make([]observe.Component, len(listed))
	for i, c := range listed {
		components[i] = observe.Component{
			ID: c.ID, Health: c.Health.State, Reason: c.Health.Message, Arguments: string(c.Arguments),
			Exports: slices.Sorted(maps.Keys(c.Exports)), Debug: string(c.Debug),
		}
	}
	return components, nil
}

// ListComponents reads the list at /api/v0/web/components and what is told about each component. One that stands for a component of an
// earlier name is listed under that name, too.
func (a *flow) ListComponents(fetch func(path string) ([]byte, error)) ([]observe.Component, error) {
	page, err := fetch("/api/v0/web/components")
	if err != nil {
		return nil, err
	}
	var listed []struct {
		ID string `json:"localID"`
	}
	if err := json.Unmarshal(page, &listed); err != nil {
		return nil, fmt.Errorf("read the list of components: %w", err)
	}
	var components []observe.Component
	for _, l := range listed {
		page, err := fetch("/api/v0/web/components/" + l.ID)
		if err != nil {
			return nil, err
		}
		c, err := flowComponent(page)
		if err != nil {
			return nil, fmt.Errorf("read the component %s: %w", l.ID, err)
		}
		components = append(components, c)
		for earlier, later := range laterNames {
			if label, ok := strings.CutPrefix(c.ID, string(later)+"."); ok {
				c.ID = string(earlier) + "." + label
				components = append(components, c)
			}
		}
	}
	return components, nil
}

// flowComponent reads the page of one component. A component without debug information has an empty list of it.
func flowComponent(page []byte) (observe.Component, error) {
	var c struct {
		ID     string `json:"localID"`
		Health struct {
			State   string `json:"state"`
			Message string `json:"message"`
		} `json:"health"`
		Arguments json.RawMessage `json:"arguments"`
		Exports   []struct {
			Name string `json:"name"`
		} `json:"exports"`
		Debug json.RawMessage `json:"debugInfo"`
	}
	if err := json.Unmarshal(page, &c); err != nil {
		return observe.Component{}, err
	}
	got := observe.Component{ID: c.ID, Health: c.Health.State, Reason: c.Health.Message, Arguments: string(c.Arguments)}
	for _, e := range c.Exports {
		got.Exports = append(got.Exports, e.Name)
	}
	if debug := string(c.Debug); debug != "[]" && debug != "null" {
		got.Debug = debug
	}
	return got, nil
}
