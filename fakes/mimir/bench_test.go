package mimir

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// benchLabels are the labels of one of 2000 series of one of five targets.
func benchLabels(target, series int) labels.Labels {
	return labels.FromStrings(
		"__name__", fmt.Sprintf("http_requests_total_%d", series%50), "cluster", "production-eu-west-1", "code", fmt.Sprint(200+series%5),
		"container", "application", "environment", "production", "instance", fmt.Sprintf("10.0.%d.%d:9090", target, series%250),
		"job", "kubernetes-pods", "method", "GET", "namespace", "checkout", "pod", fmt.Sprintf("checkout-7d9f8b6c5d-%05d", series),
	)
}

// benchBodies are requests of 2000 samples of as many series with ten labels, five of them, as an agent sends them by turns.
func benchBodies(b *testing.B, version Version) [][]byte {
	b.Helper()
	var bodies [][]byte
	for target := range 5 {
		var v1 prompb.WriteRequest
		var v2 writev2.Request
		symbols := writev2.NewSymbolTable()
		for i := range 2000 {
			const at = 1_700_000_000_000
			set := benchLabels(target, i)
			v1.Timeseries = append(v1.Timeseries, prompb.TimeSeries{
				Labels: prompb.FromLabels(set, nil), Samples: []prompb.Sample{{Timestamp: at, Value: float64(i)}},
			})
			v2.Timeseries = append(v2.Timeseries, writev2.TimeSeries{
				LabelsRefs: symbols.SymbolizeLabels(set, nil), Samples: []writev2.Sample{{Timestamp: at, Value: float64(i)}},
				Metadata: writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_COUNTER, HelpRef: symbols.Symbolize("Requests served.")},
			})
		}
		v2.Symbols = symbols.Symbols()
		message, err := v1.Marshal()
		if version == V2 {
			message, err = v2.Marshal()
		}
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, snappy.Encode(nil, message))
	}
	return bodies
}

func BenchmarkTake(b *testing.B) {
	for version, contentType := range map[Version]string{V1: protobufType, V2: protobufType + ";" + protoV2} {
		bodies := benchBodies(b, version)
		for name, options := range map[string]Options{"recording": {}, "counting": {Discard: true}} {
			b.Run(fmt.Sprintf("%s/%d.0", name, version), func(b *testing.B) { benchTake(b, options, contentType, bodies) })
		}
	}
}

func benchTake(b *testing.B, options Options, contentType string, bodies [][]byte) {
	s, err := Start(options)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	h, header := (*handler)(s), http.Header{"Content-Type": {contentType}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r := &server.Request{Exchange: journal.Exchange{Method: http.MethodPost, Body: bodies[i%len(bodies)], Header: header}}
		h.Classify(r)
		h.Answer(r)
		r.Exchange.Status, r.Exchange.Outcome = 200, server.Replied
		h.Finish(r)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/2000, "ns/sample")
	if s.Counts().Samples != int64(b.N)*2000 {
		b.Fatalf("took %+v in %d requests", s.Counts(), b.N)
	}
}

// BenchmarkStart is what a test pays for a fake that it starts and stops.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := Start(Options{})
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
