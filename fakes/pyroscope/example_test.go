package pyroscope_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// A fake Pyroscope that refuses the first push with an error body of Connect. In a test, StartT(t) is one line and closes the fake itself.
func Example() {
	p, err := pyroscope.Start(pyroscope.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	p.Replies().Then(reply.Error("unavailable", "try later", 0))

	go func() { // stands for the program under test: it tries again
		for range 2 {
			response, err := http.Post(p.URL()+"/ingest?name=shop.cpu", "text/plain", strings.NewReader("main;work 3\nmain;idle 1\n"))
			if err == nil {
				response.Body.Close()
			}
		}
	}()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := p.WaitFor(ctx, pyroscope.Profiles(`process_cpu{service_name="shop"}`, 1)); err != nil {
		fmt.Println(err)
	}
	for _, push := range p.Pushes() {
		fmt.Println(push.Status, push.Profiles[0].Labels, len(push.Profiles[0].Parsed.Sample), "samples")
	}
	// Output:
	// 503 process_cpu{service_name="shop"} 2 samples
	// 200 process_cpu{service_name="shop"} 2 samples
}

// Profiles are parsed: a test can ask how much of the time a function took.
func ExampleServer_WaitFor() {
	p, err := pyroscope.Start(pyroscope.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	response, err := http.Post(p.URL()+"/ingest?name=shop.cpu", "text/plain", strings.NewReader("main;checkout;hash 30\nmain;idle 10\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	response.Body.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := p.WaitFor(ctx, pyroscope.Profiles(`{service_name="shop"}`, 1)); err != nil {
		fmt.Println(err)
		return
	}
	found, err := p.Accepted().Profiles(`{service_name="shop"}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	var inCheckout, all int64
	for _, sample := range found[0].Parsed.Sample {
		all += sample.Value[0]
		for _, location := range sample.Location {
			if location.Line[0].Function.Name == "checkout" {
				inCheckout += sample.Value[0]
			}
		}
	}
	fmt.Printf("%d of %d samples in checkout\n", inCheckout, all)
	// Output: 30 of 40 samples in checkout
}
