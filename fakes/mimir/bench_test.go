package mimir

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// benchBodies are requests of 2000 samples of as many series with ten labels, five of them, as an agent sends them by turns.
func benchBodies(b *testing.B) [][]byte {
	b.Helper()
	var bodies [][]byte
	for i := range 5 {
		request := &prompb.WriteRequest{}
		for j := range 2000 {
			ts := prompb.TimeSeries{Samples: []prompb.Sample{{Timestamp: 1_700_000_000_000, Value: float64(j)}}}
			for _, l := range [][2]string{
				{"__name__", fmt.Sprintf("http_requests_total_%d", j%50)}, {"cluster", "production-eu-west-1"}, {"code", fmt.Sprint(200 + j%5)},
				{"container", "application"}, {"environment", "production"}, {"instance", fmt.Sprintf("10.0.%d.%d:9090", i, j%250)},
				{"job", "kubernetes-pods"}, {"method", "GET"}, {"namespace", "checkout"}, {"pod", fmt.Sprintf("checkout-7d9f8b6c5d-%05d", j)},
			} {
				ts.Labels = append(ts.Labels, prompb.Label{Name: l[0], Value: l[1]})
			}
			request.Timeseries = append(request.Timeseries, ts)
		}
		message, err := request.Marshal()
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, snappy.Encode(nil, message))
	}
	return bodies
}

func BenchmarkTake(b *testing.B) {
	for name, options := range map[string]Options{"recording": {}, "counting": {Discard: true}} {
		b.Run(name, func(b *testing.B) {
			s, err := Start(options)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			h, bodies := (*handler)(s), benchBodies(b)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r := &server.Request{Exchange: journal.Exchange{Method: http.MethodPost, Body: bodies[i%len(bodies)], Header: http.Header{}}}
				h.Classify(r)
				h.Answer(r)
				r.Exchange.Status, r.Exchange.Outcome = 200, server.Replied
				h.Finish(r)
			}
			reportSamples(b)
			if s.Counts().Samples != int64(b.N)*2000 {
				b.Fatalf("took %+v in %d requests", s.Counts(), b.N)
			}
		})
	}
}

func reportSamples(b *testing.B) {
	b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/2000, "ns/sample")
}
