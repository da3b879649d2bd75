//go:build unix && !linux

package adapter

import (
	"fmt"
	"io"
	"net"
)

// holdPort finds a free port of the loopback interface. It cannot be kept from others here, so an agent that is started on
// it may find it taken and end; the case is then an error of the harness, not a finding.
func holdPort() (address string, hold io.Closer, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), nil, l.Close()
}
