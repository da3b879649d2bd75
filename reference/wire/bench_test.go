package wire_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/wire"
)

// benchParts are the parts of one request: ten labels a series, 60 % integer counters, 40 % random gauges.
func benchParts(samples int) []column.Part {
	random := rand.New(rand.NewPCG(1, 2))
	var parts []column.Part
	for n := 0; n < samples; n += column.MaxFrameSeries {
		f := &column.Frame{ID: uint64(n)}
		p := column.Part{Frame: f, T: noon}
		for i := range min(column.MaxFrameSeries, samples-n) {
			f.Series = append(f.Series, series(
				"__name__", fmt.Sprintf("http_requests_handled_total_%d", (n+i)%50),
				"cluster", "europe-west-production-1", "code", fmt.Sprint(200+i%5), "container", "application-server",
				"environment", "production", "instance", fmt.Sprintf("10.0.%d.1:8080", n/1000), "job", "kubernetes-service-endpoints",
				"method", []string{"GET", "PUT", "POST"}[i%3], "namespace", "customer-facing", "pod", fmt.Sprintf("application-server-%05d", (n+i)/50)))
			v := random.Float64() * 1000
			if i%5 < 3 {
				v = float64(random.IntN(1e6))
			}
			p.Values = append(p.Values, v)
		}
		parts = append(parts, p)
	}
	return parts
}

func BenchmarkEncode(b *testing.B) {
	for _, samples := range []int{500, 2000} {
		b.Run(fmt.Sprint(samples), func(b *testing.B) {
			parts := benchParts(samples)
			format := wire.New(wire.Options{External: map[string]string{"region": "eu"}})
			body := format.Encode(nil, parts)
			b.ReportAllocs()
			for b.Loop() {
				body = format.Encode(body[:0], parts)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(samples), "ns/sample")
			b.ReportMetric(float64(len(body))/float64(samples), "B/sample")
		})
	}
}
