package api

import "github.com/touchstone-telemetry/touchstone/fakes/labels"

// Held says what a mimir or a pyroscope holds: what it accepted and did not yet forget. Times are milliseconds since 1970, 0 when it holds nothing.
type Held struct {
	// From and Until are the times of the oldest and the newest sample or profile.
	From  int64 `json:"from"`
	Until int64 `json:"until"`
	// Profiles lists the series of a pyroscope.
	Profiles []ProfileSeries `json:"profiles,omitempty"`
}

// ProfileSeries is the profiles of one type, tenant and label set.
type ProfileSeries struct {
	Type     string        `json:"type"`
	Tenant   string        `json:"tenant,omitempty"`
	Labels   labels.Labels `json:"labels"`
	Profiles int           `json:"profiles"`
	From     int64         `json:"from"`
	Until    int64         `json:"until"`
}
