package observe

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Snapshot is the agent's inside at one moment: its own metrics, what it tells about itself and its write-ahead log.
type Snapshot struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
	// Metrics is what the agent's metrics page said; MetricsError tells why there is none.
	Metrics      []Metric          `json:"metrics,omitempty"`
	Types        map[string]string `json:"types,omitempty"` // metric family to counter, gauge, histogram, summary
	MetricsError string            `json:"metricsError,omitempty"`
	// Components are what the agent tells about its components; ComponentsError tells why there is nothing.
	Components      []Component `json:"components,omitempty"`
	ComponentsError string      `json:"componentsError,omitempty"`
	// Targets are what the agent tells about what it scrapes; TargetsError tells why there is nothing.
	Targets      []Target `json:"targets,omitempty"`
	TargetsError string   `json:"targetsError,omitempty"`
	// Logs are the write-ahead logs found below the storage folder; LogsError tells why they could not be read.
	Logs      []Log  `json:"logs,omitempty"`
	LogsError string `json:"logsError,omitempty"`
}

// Metric is one line of a metrics page. The name is the label __name__.
type Metric struct {
	Labels labels.Labels `json:"labels"`
	Value  Value         `json:"value"`
}

// Component is what an agent tells about one of its components.
type Component struct {
	ID string `json:"id"`
	// Health is healthy or unhealthy, Reason what the agent adds to it.
	Health string `json:"health"`
	Reason string `json:"reason,omitempty"`
	// Arguments and Debug are JSON as the agent wrote it; Exports are names.
	Arguments string   `json:"arguments,omitempty"`
	Exports   []string `json:"exports,omitempty"`
	Debug     string   `json:"debug,omitempty"`
}

// Target is what an agent tells about one thing that it scrapes: for profiles, each kind of each target is one.
type Target struct {
	// Labels are those that the agent tells: those of what is scraped, and for profiles the type as __name__.
	Labels labels.Labels `json:"labels"`
	URL    string        `json:"url"`
	// State is up, down or unknown.
	State string `json:"state"`
	// Error is why the last scrape failed, empty when it did not.
	Error string `json:"error,omitempty"`
	// Scraped is when the last scrape began, Succeeded the last one that went well; zero when the agent does not tell.
	Scraped   time.Time `json:"scraped,omitzero"`
	Succeeded time.Time `json:"succeeded,omitzero"`
}

// Log is what lies in one write-ahead log.
type Log struct {
	// Folder is relative to the storage folder, with slashes.
	Folder string `json:"folder"`
	// Segments are the numbers of the segments, ascending.
	Segments []int `json:"segments"`
	// Checkpoint is the number of the newest checkpoint, nil when there is none.
	Checkpoint *int `json:"checkpoint,omitempty"`
	// Samples are those found in the checkpoint and the segments, by series.
	Samples []StoredSeries `json:"samples,omitempty"`
}

// StoredSeries is one series in a log with the times of its samples in milliseconds, ascending.
type StoredSeries struct {
	Labels labels.Labels `json:"labels"`
	Times  []int64       `json:"times"`
}
