package side

import (
	"fmt"
	"runtime"
	"time"
)

// maxBacklog is how many samples the feed runs ahead of what was delivered. It keeps both sides reading their log close
// behind the writer, as in steady operation, and bounds memory and disk.
const maxBacklog = 1_000_000

// pollEvery is how often a feed that is that far ahead asks how much was delivered. Both sides gather all their
// metrics for it; every millisecond that was a tenth of the reference's CPU time.
const pollEvery = 5 * time.Millisecond

// feed appends rounds and knows how far it is ahead.
type feed struct {
	task     Task
	pipeline Pipeline
	values   []float64
	round    int
	appended int
}

// run warms up and then measures one window; or sends a number of rounds and waits for them.
func run(task Task, pipeline Pipeline) (Result, error) {
	f := &feed{task: task, pipeline: pipeline, values: make([]float64, task.Shape.PerTarget)}
	if task.Rounds > 0 {
		return f.rounds()
	}
	if _, err := f.until(time.Now().Add(task.Warm)); err != nil {
		return Result{}, err
	}
	before, err := f.reading()
	if err != nil {
		return Result{}, err
	}
	if _, err := f.until(time.Now().Add(task.Window)); err != nil {
		return Result{}, err
	}
	after, err := f.reading()
	if err != nil {
		return Result{}, err
	}
	return after.since(before), nil
}

// rounds appends the task's rounds and waits until all were delivered, and before that does so with those to warm up.
func (f *feed) rounds() (Result, error) {
	before, err := f.upTo(f.task.WarmRounds)
	if err != nil {
		return Result{}, err
	}
	after, err := f.upTo(f.task.WarmRounds + f.task.Rounds)
	return after.since(before), err
}

// upTo appends rounds until there are so many, and waits until all were delivered.
func (f *feed) upTo(rounds int) (reading, error) {
	for f.round < rounds {
		if err := f.append(); err != nil {
			return reading{}, err
		}
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(pollEvery) {
		after, err := f.reading()
		if err != nil || after.delivered >= f.appended {
			return after, err
		}
		if time.Now().After(deadline) {
			return after, fmt.Errorf("%d of %d samples delivered after a minute", after.delivered, f.appended)
		}
	}
}

// until feeds as fast as the pipeline delivers.
func (f *feed) until(end time.Time) (delivered int, err error) {
	for time.Now().Before(end) {
		if delivered, err = f.pipeline.Delivered(); err != nil {
			return 0, err
		}
		room := maxBacklog - (f.appended - delivered)
		if room <= 0 {
			time.Sleep(pollEvery)
			continue
		}
		for room > 0 && time.Now().Before(end) {
			if err := f.append(); err != nil {
				return 0, err
			}
			room -= f.task.Shape.Series()
		}
	}
	return delivered, nil
}

// append feeds one round of all targets.
func (f *feed) append() error {
	for target := range f.task.Shape.Targets {
		f.task.Shape.Fill(f.values, target, f.round)
		if err := f.pipeline.Append(target, f.round, f.values); err != nil {
			return fmt.Errorf("append round %d of target %d: %w", f.round, target, err)
		}
	}
	f.round++
	f.appended += f.task.Shape.Series()
	return nil
}

// reading is the state of all meters at one instant.
type reading struct {
	at        time.Time
	delivered int
	usage     Usage
	mallocs   uint64
}

func (f *feed) reading() (reading, error) {
	delivered, err := f.pipeline.Delivered()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return reading{time.Now(), delivered, CurrentUsage(), memory.Mallocs}, err
}

func (r reading) since(before reading) Result {
	return Result{
		Samples:    r.delivered - before.delivered,
		Delivered:  r.delivered,
		Seconds:    r.at.Sub(before.at).Seconds(),
		CPUSeconds: r.usage.CPUSeconds - before.usage.CPUSeconds,
		PeakRSS:    r.usage.PeakRSS,
		Mallocs:    r.mallocs - before.mallocs,
	}
}
