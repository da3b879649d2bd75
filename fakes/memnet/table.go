package memnet

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// everyHost is the host of listeners that serve all hosts, localhost the one of all loopback addresses.
const (
	everyHost = ""
	localhost = "localhost"
)

// firstFree is where free ports begin.
const firstFree = 40000

type place struct {
	host string
	port int
}

// table is what the network knows.
type table struct {
	mu        *sync.Mutex // guards all below
	listeners map[place]*listener
	known     map[string]bool
	holes     map[string]chan struct{} // closed when the host works again
	nextPort  int
}

func newTable() table {
	return table{
		mu:        &sync.Mutex{},
		listeners: map[place]*listener{},
		known:     map[string]bool{localhost: true},
		holes:     map[string]chan struct{}{},
		nextPort:  firstFree,
	}
}

func (t *table) listen(network, address string) (net.Listener, error) {
	given, at, err := parse(network, address)
	if err != nil {
		return nil, opError("listen", network, nil, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if at.port == 0 {
		at.port = t.freePort()
	}
	addr := addrOf(given, at.port)
	if t.listeners[at] != nil {
		return nil, opError("listen", network, addr, os.NewSyscallError("bind", syscall.EADDRINUSE))
	}
	l := newListener(t, at, addr)
	t.listeners[at] = l
	if at.host != everyHost {
		t.known[at.host] = true
	}
	return l, nil
}

// freePort gives each port once before it begins again. The lock is held.
func (t *table) freePort() int {
	for {
		port := t.nextPort
		if t.nextPort++; t.nextPort > 65535 {
			t.nextPort = firstFree
		}
		if !t.inUse(port) {
			return port
		}
	}
}

func (t *table) inUse(port int) bool {
	for at := range t.listeners {
		if at.port == port {
			return true
		}
	}
	return false
}

func (t *table) remove(at place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.listeners, at)
}

func (t *table) dial(ctx context.Context, network, address string) (net.Conn, error) {
	given, at, err := parse(network, address)
	if err != nil {
		return nil, opError("dial", network, nil, err)
	}
	if at.host == everyHost {
		at.host, given = localhost, "127.0.0.1"
	}
	if err := t.passHole(ctx, at.host); err != nil {
		return nil, opError("dial", network, addrOf(given, at.port), err)
	}
	if ctx.Err() != nil {
		return nil, opError("dial", network, addrOf(given, at.port), ctxError(ctx))
	}
	l, source, err := t.lookUp(at, given)
	if err != nil {
		return nil, opError("dial", network, addrOf(given, at.port), err)
	}
	conn, err := l.connect(addrOf("127.0.0.1", source), addrOf(given, at.port))
	if err != nil {
		return nil, opError("dial", network, addrOf(given, at.port), err)
	}
	return conn, nil
}

// lookUp finds who listens at a place, and a port for the dialler.
func (t *table) lookUp(at place, given string) (*listener, int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := netip.ParseAddr(at.host); err != nil && !t.known[at.host] {
		return nil, 0, &net.DNSError{Err: "no such host", Name: given, IsNotFound: true}
	}
	for _, p := range []place{at, {everyHost, at.port}} {
		if l := t.listeners[p]; l != nil {
			return l, t.freePort(), nil
		}
	}
	return nil, 0, os.NewSyscallError("connect", syscall.ECONNREFUSED)
}

func (t *table) blackhole(host string, on bool) {
	host = canonical(host)
	t.mu.Lock()
	defer t.mu.Unlock()
	hole := t.holes[host]
	switch {
	case on && hole == nil:
		t.holes[host] = make(chan struct{})
		t.known[host] = true
	case !on && hole != nil:
		close(hole)
		delete(t.holes, host)
	}
}

// passHole waits while the host swallows everything.
func (t *table) passHole(ctx context.Context, host string) error {
	t.mu.Lock()
	hole := t.holes[host]
	t.mu.Unlock()
	if hole == nil {
		return nil
	}
	select {
	case <-hole:
		return nil
	case <-ctx.Done():
		return ctxError(ctx)
	}
}

// ctxError is what net reports when a dial's context ends.
func ctxError(ctx context.Context) error {
	if ctx.Err() == context.DeadlineExceeded {
		return os.ErrDeadlineExceeded
	}
	return ctx.Err()
}

// parse reads an address: the host as given, and the place it means.
func parse(network, address string) (string, place, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
	default:
		return "", place{}, net.UnknownNetworkError(network)
	}
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return "", place{}, err
	}
	port, err := portOf(service)
	if err != nil {
		return "", place{}, err
	}
	return host, place{canonical(host), port}, nil
}

func portOf(service string) (int, error) {
	switch service {
	case "http":
		return 80, nil
	case "https":
		return 443, nil
	case "":
		return 0, nil
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("port %q is not a number from 0 to 65535", service)
	}
	return int(port), nil
}

// canonical gives all spellings of one host the same name.
func canonical(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	ip = ip.Unmap()
	switch {
	case ip.IsLoopback():
		return localhost
	case ip.IsUnspecified():
		return everyHost
	}
	return ip.String()
}

func opError(op, network string, addr net.Addr, err error) error {
	return &net.OpError{Op: op, Net: network, Addr: addr, Err: err}
}
