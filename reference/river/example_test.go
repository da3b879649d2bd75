package river_test

import (
	"fmt"
	"log"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

type endpoint struct {
	URL      string        `river:"url,attr"`
	Timeout  time.Duration `river:"remote_timeout,attr,optional"`
	Password river.Secret  `river:"password,attr,optional"`
}

func (e *endpoint) SetDefaults() { e.Timeout = 30 * time.Second }

type arguments struct {
	Endpoints []endpoint `river:"endpoint,block,optional"`
}

const configuration = `prometheus.remote_write "m" {
  endpoint {
    url      = env("BACKEND") + "/api/v1/push"
    password = "hunter2"
  }
}
`

func ExampleDecode() {
	file, err := river.Parse("config.river", []byte(configuration))
	if err != nil {
		log.Fatal(river.Explain(err))
	}
	getenv := func(string) string { return "http://mimir:9009" }
	var args arguments
	if err := river.Decode(file.Body.Blocks()[0], river.Builtins(getenv), &args); err != nil {
		log.Fatal(river.Explain(err))
	}
	fmt.Printf("%+v\n", args)
	// Output: {Endpoints:[{URL:http://mimir:9009/api/v1/push Timeout:30s Password:(secret)}]}
}

func ExampleBody_Select() {
	file, err := river.Parse("config.river", []byte(configuration))
	if err != nil {
		log.Fatal(river.Explain(err))
	}
	for _, endpoint := range file.Body.Select("prometheus.remote_write", "endpoint") {
		endpoint.Body.Set("remote_timeout", river.NewString("5s"))
		endpoint.Body.RemoveAttribute("password")
	}
	fmt.Printf("%s", file.Bytes())
	// Output:
	// prometheus.remote_write "m" {
	//   endpoint {
	//     url            = env("BACKEND") + "/api/v1/push"
	//     remote_timeout = "5s"
	//   }
	// }
}

func ExampleExplain() {
	file, err := river.Parse("config.river", []byte("prometheus.remote_write \"m\" {\n  endpoint {\n    ulr = \"http://mimir\"\n  }\n}\n"))
	if err != nil {
		log.Fatal(river.Explain(err))
	}
	var args arguments
	fmt.Print(river.Explain(river.Decode(file.Body.Blocks()[0], nil, &args)))
	// Output:
	// config.river:3:5: unknown attribute "ulr" in endpoint
	//     3 |     ulr = "***"
	//       |     ^~~
	//   did you mean "url"?
}
