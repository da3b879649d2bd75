package mimir

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

func TestJSONKeepsWhatJSONHasNoWordFor(t *testing.T) {
	stale := math.Float64frombits(staleBits)
	var samples []Sample
	for i, value := range []float64{0, -1.5, math.Inf(1), math.Inf(-1), math.NaN(), stale, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		samples = append(samples, Sample{Timestamp: int64(i), Value: value, Start: 1})
	}
	h := fromPromHistogramOf(rand.New(rand.NewPCG(9, 9)))
	h.Sum, h.PositiveCounts = math.NaN(), []float64{1, stale}
	one := Series{
		Labels: labels.Labels{{Name: "a", Value: "b"}}, Samples: samples,
		Exemplars:  []Exemplar{{Labels: labels.Labels{{Name: "t", Value: "1"}}, Value: math.Inf(1), Timestamp: 5}},
		Histograms: []Histogram{h},
	}
	data, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	var back Series
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if got, want := dump([]Series{back}, nil), dump([]Series{one}, nil); got != want {
		t.Errorf("came back as\n%s\nwant\n%s\nfrom %s", got, want, data)
	}
	if !back.Samples[5].IsStale() || back.Samples[4].IsStale() {
		t.Error("the stale marker got lost")
	}
}

func fromPromHistogramOf(r *rand.Rand) Histogram {
	h := randomHistogram(r)
	return fromPromHistogram(&h)
}
