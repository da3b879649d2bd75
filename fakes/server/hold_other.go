//go:build !linux

package server

import "net"

// hold keeps nothing on this system: while the fake is down another program may take its port, and Up then fails.
type hold struct{}

func (*hold) listen(listen listenFunc, address string) (net.Listener, error) {
	if listen == nil {
		listen = net.Listen
	}
	return listen("tcp", address)
}

func (h *hold) listenAgain(listen listenFunc, address string) (net.Listener, error) {
	return h.listen(listen, address)
}

func (*hold) release() error { return nil }
