// Package memnet is a network in memory, with named hosts, localhost and any IP address: start with [New], [Network.Listen] and
// [Network.Dial]. It needs no goroutine and no socket, so it runs inside a testing/synctest bubble. It carries streams only, and
// has no latency of its own.
package memnet

import (
	"context"
	"net"
)

// Network is one network: what listens on it can be dialled on it only. The zero value is not usable.
type Network struct {
	table
}

// New makes an empty network.
func New() *Network {
	return &Network{table: newTable()}
}

// Listen opens a listener at host:port. The host is a name, which exists from then on, or an IP address; localhost, 127.0.0.0/8 and ::1
// are one host; without a host the listener serves all hosts that have no listener of their own at this port. Port 0 takes a
// free one. The network is "tcp", "tcp4" or "tcp6". It has the signature of [net.Listen].
func (n *Network) Listen(network, address string) (net.Listener, error) {
	return n.listen(network, address)
}

// Dial connects to host:port. A name that never had a listener is not found; a host that exists refuses when nothing listens at the
// port. It has the signature of DialContext of net/http's Transport.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return n.dial(ctx, network, address)
}

// Blackhole makes dialling this host hang until the dialler gives up, or makes it work again.
func (n *Network) Blackhole(host string, on bool) { n.blackhole(host, on) }
