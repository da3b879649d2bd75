package server_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/certs"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// A certificate can go bad while the fake runs: connections that are opened from then on see it.
func ExampleServer_SetTLS() {
	s, err := server.Start(server.Options{TLS: &server.TLS{}}, echo{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	try := func() error {
		transport := &http.Transport{TLSClientConfig: s.ClientTLS(), DisableKeepAlives: true}
		resp, err := (&http.Client{Transport: transport}).Get(s.URL())
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	fmt.Println("good:", try())
	if err := s.SetTLS(server.TLS{Cert: certs.Expired}); err != nil {
		panic(err)
	}
	var invalid x509.CertificateInvalidError
	fmt.Println("expired:", errors.As(try(), &invalid) && invalid.Reason == x509.Expired)
	// Output:
	// good: <nil>
	// expired: true
}

// A secret is rotated while clients are at work: requests that come from then on must show the new one.
func ExampleServer_SetAuth() {
	s, err := server.Start(server.Options{Auth: server.Auth{Bearer: "old"}}, echo{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	try := func(token string) int {
		req, err := http.NewRequest(http.MethodGet, s.URL(), nil)
		if err != nil {
			panic(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			panic(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	fmt.Println(try("old"), try("new"))
	s.SetAuth(server.Auth{Bearer: "new"})
	fmt.Println(try("old"), try("new"))
	// Output:
	// 200 401
	// 401 200
}

// What happens to connections is a script of its own: here the first is cut off in the middle of the reply.
func ExampleServer_Replies_connections() {
	s, err := server.Start(server.Options{Replies: "connections: accept cut-out=10"}, echo{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for range 2 {
		resp, err := client.Post(s.URL(), "text/plain", strings.NewReader("hello"))
		if err == nil {
			resp.Body.Close()
		}
		fmt.Println(err == nil)
	}
	// Output:
	// false
	// true
}

// On a network in memory nothing leaves the process; inside testing/synctest the half hour takes no time.
func ExampleOptions_listen() {
	network := memnet.New()
	s, err := server.Start(server.Options{Listen: network.Listen, Addr: "mimir.test:80"}, echo{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	s.Replies().Then(reply.Status(503).Header("Retry-After", "1800"))
	client := &http.Client{Transport: &http.Transport{DialContext: network.Dial}}
	defer client.CloseIdleConnections()
	resp, err := client.Get(s.URL())
	if err != nil {
		panic(err)
	}
	resp.Body.Close()
	fmt.Println(s.URL(), resp.StatusCode, resp.Header.Get("Retry-After"))
	// Output: http://mimir.test:80 503 1800
}

// Every request is there byte for byte, as soon as it has arrived.
func ExampleServer_Wait() {
	s, err := server.Start(server.Options{}, echo{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	go func() { // stands for the program under test
		resp, err := http.Post(s.URL()+"/a?x=1", "text/plain", strings.NewReader("raw bytes"))
		if err == nil {
			resp.Body.Close()
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = s.Wait(ctx, func(all []journal.Exchange) bool { return len(all) == 1 && all[0].Outcome != "" })
	if err != nil {
		panic(err)
	}
	e := s.Exchanges()[0]
	fmt.Printf("%s %s?%s %q -> %d\n", e.Method, e.Path, e.Query, e.Body, e.Status)
	// Output: POST /a?x=1 "raw bytes" -> 200
}

// Mutual TLS: the fake's own authority makes a certificate for the client, and the journal tells whose it was.
func ExampleTLS() {
	ca, err := certs.New("a test's authority")
	if err != nil {
		panic(err)
	}
	s, err := server.Start(server.Options{TLS: &server.TLS{CA: ca, ClientCA: ca}}, echo{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	try := func(certificates ...tls.Certificate) error {
		config := s.ClientTLS()
		config.Certificates = certificates
		resp, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}).Get(s.URL())
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	pair, err := ca.Client("agent")
	if err != nil {
		panic(err)
	}
	certificate, err := pair.TLS()
	if err != nil {
		panic(err)
	}
	fmt.Println("without a certificate:", try() != nil)
	fmt.Println("with one:", try(certificate))
	fmt.Println("seen:", s.Connections()[1].TLS.ClientSubject)
	// Output:
	// without a certificate: true
	// with one: <nil>
	// seen: agent
}
