package receiver

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/golang/snappy"
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

// expected is one series with the round that its next sample must be of, and the one after its last.
type expected struct {
	target, index, round, end int
}

func newChecker(shape load.Shape, rounds int) *checker {
	c := &checker{shape: shape, series: map[string]*expected{}}
	for target := range shape.Targets {
		for i := range shape.PerTarget {
			c.expect(target, i, rounds)
		}
	}
	return c
}

// expect notes all series that follow one another in one place.
func (c *checker) expect(target, i, rounds int) {
	labels := c.shape.Labels(target, i)
	for round := range rounds {
		generation := c.shape.Generation(i, round)
		if round == 0 || generation != c.shape.Generation(i, round-1) {
			labels[len(labels)-1] = c.shape.Renewed(target, generation)
			c.series[id(labels)] = &expected{target, i, round, round}
		}
		c.series[id(labels)].end++
	}
}

// id is a text that only series with these labels have.
func id(labels []load.Label) string {
	var text strings.Builder
	for _, l := range labels {
		fmt.Fprintf(&text, "%s=%q,", l.Name, l.Value)
	}
	return text.String()
}

// take decodes one request with the decoder that Mimir has and with Prometheus' own message types.
func (c *checker) take(body []byte) error {
	raw, err := snappy.Decode(nil, body)
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
	labels := make([]load.Label, len(ts.Labels))
	for i, l := range ts.Labels {
		labels[i] = load.Label{Name: l.Name, Value: l.Value}
	}
	e := c.series[id(labels)]
	if e == nil {
		return fmt.Errorf("series {%s} was never appended", id(labels))
	}
	for _, sample := range ts.Samples {
		t, v := c.shape.Time(e.round), load.Value(e.target, e.index, e.round)
		if e.round == e.end || sample.Timestamp != t || math.Float64bits(sample.Value) != math.Float64bits(v) {
			return fmt.Errorf("series {%s}: got %v at %d, want round %d of those before %d: %v at %d",
				id(labels), sample.Value, sample.Timestamp, e.round, e.end, v, t)
		}
		e.round++
		c.samples++
	}
	return nil
}

// verdict names a series that is not complete, if nothing else was wrong.
func (c *checker) verdict() (samples int, wrong string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wrong != "" {
		return c.samples, c.wrong
	}
	for text, e := range c.series {
		if e.round != e.end {
			return c.samples, fmt.Sprintf("series {%s}: its samples from round %d on did not arrive", text, e.round)
		}
	}
	return c.samples, ""
}
