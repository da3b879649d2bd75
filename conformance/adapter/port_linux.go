package adapter

import (
	"fmt"
	"io"
	"syscall"
)

// heldPort is a socket that is bound but does not listen. While it is open no other program is given the port by the system,
// neither for listening nor for an outgoing connection, but an agent that asks for it by number gets it: both sockets allow
// addresses to be shared, and only one of them listens.
type heldPort int

func (h heldPort) Close() error { return syscall.Close(int(h)) }

// holdPort finds a free port of the loopback interface and keeps it from others.
func holdPort() (address string, hold io.Closer, err error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", nil, fmt.Errorf("open a socket: %w", err)
	}
	address, err = bind(fd)
	if err != nil {
		_ = syscall.Close(fd)
		return "", nil, fmt.Errorf("find a free port: %w", err)
	}
	return address, heldPort(fd), nil
}

func bind(fd int) (string, error) {
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return "", err
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return "", err
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port), nil
}
