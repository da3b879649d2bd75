package metrics_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/query/metrics"
)

// report stands for the program under test: it pushes how many requests there were.
func report(url string) error {
	message, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{
		{Labels: []prompb.Label{{Name: "__name__", Value: "requests_total"}, {Name: "code", Value: "200"}}, Samples: []prompb.Sample{{Value: 7, Timestamp: 1000_000}}},
		{Labels: []prompb.Label{{Name: "__name__", Value: "requests_total"}, {Name: "code", Value: "500"}}, Samples: []prompb.Sample{{Value: 3, Timestamp: 1000_000}}},
	}}).Marshal()
	if err != nil {
		return err
	}
	response, err := http.Post(url, "application/x-protobuf", bytes.NewReader(snappy.Encode(nil, message)))
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// A fake Mimir that answers queries as Mimir does. In a test, metrics.StartT(t) is one line.
func Example() {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	metrics.Attach(m)
	if err := report(m.PushURL()); err != nil {
		fmt.Println(err)
	}

	response, err := http.Get(m.URL() + "/prometheus/api/v1/query?query=sum(requests_total)&time=1000")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	fmt.Println(string(body))
	// Output: {"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1000,"10"]}]}}
}

// An expression over what was pushed, without HTTP.
func ExampleVector() {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	if err := report(m.PushURL()); err != nil {
		fmt.Println(err)
	}

	found, err := metrics.Vector(context.Background(), m, "", `requests_total{code=~"5.."} @ 1000 / ignoring(code) sum(requests_total @ 1000)`)
	if err != nil {
		fmt.Println(err)
	}
	for _, one := range found {
		fmt.Println(one.F)
	}
	// Output: 0.3
}
