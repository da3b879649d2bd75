package memnet

import (
	"net"
	"net/netip"
	"strconv"
)

// Addr is the address of a named host. Addresses of hosts that were given as IP addresses are [*net.TCPAddr].
type Addr struct {
	Host string
	Port int
}

// Network is "tcp".
func (Addr) Network() string { return "tcp" }

// String is host:port.
func (a Addr) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

func addrOf(host string, port int) net.Addr {
	if host == everyHost {
		host = "::"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return Addr{Host: host, Port: port}
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(port)))
}
