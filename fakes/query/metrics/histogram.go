package metrics

import (
	"github.com/prometheus/prometheus/model/histogram"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// integers makes Prometheus' histogram of one with whole counts. It shares nothing that Prometheus writes to.
func integers(h *mimir.Histogram) *histogram.Histogram {
	return &histogram.Histogram{
		CounterResetHint: resetHint(h),
		Schema:           h.Schema,
		ZeroThreshold:    h.ZeroThreshold,
		ZeroCount:        h.ZeroCountInt,
		Count:            h.CountInt,
		Sum:              h.Sum,
		PositiveSpans:    spans(h.PositiveSpans),
		NegativeSpans:    spans(h.NegativeSpans),
		PositiveBuckets:  append([]int64(nil), h.PositiveDeltas...),
		NegativeBuckets:  append([]int64(nil), h.NegativeDeltas...),
		CustomValues:     h.CustomValues,
	}
}

// floats is integers for one with fractional counts.
func floats(h *mimir.Histogram) *histogram.FloatHistogram {
	return &histogram.FloatHistogram{
		CounterResetHint: resetHint(h),
		Schema:           h.Schema,
		ZeroThreshold:    h.ZeroThreshold,
		ZeroCount:        h.ZeroCountFloat,
		Count:            h.CountFloat,
		Sum:              h.Sum,
		PositiveSpans:    spans(h.PositiveSpans),
		NegativeSpans:    spans(h.NegativeSpans),
		PositiveBuckets:  append([]float64(nil), h.PositiveCounts...),
		NegativeBuckets:  append([]float64(nil), h.NegativeCounts...),
		CustomValues:     h.CustomValues,
	}
}

// resetHint keeps only that it is a gauge: what was said about resets held for the order in which it was sent.
func resetHint(h *mimir.Histogram) histogram.CounterResetHint {
	if h.ResetHint == int32(histogram.GaugeType) {
		return histogram.GaugeType
	}
	return histogram.UnknownCounterReset
}

func spans(sent []mimir.Span) []histogram.Span {
	made := make([]histogram.Span, len(sent))
	for i, s := range sent {
		made[i] = histogram.Span{Offset: s.Offset, Length: s.Length}
	}
	return made
}

// valid reports whether Prometheus' engine may be shown the histogram: hostile ones would make it run over its own slices.
func valid(h *mimir.Histogram) bool {
	if h.Float {
		return floats(h).Validate() == nil
	}
	return integers(h).Validate() == nil
}
