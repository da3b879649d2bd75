package pprof_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/fakes/pprof"
)

// A fake program that is scraped for profiles; what it served can be taken apart. In a test, StartT(t) is one line and closes the fake
// itself.
func ExampleServer_Scrapes() {
	p, err := pprof.Start(pprof.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	p.Replies().ThenStatus(500)

	go func() { // stands for the program under test
		for range 2 {
			response, err := http.Get(p.URL() + "/debug/pprof/heap")
			if err == nil {
				response.Body.Close()
			}
		}
	}()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := p.WaitFor(ctx, "/debug/pprof/heap", 1); err != nil {
		fmt.Println(err)
	}
	for _, scrape := range p.Scrapes() {
		fmt.Println(scrape.Status, scrape.Served != nil)
	}
	parsed, err := profile.ParseData(p.Scrapes()[1].Served)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(parsed.Sample), "stacks, the first of", parsed.Sample[0].Location[0].Line[0].Function.Name)
	// Output:
	// 500 false
	// 200 true
	// 3 stacks, the first of main.work0
}
