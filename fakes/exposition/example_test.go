package exposition_test

import (
	"fmt"
	"io"
	"net/http"

	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
)

// A page for each scrape, the last one for ever. In a test, StartT(t) is one line and closes the fake itself.
func ExampleServer_Count() {
	e, err := exposition.Start(exposition.Options{Pages: []exposition.Page{{Text: "a 1\n"}, {Text: "a {{scrape}}\n"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	for range 3 {
		fmt.Print(page(e.URL(), ""))
	}
	fmt.Println(e.Count(), "scrapes")
	// Output:
	// a 1
	// a 2
	// a 3
	// 3 scrapes
}

// Series that come and go: of two, each scrape replaces one.
func ExampleChurn() {
	e, err := exposition.Start(exposition.Options{Source: exposition.Churn(2, 1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	for range 2 {
		fmt.Print(page(e.URL(), "application/openmetrics-text"))
	}
	// Output:
	// # TYPE churn gauge
	// churn{series="0"} 1.0
	// churn{series="1"} 1.0
	// # EOF
	// # TYPE churn gauge
	// churn{series="1"} 2.0
	// churn{series="2"} 2.0
	// # EOF
}

// page stands for the program under test.
func page(url, accept string) string {
	request, err := http.NewRequest(http.MethodGet, url+"/metrics", nil)
	if err != nil {
		return err.Error()
	}
	request.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
