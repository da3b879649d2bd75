package receiver

import (
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/bench/load"
)

var shape = load.Shape{Targets: 1, PerTarget: 2, Start: 1000}

// request encodes one round of the shape after edit had its way with it.
func request(t *testing.T, round int, edit func(*prompb.WriteRequest)) []byte {
	t.Helper()
	var r prompb.WriteRequest
	for i := range shape.PerTarget {
		ts := prompb.TimeSeries{Samples: []prompb.Sample{{Value: load.Value(0, i, round), Timestamp: shape.Time(round)}}}
		for _, l := range shape.Labels(0, i) {
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
	return s2.EncodeSnappy(nil, raw)
}

func TestCheckerAcceptsWhatWasAppended(t *testing.T) {
	c := newChecker(shape)
	for round := range 3 {
		if err := c.take(request(t, round, nil)); err != nil {
			t.Fatal(err)
		}
	}
	if samples, wrong := c.verdict(3); samples != 6 || wrong != "" {
		t.Errorf("got %d samples, %q", samples, wrong)
	}
}

func TestCheckerRejects(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*prompb.WriteRequest)
		want string
	}{
		"a missing series": {func(r *prompb.WriteRequest) { r.Timeseries = r.Timeseries[1:] }, "0 of 1 samples arrived"},
		"a wrong value":    {func(r *prompb.WriteRequest) { r.Timeseries[0].Samples[0].Value++ }, "want round 0"},
		"a wrong time":     {func(r *prompb.WriteRequest) { r.Timeseries[0].Samples[0].Timestamp++ }, "want round 0"},
		"a sample twice":   {func(r *prompb.WriteRequest) { r.Timeseries = append(r.Timeseries, r.Timeseries[0]) }, "want round 1"},
		"a wrong label":    {func(r *prompb.WriteRequest) { r.Timeseries[0].Labels[1].Value = "x" }, "never appended"},
	} {
		checker := newChecker(shape)
		err := checker.take(request(t, 0, c.edit))
		_, wrong := checker.verdict(1)
		if !strings.Contains(wrong, c.want) {
			t.Errorf("%s: got %q (%v), want %q", name, wrong, err, c.want)
		}
	}
	if err := newChecker(shape).take([]byte("garbage")); err == nil {
		t.Error("garbage was taken")
	}
}
