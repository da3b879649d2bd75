package control

import (
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// each converts all elements; nothing stays nothing.
func each[A, B any](all []A, convert func(A) B) []B {
	if len(all) == 0 {
		return nil
	}
	out := make([]B, len(all))
	for i, one := range all {
		out[i] = convert(one)
	}
	return out
}

func seriesOf(all []mimir.Series) []api.Series {
	return each(all, func(s mimir.Series) api.Series {
		one := api.Series{
			Tenant: s.Tenant, Labels: s.Labels,
			Samples: each(s.Samples, sampleOf), Exemplars: each(s.Exemplars, exemplarOf), Histograms: each(s.Histograms, histogramOf),
		}
		if s.Metadata != nil {
			about := api.Metadata(*s.Metadata)
			one.Metadata = &about
		}
		return one
	})
}

func metadataOf(all []mimir.Metadata) []api.Metadata {
	return each(all, func(m mimir.Metadata) api.Metadata { return api.Metadata(m) })
}

func sampleOf(s mimir.Sample) api.Sample {
	return api.Sample{Timestamp: s.Timestamp, Value: api.Number(s.Value), Start: s.Start}
}

func exemplarOf(e mimir.Exemplar) api.Exemplar {
	return api.Exemplar{Labels: e.Labels, Value: api.Number(e.Value), Timestamp: e.Timestamp}
}

func histogramOf(h mimir.Histogram) api.Histogram {
	return api.Histogram{
		Timestamp: h.Timestamp, Start: h.Start, Float: h.Float,
		CountInt: h.CountInt, CountFloat: api.Number(h.CountFloat), Sum: api.Number(h.Sum),
		Schema: h.Schema, ZeroThreshold: api.Number(h.ZeroThreshold),
		ZeroCountInt: h.ZeroCountInt, ZeroCountFloat: api.Number(h.ZeroCountFloat),
		NegativeSpans: each(h.NegativeSpans, spanOf), NegativeDeltas: h.NegativeDeltas, NegativeCounts: each(h.NegativeCounts, numberOf),
		PositiveSpans: each(h.PositiveSpans, spanOf), PositiveDeltas: h.PositiveDeltas, PositiveCounts: each(h.PositiveCounts, numberOf),
		CustomValues: each(h.CustomValues, numberOf), ResetHint: h.ResetHint,
	}
}

func spanOf(s mimir.Span) api.Span  { return api.Span(s) }
func numberOf(f float64) api.Number { return api.Number(f) }
