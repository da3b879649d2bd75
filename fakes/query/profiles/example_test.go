package profiles_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/query/profiles"
)

// upload stands for the program under test: it pushes two folded profiles.
func upload(url string) error {
	for _, folded := range []string{"main;work 3\nmain;rest 1\n", "main;work 2\n"} {
		response, err := http.Post(url+"/ingest?name=shop.cpu&from=1000&until=1010", "text/plain", strings.NewReader(folded))
		if err != nil {
			return err
		}
		response.Body.Close()
	}
	return nil
}

// A fake Pyroscope that answers queries as Pyroscope does. In a test, profiles.StartT(t) is one line.
func Example() {
	p, err := pyroscope.Start(pyroscope.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	profiles.Attach(p)
	if err := upload(p.URL()); err != nil {
		fmt.Println(err)
	}

	response, err := http.Post(p.URL()+"/querier.v1.QuerierService/LabelValues", "application/json", strings.NewReader(`{"name": "service_name"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	fmt.Println(string(body))
	// Output: {"names":["shop"]}
}

// Everything that was pushed, added up: as a flame graph, and as a pprof file.
func ExampleFlame() {
	p, err := pyroscope.Start(pyroscope.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	if err := upload(p.URL()); err != nil {
		fmt.Println(err)
	}

	shop := profiles.Query{Selector: `{service_name="shop"}`}
	root, err := profiles.Flame(p, shop)
	if err != nil {
		fmt.Println(err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(root.Children)
	merged, err := profiles.Merge(p, shop)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(len(merged.Sample), "stacks; merged.Write(file) makes a file for go tool pprof")
	// Output:
	// [{"name":"main","self":0,"total":6,"children":[{"name":"rest","self":1,"total":1},{"name":"work","self":5,"total":5}]}]
	// 2 stacks; merged.Write(file) makes a file for go tool pprof
}
