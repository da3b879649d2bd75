package receiver

import (
	"strings"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/bench/load"
)

// shape has two series, of which one is replaced with each round.
var shape = load.Shape{Targets: 1, PerTarget: 2, Start: 1000, Replaced: 1}

// request encodes one round of the shape after edit had its way with it.
func request(t *testing.T, round int, edit func(*prompb.WriteRequest)) []byte {
	t.Helper()
	var r prompb.WriteRequest
	for i := range shape.PerTarget {
		ts := prompb.TimeSeries{Samples: []prompb.Sample{{Value: load.Value(0, i, round), Timestamp: shape.Time(round)}}}
		labels := shape.Labels(0, i)
		labels[len(labels)-1] = shape.Renewed(0, shape.Generation(i, round))
		for _, l := range labels {
			ts.Labels = append(ts.Labels, prompb.Label{Name: l.Name, Value: l.Value})
		}
		r.Timeseries = append(r.Timeseries, ts)
	}
	if edit != nil {
		edit(&r)
	}
	raw, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return snappy.Encode(nil, raw)
}

func TestCheckerAcceptsWhatWasAppended(t *testing.T) {
	c := newChecker(shape, 3)
	for round := range 3 {
		if err := c.take(request(t, round, nil)); err != nil {
			t.Fatal(err)
		}
	}
	// One of the two series is replaced in round 1, the other in round 2.
	if samples, wrong := c.verdict(); samples != 6 || wrong != "" || len(c.series) != 4 {
		t.Errorf("got %d samples of %d series, %q", samples, len(c.series), wrong)
	}
}

func TestCheckerRejects(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*prompb.WriteRequest)
		want string
	}{
		"a missing series": {func(r *prompb.WriteRequest) { r.Timeseries = r.Timeseries[1:] }, "its samples from round 0 on did not arrive"},
		"a wrong value":    {func(r *prompb.WriteRequest) { r.Timeseries[0].Samples[0].Value++ }, "want round 0"},
		"a wrong time":     {func(r *prompb.WriteRequest) { r.Timeseries[0].Samples[0].Timestamp++ }, "want round 0"},
		"a sample twice":   {func(r *prompb.WriteRequest) { r.Timeseries = append(r.Timeseries, r.Timeseries[0]) }, "want round 1"},
		"a wrong label":    {func(r *prompb.WriteRequest) { r.Timeseries[0].Labels[1].Value = "x" }, "never appended"},
	} {
		checker := newChecker(shape, 1)
		err := checker.take(request(t, 0, c.edit))
		_, wrong := checker.verdict()
		if !strings.Contains(wrong, c.want) {
			t.Errorf("%s: got %q (%v), want %q", name, wrong, err, c.want)
		}
	}
	if err := newChecker(shape, 1).take([]byte("garbage")); err == nil {
		t.Error("garbage was taken")
	}
}

func TestCheckerRejectsDisorder(t *testing.T) {
	c := newChecker(shape, 3)
	for _, round := range []int{0, 2} {
		err := c.take(request(t, round, nil))
		if round == 2 && (err == nil || !strings.Contains(err.Error(), "want round 1")) {
			t.Errorf("round 2 before round 1: got %v", err)
		}
	}
}
