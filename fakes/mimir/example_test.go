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
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// send stands for the program under test: it tries again after a 5xx.
func send(url string) {
	for range 5 {
		if status := sendBy(http.DefaultClient, url); status < 500 {
			return
		}
	}
}

// sendBy pushes a sample once; the status is 0 when nobody answered.
func sendBy(client *http.Client, url string) int {
	message, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{
		Labels:  []prompb.Label{{Name: "__name__", Value: "up"}, {Name: "job", Value: "a"}},
		Samples: []prompb.Sample{{Value: 1, Timestamp: time.Now().UnixMilli()}},
	}}}).Marshal()
	if err != nil {
		return 0
	}
	response, err := client.Post(url, "application/x-protobuf", bytes.NewReader(snappy.Encode(nil, message)))
	if err != nil {
		return 0
	}
	response.Body.Close()
	return response.StatusCode
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

// A Mimir that is out of sorts: one request in three fails. The seed makes it fail at the same ones again; without it the fake takes one, and
// a wait in vain tells which.
func ExampleServer_chance() {
	m, err := mimir.Start(mimir.Options{Options: server.Options{Replies: "503* chance=30% | delay=1ms..5ms ok", Seed: 4}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	for range 6 {
		fmt.Print(sendBy(http.DefaultClient, m.PushURL()), " ")
	}
	fmt.Println("seed", m.Replies().Seed())
	// Output: 503 200 200 200 200 503 seed 4
}

// Strictness can change while the fake runs: from then on it refuses what Mimir refuses, in its words.
func ExampleServer_SetStrict() {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	fmt.Println(sendBy(http.DefaultClient, m.PushURL()))
	m.SetStrict(true) // no tenant is sent
	fmt.Println(sendBy(http.DefaultClient, m.PushURL()))
	// Output:
	// 200
	// 401
}
