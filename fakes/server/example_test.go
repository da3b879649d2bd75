package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// A fake of one's own needs three methods; recording, scripts, TLS and the rest come with the server.
func Example() {
	s, err := server.Start(server.Options{Replies: "503 retry-after=1"}, echo{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	for range 2 {
		resp, err := http.Post(s.URL()+"/greeting", "text/plain", strings.NewReader("hello"))
		if err != nil {
			panic(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			panic(err)
		}
		resp.Body.Close()
		fmt.Printf("%d %q\n", resp.StatusCode, body)
	}
	for _, e := range s.Exchanges() {
		fmt.Printf("%s %s %s %q\n", e.Kind, e.Method, e.Path, e.Body)
	}
	// Output:
	// 503 "Service Unavailable\n"
	// 200 "hello"
	// greeting POST /greeting "hello"
	// greeting POST /greeting "hello"
}

// A script may be changed while the fake runs, and differ by tenant.
func ExampleServer_Replies() {
	s, err := server.Start(server.Options{}, echo{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	s.Replies().For(reply.Match{Tenant: "limited"}).Default(reply.Status(429).Header("Retry-After", "2"))
	for _, tenant := range []string{"limited", "other"} {
		req, err := http.NewRequest(http.MethodPost, s.URL(), strings.NewReader("x"))
		if err != nil {
			panic(err)
		}
		req.Header.Set(server.TenantHeader, tenant)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			panic(err)
		}
		resp.Body.Close()
		fmt.Println(tenant, resp.StatusCode)
	}
	// Output:
	// limited 429
	// other 200
}

// While a fake is down its port refuses connections, and is still its own.
func ExampleServer_Down() {
	s, err := server.Start(server.Options{}, echo{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	s.Down()
	_, err = http.Get(s.URL())
	fmt.Println(strings.HasSuffix(err.Error(), "connection refused"))
	fmt.Println(s.Up())
	resp, err := http.Get(s.URL())
	if err != nil {
		panic(err)
	}
	resp.Body.Close()
	fmt.Println(resp.StatusCode)
	// Output:
	// true
	// <nil>
	// 200
}
