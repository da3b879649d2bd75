package memnet_test

import (
	"net"
	"testing"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"golang.org/x/net/nettest"
)

// TestBehavesLikeAConnection runs the tests that the Go project has for every implementation of net.Conn.
func TestBehavesLikeAConnection(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		n := memnet.New()
		l, err := n.Listen("tcp", "a.test:1")
		if err != nil {
			return nil, nil, nil, err
		}
		if c1, err = n.Dial(t.Context(), "tcp", "a.test:1"); err != nil {
			return nil, nil, nil, err
		}
		if c2, err = l.Accept(); err != nil {
			return nil, nil, nil, err
		}
		return c1, c2, func() { c1.Close(); c2.Close(); l.Close() }, nil
	})
}
