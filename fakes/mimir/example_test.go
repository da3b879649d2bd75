package mimir_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
)

// send stands for the program under test: it tries again after a 5xx.
func send(url string) {
	message, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{
		Labels:  []prompb.Label{{Name: "__name__", Value: "up"}, {Name: "job", Value: "a"}},
		Samples: []prompb.Sample{{Value: 1, Timestamp: time.Now().UnixMilli()}},
	}}}).Marshal()
	if err != nil {
		return
	}
	for range 5 {
		response, err := http.Post(url, "application/x-protobuf", bytes.NewReader(snappy.Encode(nil, message)))
		if err != nil {
			return
		}
		response.Body.Close()
		if response.StatusCode < 500 {
			return
		}
	}
}

// A fake Mimir that fails twice, and then takes what comes. In a test, StartT(t) is one line and closes the fake itself.
func Example() {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	m.Replies().ThenStatus(503, 503)

	go send(m.PushURL())

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := m.WaitFor(ctx, mimir.Samples(`up{job="a"}`, 1)); err != nil {
		fmt.Println(err)
	}
	for _, r := range m.Requests() {
		fmt.Println(r.Status, r.Series[0].Labels, r.Series[0].Samples[0].Value)
	}
	// Output:
	// 503 up{job="a"} 1
	// 503 up{job="a"} 1
	// 200 up{job="a"} 1
}

// What was accepted can be asked for by selector.
func ExampleData_Series() {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	send(m.PushURL())

	found, err := m.Accepted().Series(`{__name__=~"u.", job!="b"}`)
	if err != nil {
		fmt.Println(err)
	}
	for _, one := range found {
		fmt.Println(one.Labels, len(one.Samples))
	}
	// Output: up{job="a"} 1
}

// While it is down the port refuses connections; what was accepted before is still there when it is up again.
func ExampleServer_outage() {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	send(m.PushURL())
	m.Down()
	send(m.PushURL()) // gives up
	if err := m.Up(); err != nil {
		fmt.Println(err)
	}
	send(m.PushURL())

	samples, err := m.Accepted().Samples("up")
	fmt.Println(len(samples), err)
	// Output: 2 <nil>
}

// When what is waited for does not come, the error tells what came nearest.
func ExampleServer_WaitFor() {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	send(m.PushURL())

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	fmt.Println(m.WaitFor(ctx, mimir.Samples(`up{job="b"}`, 1)))
	// Output:
	// fake mimir: wait for 1 samples of up{job="b"}: context deadline exceeded
	// 	so far 0 of 1
	// 	accepted: 1 sample in 1 series, 1 request
	// 	nearest: up{job="a"} (1 sample): job is "a", not "b"
}
