package ceiling

import (
	"net/http"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"github.com/touchstone-telemetry/touchstone/bench/load"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// shape is what is written: 10,000 series of ten labels, one sample of each a round. One round follows the other as long as the
// requests last, and then the first comes again.
var shape = load.Shape{Targets: 5, PerTarget: 2000, Start: 1_700_000_000_000}

const (
	writeRounds = 3
	// perWrite is how many samples a request has: Prometheus' max_samples_per_send.
	perWrite = 2000
)

const contentTypeV2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request"

// eachWrite calls f with the series of each request, by target and number, and their round.
func eachWrite(f func(round, target, from, to int) error) error {
	per := min(perWrite, shape.PerTarget)
	for round := range writeRounds {
		for target := range shape.Targets {
			for from := 0; from < shape.PerTarget; from += per {
				if err := f(round, target, from, from+per); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func writeRequest(message []byte, contentType string, units int) request {
	return request{
		method: http.MethodPost, path: mimir.PushPath, body: snappy.Encode(nil, message), units: int64(units),
		header: http.Header{
			"Content-Type": {contentType}, "Content-Encoding": {"snappy"}, "User-Agent": {"bench"},
			"X-Prometheus-Remote-Write-Version": {"0.1.0"},
		},
	}
}

// writeV1 is remote write 1.0 as Prometheus encodes it.
func writeV1() (traffic, func(), error) {
	var t traffic
	err := eachWrite(func(round, target, from, to int) error {
		var w prompb.WriteRequest
		for i := from; i < to; i++ {
			var set []prompb.Label
			for _, l := range shape.Labels(target, i) {
				set = append(set, prompb.Label{Name: l.Name, Value: l.Value})
			}
			w.Timeseries = append(w.Timeseries, prompb.TimeSeries{
				Labels:  set,
				Samples: []prompb.Sample{{Timestamp: shape.Time(round), Value: load.Value(target, i, round)}},
			})
		}
		message, err := w.Marshal()
		t.requests = append(t.requests, writeRequest(message, "application/x-protobuf", to-from))
		return err
	})
	return t, nothing, err
}

// writeV2 is remote write 2.0 as Prometheus encodes it, with metadata.
func writeV2() (traffic, func(), error) {
	var t traffic
	err := eachWrite(func(round, target, from, to int) error {
		symbols := writev2.NewSymbolTable()
		var w writev2.Request
		builder := labels.NewScratchBuilder(10)
		for i := from; i < to; i++ {
			w.Timeseries = append(w.Timeseries, writev2.TimeSeries{
				LabelsRefs: symbols.SymbolizeLabels(labelsOf(&builder, target, i), nil),
				Samples:    []writev2.Sample{{Timestamp: shape.Time(round), Value: load.Value(target, i, round)}},
				Metadata: writev2.Metadata{
					Type:    writev2.Metadata_METRIC_TYPE_GAUGE,
					HelpRef: symbols.Symbolize("Time that requests took."),
					UnitRef: symbols.Symbolize("seconds"),
				},
			})
		}
		w.Symbols = symbols.Symbols()
		message, err := w.Marshal()
		t.requests = append(t.requests, writeRequest(message, contentTypeV2, to-from))
		return err
	})
	return t, nothing, err
}
