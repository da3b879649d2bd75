package proxy_test

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/proxy"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// A proxy that wants a password and knows a host that nobody else does. In a test, StartT(t) is one line and closes each fake itself.
func ExampleServer_Requests() {
	m, err := mimir.Start(mimir.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	p, err := proxy.Start(proxy.Options{Username: "agent", Password: "s3cret", Hosts: map[string]string{"mimir.test": m.Addr()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()

	for _, user := range []*url.Userinfo{nil, url.UserPassword("agent", "s3cret")} {
		client := &http.Client{Transport: &http.Transport{
			Proxy: func(*http.Request) (*url.URL, error) {
				return &url.URL{Scheme: "http", User: user, Host: p.Addr()}, nil
			},
		}}
		response, err := client.Get("http://mimir.test/ready")
		if err != nil {
			fmt.Println(err)
			return
		}
		response.Body.Close()
		fmt.Println(response.StatusCode)
	}
	for _, r := range p.Requests() {
		fmt.Println(r.Method, r.Target, "tunnel:", r.Tunnel)
	}
	// Output:
	// 407
	// 200
	// GET mimir.test tunnel: false
	// GET mimir.test tunnel: false
}

// A tunnel to a fake that speaks TLS: the proxy sees where to, and no more.
func ExampleOptions() {
	m, err := mimir.Start(mimir.Options{Options: server.Options{TLS: &server.TLS{Names: []string{"mimir.test"}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	p, err := proxy.Start(proxy.Options{Hosts: map[string]string{"mimir.test": m.Addr()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()

	client := &http.Client{Transport: &http.Transport{
		Proxy:              func(*http.Request) (*url.URL, error) { return url.Parse(p.URL()) },
		ProxyConnectHeader: http.Header{"X-From": {"agent"}},
		TLSClientConfig:    m.ClientTLS(),
	}}
	response, err := client.Get("https://mimir.test/ready")
	if err != nil {
		fmt.Println(err)
		return
	}
	response.Body.Close()
	r := p.Requests()[0]
	fmt.Println(r.Method, r.Target, r.Header.Get("X-From"), "->", response.StatusCode)
	// Output: CONNECT mimir.test:443 agent -> 200
}
