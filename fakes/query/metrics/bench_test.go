package metrics_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/query/metrics"
)

// BenchmarkQuery asks about 100,000 series of ten samples each.
func BenchmarkQuery(b *testing.B) {
	m := metrics.StartT(b)
	var request prompb.WriteRequest
	for i := range 100_000 {
		s := series(fmt.Sprintf("__name__=up,instance=%d,job=a,zone=%d", i, i%10))
		for j := range 10 {
			s.Samples = append(s.Samples, prompb.Sample{Timestamp: 1000_000 + int64(j)*15_000, Value: float64(i)})
		}
		request.Timeseries = append(request.Timeseries, s)
	}
	push(b, m, "", &request)
	for _, expression := range []string{`sum(up)`, `sum by (zone) (rate(up[5m]))`, `up`, `up{instance="7"}`} {
		b.Run(expression, func(b *testing.B) {
			for b.Loop() {
				status, body := ask(b, m, http.MethodGet, "", "query?time=1150&query="+url.QueryEscape(expression))
				if status != http.StatusOK || strings.Contains(body, `"result":[]`) {
					b.Fatal(status, body)
				}
			}
		})
	}
}
