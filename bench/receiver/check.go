package receiver

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/klauspost/compress/s2"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/bench/load"
)

// checker compares what arrives with what the load must have produced: every series' samples in order, each exactly once,
// bit for bit.
type checker struct {
	shape load.Shape

	mu      sync.Mutex // guards what follows
	series  map[string]*expected
	samples int
	wrong   string
}

// expected is one series and the round its next sample must be of.
type expected struct {
	target, index, round int
}

func newChecker(shape load.Shape) *checker {
	c := &checker{shape: shape, series: map[string]*expected{}}
	for target := range shape.Targets {
		for i := range shape.PerTarget {
			var id strings.Builder
			for _, l := range shape.Labels(target, i) {
				fmt.Fprintf(&id, "%s=%q,", l.Name, l.Value)
			}
			c.series[id.String()] = &expected{target: target, index: i}
		}
	}
	return c
}

// take decodes one request with Prometheus' own message types.
func (c *checker) take(body []byte) error {
	raw, err := s2.Decode(nil, body)
	if err != nil {
		return fmt.Errorf("inflate request: %w", err)
	}
	var request prompb.WriteRequest
	if err := request.Unmarshal(raw); err != nil {
		return fmt.Errorf("decode request: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ts := range request.Timeseries {
		if err := c.compare(ts); err != nil {
			if c.wrong == "" {
				c.wrong = err.Error()
			}
			return err
		}
	}
	return nil
}

func (c *checker) compare(ts prompb.TimeSeries) error {
	var id strings.Builder
	for _, l := range ts.Labels {
		fmt.Fprintf(&id, "%s=%q,", l.Name, l.Value)
	}
	e := c.series[id.String()]
	if e == nil {
		return fmt.Errorf("series {%s} was never appended", id.String())
	}
	for _, sample := range ts.Samples {
		t, v := c.shape.Time(e.round), load.Value(e.target, e.index, e.round)
		if sample.Timestamp != t || math.Float64bits(sample.Value) != math.Float64bits(v) {
			return fmt.Errorf("series {%s}: got %v at %d, want round %d: %v at %d",
				id.String(), sample.Value, sample.Timestamp, e.round, v, t)
		}
		e.round++
		c.samples++
	}
	return nil
}

// verdict names a series that is not complete, if nothing else was wrong.
func (c *checker) verdict(rounds int) (samples int, wrong string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wrong != "" {
		return c.samples, c.wrong
	}
	for id, e := range c.series {
		if e.round != rounds {
			return c.samples, fmt.Sprintf("series {%s}: %d of %d samples arrived", id, e.round, rounds)
		}
	}
	return c.samples, ""
}
