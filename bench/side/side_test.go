package side

import (
	"bytes"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/bench/load"
)

// steady is a pipeline that delivers a fixed number of samples a second.
type steady struct {
	start    time.Time
	perSec   int
	appended int
	closed   bool
}

func (s *steady) Append(_, _ int, values []float64) error {
	s.appended += len(values)
	return nil
}

func (s *steady) Delivered() (int, error) {
	return min(s.appended, int(time.Since(s.start).Seconds()*float64(s.perSec))), nil
}

func (s *steady) Close() error { s.closed = true; return nil }

func TestMainMeasuresTheWindowOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &steady{start: time.Now(), perSec: 5_000_000}
		task, err := json.Marshal(Task{Shape: load.Shape{Targets: 1, PerTarget: 1000}, Warm: time.Second, Window: 2 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Main(bytes.NewReader(task), &out, func(Task) (Pipeline, error) { return p, nil }); err != nil {
			t.Fatal(err)
		}
		var r Result
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if r.Seconds != 2 || r.Rate() != 5_000_000 {
			t.Errorf("got %v samples/s over %vs, want 5000000 over 2s", r.Rate(), r.Seconds)
		}
		if !p.closed {
			t.Error("the pipeline was not closed")
		}
		if behind := p.appended - r.Samples - 5_000_000; behind > maxBacklog {
			t.Errorf("the feed ran %d samples ahead, at most %d are allowed", behind, maxBacklog)
		}
	})
}

func TestMainSendsRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &steady{start: time.Now(), perSec: 1000}
		task, err := json.Marshal(Task{Shape: load.Shape{Targets: 2, PerTarget: 1000}, WarmRounds: 2, Rounds: 3})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Main(bytes.NewReader(task), &out, func(Task) (Pipeline, error) { return p, nil }); err != nil {
			t.Fatal(err)
		}
		var r Result
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		// At 1000 samples a second the two rounds that do not count take 4s.
		if r.Samples != 6000 || r.Seconds != 6 || r.Delivered != 10_000 || p.appended != 10_000 {
			t.Errorf("got %+v and %d appended, want 6000 samples in 6s of 10000", r, p.appended)
		}
	})
	if err := Main(bytes.NewReader([]byte("{")), new(bytes.Buffer), nil); err == nil {
		t.Error("half a task was taken")
	}
}
