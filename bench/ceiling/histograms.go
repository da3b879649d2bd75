package ceiling

import (
	"fmt"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
)

// histogramBuckets is how many buckets each histogram has in use: what a busy service's times take at a usual resolution.
const histogramBuckets = 40

// histogramsPerWrite is how many histograms a request has.
const histogramsPerWrite = 500

// writeHistograms is remote write 2.0 with a native histogram and an exemplar for each series.
func writeHistograms() (traffic, func(), error) {
	var t traffic
	for target := range shape.Targets {
		for from := 0; from < shape.PerTarget; from += histogramsPerWrite {
			message, err := histogramWrite(target, from).Marshal()
			if err != nil {
				return traffic{}, nil, err
			}
			t.requests = append(t.requests, writeRequest(message, contentTypeV2, histogramsPerWrite))
		}
	}
	return t, nothing, nil
}

func histogramWrite(target, from int) *writev2.Request {
	symbols := writev2.NewSymbolTable()
	w := &writev2.Request{}
	builder := labels.NewScratchBuilder(10)
	for i := from; i < from+histogramsPerWrite; i++ {
		trace := labels.FromStrings("trace_id", fmt.Sprintf("%032x", i))
		w.Timeseries = append(w.Timeseries, writev2.TimeSeries{
			LabelsRefs: symbols.SymbolizeLabels(labelsOf(&builder, target, i), nil),
			Histograms: []writev2.Histogram{writev2.FromIntHistogram(0, shape.Time(0), busyHistogram(int64(i)))},
			Exemplars:  []writev2.Exemplar{{LabelsRefs: symbols.SymbolizeLabels(trace, nil), Value: 0.25, Timestamp: shape.Time(0)}},
			Metadata:   aboutTimes(&symbols),
		})
	}
	w.Symbols = symbols.Symbols()
	return w
}

// busyHistogram has counts that rise and fall from bucket to bucket.
func busyHistogram(seed int64) *histogram.Histogram {
	h := &histogram.Histogram{Schema: 3, ZeroThreshold: 1e-9, Sum: float64(seed), PositiveSpans: []histogram.Span{{Offset: -20, Length: histogramBuckets}}}
	last := int64(0)
	for i := range int64(histogramBuckets) {
		count := 1 + (seed+i*i)%97
		h.PositiveBuckets = append(h.PositiveBuckets, count-last)
		h.Count, last = h.Count+uint64(count), count
	}
	return h
}

func labelsOf(builder *labels.ScratchBuilder, target, i int) labels.Labels {
	builder.Reset()
	for _, l := range shape.Labels(target, i) {
		builder.Add(l.Name, l.Value)
	}
	return builder.Labels()
}

func aboutTimes(symbols *writev2.SymbolsTable) writev2.Metadata {
	return writev2.Metadata{
		Type:    writev2.Metadata_METRIC_TYPE_HISTOGRAM,
		HelpRef: symbols.Symbolize("Time that requests took."),
		UnitRef: symbols.Symbolize("seconds"),
	}
}
