package metrics_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/query/metrics"
)

// filled is a fake with 100,000 series of ten samples each.
func filled(b *testing.B) *mimir.Server {
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
	return m
}

func BenchmarkQuery(b *testing.B) {
	m := filled(b)
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

// BenchmarkVector asks from within a test, again and again, with 100,000 series in the fake.
func BenchmarkVector(b *testing.B) {
	m := filled(b)
	if _, err := metrics.Vector(b.Context(), m, "", "up"); err != nil { // the first one takes over what came
		b.Fatal(err)
	}
	for b.Loop() {
		found, err := metrics.Vector(b.Context(), m, "", `up{instance="7"} @ 1150`)
		if err != nil || len(found) != 1 {
			b.Fatal(found, err)
		}
	}
}
