package adapter

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

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
