// Package proxy is a fake HTTP proxy: it tunnels CONNECT and forwards absolute-form requests, records each, and misbehaves on demand. Start with
// [StartT] (or [Start]), [Server.Requests] and [Server.WaitFor].
//
//	p := proxy.StartT(t, proxy.Options{Hosts: map[string]string{"target.test": m.Addr()}})
//	... let what is under test go through p.URL() to http://target.test/ ...
//	p.WaitFor(ctx, "target.test", 1)
//
// What it does not do: SOCKS, caching, CONNECT over HTTP/2, looking into tunnels.
package proxy

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// The kinds of requests, as scripts select them. Replies without a selector are for Connect and Forward.
const (
	KindConnect = "connect" // CONNECT host:port
	KindForward = "forward" // GET http://host/path
	KindOther   = "other"   // meant for the proxy itself
)

// Options say how the fake behaves. The zero value is an open proxy at a free port of 127.0.0.1.
type Options struct {
	server.Options
	// Username and Password must be shown in Proxy-Authorization when one of them is set. The Auth of server.Options is not for proxies: it
	// looks at Authorization.
	Username, Password string
	// Dial reaches targets; nil means real sockets. Give [memnet.Network.Dial] here to stay in memory.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Hosts are names that only the proxy knows: from host, or host:port, to the address that is dialled in its place. A target that is given
	// without a port keeps its own.
	Hosts map[string]string
}

// Server is a running fake. It has all methods of [server.Server]. They may be called by several goroutines at once.
type Server struct {
	*server.Server
	options  Options
	user     atomic.Pointer[user]
	hosts    atomic.Pointer[map[string]string]
	upstream *http.Transport
}

// user is who may use the proxy; the zero value is everybody.
type user struct{ name, password string }

// Start opens the listener and serves until Close.
func Start(options Options) (*Server, error) {
	if options.Dial == nil {
		options.Dial = (&net.Dialer{}).DialContext
	}
	s := &Server{options: options}
	s.SetUser(options.Username, options.Password)
	s.SetHosts(options.Hosts)
	s.upstream = &http.Transport{DialContext: s.dial, DisableKeepAlives: true, DisableCompression: true}
	return server.StartAs(s, &s.Server, options.Options, (*handler)(s), KindConnect, KindForward)
}

// StartT starts the fake for a test with at most one Options, and closes it when the test ends. A [Server.WaitFor] that fails then
// also ends the test.
func StartT(t server.T, options ...Options) *Server {
	t.Helper()
	return server.ForTest(t, "proxy", Start, options...)
}

// SetUser changes what requests that come from now on must show in Proxy-Authorization; two empty texts let everybody through.
func (s *Server) SetUser(username, password string) { s.user.Store(&user{username, password}) }

// SetHosts changes the names that only the proxy knows, for requests that come from now on: see [Options]. The map must not be written to afterwards.
func (s *Server) SetHosts(hosts map[string]string) { s.hosts.Store(&hosts) }

// Request is one request that went through the proxy, or was to.
type Request struct {
	journal.Exchange
	// Target is host:port, as the client wrote it; without a port when it wrote none.
	Target string
	// Tunnel says that it was a CONNECT.
	Tunnel bool
}

// Requests are the requests so far, in order of arrival. A tunnel is complete when it was closed.
func (s *Server) Requests() []Request {
	var requests []Request
	for _, e := range s.Exchanges() {
		if e.Kind == KindConnect || e.Kind == KindForward {
			requests = append(requests, Request{Exchange: e, Target: e.Host, Tunnel: e.Kind == KindConnect})
		}
	}
	return requests
}

// WaitFor waits until n requests for a target have arrived, without polling. The target is host or host:port. The error says which ones there were.
func (s *Server) WaitFor(ctx context.Context, target string, n int) error {
	err := s.Wait(ctx, func(all []journal.Exchange) bool { return s.count(target) >= n })
	if err == nil {
		return nil
	}
	s.Test().Helper()
	return s.GiveUp(fmt.Errorf("fake proxy: wait for %d requests for %s: %w\n\tseen: %s", n, target, context.Cause(ctx), s.targets()))
}

func (s *Server) count(target string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Target == target || bare(r.Target) == target {
			n++
		}
	}
	return n
}

func (s *Server) targets() string {
	var seen []string
	for _, r := range s.Requests() {
		seen = append(seen, r.Method+" "+r.Target)
	}
	if len(seen) == 0 {
		return "nothing that was to go through; " + s.Summary()
	}
	return strings.Join(seen, ", ")
}

// bare is an address without its port.
func bare(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// dial reaches a target, by the address that the proxy knows for it.
func (s *Server) dial(ctx context.Context, network, address string) (net.Conn, error) {
	hosts := *s.hosts.Load()
	if other, ok := hosts[address]; ok {
		address = other
	} else if other, ok := hosts[bare(address)]; ok {
		address = withPort(other, address)
	}
	return s.options.Dial(ctx, network, address)
}

// withPort gives a host that has no port that of another address.
func withPort(host, address string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return host
	}
	return net.JoinHostPort(host, port)
}
