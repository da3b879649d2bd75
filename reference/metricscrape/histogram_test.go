package metricscrape

import (
	"math"
	"reflect"
	"testing"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/prompb"
	"pgregory.net/rapid"
)

func anySpans(t *rapid.T) []histogram.Span {
	var spans []histogram.Span
	for range rapid.IntRange(0, 3).Draw(t, "spans") {
		spans = append(spans, histogram.Span{Offset: rapid.Int32().Draw(t, "offset"), Length: rapid.Uint32().Draw(t, "length")})
	}
	return spans
}

func anyNumber(t *rapid.T) float64 { return rapid.Float64().Draw(t, "number") }

func checkHistogram(t *rapid.T) {
	hint := histogram.CounterResetHint(rapid.IntRange(0, 3).Draw(t, "hint"))
	schema := rapid.Int32Range(-4, 8).Draw(t, "schema")
	whole := &histogram.Histogram{
		CounterResetHint: hint, Schema: schema, Count: rapid.Uint64().Draw(t, "count"), Sum: anyNumber(t),
		ZeroThreshold: anyNumber(t), ZeroCount: rapid.Uint64().Draw(t, "zero"), PositiveSpans: anySpans(t), NegativeSpans: anySpans(t),
		PositiveBuckets: rapid.SliceOf(rapid.Int64()).Draw(t, "positive"), NegativeBuckets: rapid.SliceOf(rapid.Int64()).Draw(t, "negative"),
	}
	var message prompb.Histogram
	if err := message.Unmarshal(encodeInteger(whole)); err != nil {
		t.Fatal(err)
	}
	if got := message.ToIntHistogram(); math.Float64bits(got.Sum) != math.Float64bits(whole.Sum) || !got.Equals(whole) || got.CounterResetHint != hint {
		t.Fatalf("got %+v, want %+v", got, whole)
	}
	float := &histogram.FloatHistogram{
		CounterResetHint: hint, Schema: schema, Count: anyNumber(t), Sum: anyNumber(t), ZeroThreshold: anyNumber(t), ZeroCount: anyNumber(t),
		PositiveSpans: anySpans(t), PositiveBuckets: rapid.SliceOfN(rapid.Float64(), 1, 9).Draw(t, "positive"),
		NegativeSpans: anySpans(t), NegativeBuckets: rapid.SliceOfN(rapid.Float64(), 1, 9).Draw(t, "negative"),
	}
	message.Reset()
	if err := message.Unmarshal(encodeFloat(float)); err != nil {
		t.Fatal(err)
	}
	got := message.ToFloatHistogram()
	if !got.Equals(float) || !reflect.DeepEqual(got.PositiveBuckets, float.PositiveBuckets) || got.CounterResetHint != hint {
		t.Fatalf("got %+v, want %+v", got, float)
	}
}

func TestHistogramEncoding(t *testing.T) { rapid.Check(t, checkHistogram) }

func FuzzHistogramEncoding(f *testing.F) { f.Fuzz(rapid.MakeFuzz(checkHistogram)) }
