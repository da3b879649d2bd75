// Package side is one side of a comparison: a process of its own that runs a sending pipeline for a while and says how far
// it came. [Main] is the body of such a process; the same code feeds and measures every [Pipeline].
package side

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/touchstone-telemetry/touchstone/bench/load"
)

// Task is what a side is told, as JSON on standard input.
type Task struct {
	URL   string     `json:"url"`
	Dir   string     `json:"dir"` // empty folder for the log
	Shape load.Shape `json:"shape"`
	// Shards is min_shards and max_shards, Batch max_samples_per_send, Capacity the samples a shard buffers.
	Shards   int `json:"shards"`
	Batch    int `json:"batch"`
	Capacity int `json:"capacity"`
	// Warm and Window are how long it runs before and while it is measured.
	Warm   time.Duration `json:"warm"`
	Window time.Duration `json:"window"`
	// Rounds, if not 0, replaces the window: so many rounds are sent and waited for, after WarmRounds that do not count.
	Rounds     int `json:"rounds"`
	WarmRounds int `json:"warmRounds"`
}

// Result is what a side says, as JSON on standard output.
type Result struct {
	Samples    int     `json:"samples"`   // delivered within the window
	Delivered  int     `json:"delivered"` // from the beginning to the end of the window
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpuSeconds"` // user and system time of the process within the window
	PeakRSS    int64   `json:"peakRSS"`    // bytes, of the whole run
	Mallocs    uint64  `json:"mallocs"`    // heap allocations within the window
}

// Rate is the throughput in samples a second.
func (r Result) Rate() float64 { return float64(r.Samples) / r.Seconds }

// CPUPerMillion is the CPU time in seconds that a million samples cost.
func (r Result) CPUPerMillion() float64 { return r.CPUSeconds / float64(r.Samples) * 1e6 }

// Pipeline is what is measured: appended samples go to a log on disk and from there to the receiver.
type Pipeline interface {
	// Append takes one round of one target. It keeps nothing of values.
	Append(target, round int, values []float64) error
	// Delivered is how many samples the receiver has taken so far.
	Delivered() (int, error)
	// Close stops the pipeline.
	Close() error
}

// Main reads a task, runs it and writes the result.
func Main(stdin io.Reader, stdout io.Writer, open func(Task) (Pipeline, error)) error {
	var task Task
	if err := json.NewDecoder(stdin).Decode(&task); err != nil {
		return fmt.Errorf("read task: %w", err)
	}
	pipeline, err := open(task)
	if err != nil {
		return fmt.Errorf("open pipeline: %w", err)
	}
	result, err := run(task, pipeline)
	if closeErr := pipeline.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(result)
}
