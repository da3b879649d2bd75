package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// hold keeps a real port while the fake is down. It owns a socket that is bound to the port but does not listen: the kernel then answers
// connections with a reset and gives the port to nobody else. The listener shares the port with it by SO_REUSEPORT. The zero
// value holds nothing.
type hold struct {
	guard *os.File
}

// listen opens the first listener. A given listen function is used as it is: whoever gives it must not lend the port to others.
func (h *hold) listen(listen listenFunc, address string) (net.Listener, error) {
	if listen != nil {
		return listen("tcp", address)
	}
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, err
	}
	guard, port, err := bind(resolved)
	if err != nil {
		return nil, err
	}
	h.guard = guard
	resolved.Port = port
	listener, err := shared(resolved.String())
	if err != nil {
		return nil, errors.Join(err, h.release())
	}
	return listener, nil
}

func (h *hold) listenAgain(listen listenFunc, address string) (net.Listener, error) {
	if listen != nil {
		return listen("tcp", address)
	}
	return shared(address)
}

func (h *hold) release() error {
	if h.guard == nil {
		return nil
	}
	err := h.guard.Close()
	h.guard = nil
	return err
}

// shared listens on a port that the guard holds.
func shared(address string) (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var err error
		if e := raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) }); e != nil {
			return e
		}
		return os.NewSyscallError("setsockopt", err)
	}}
	return config.Listen(context.Background(), "tcp", address)
}

// bind binds the guard. It does so without SO_REUSEPORT, so that a port that is somebody else's is refused, and allows sharing
// only afterwards, with programs of the same user that ask for this very port and for sharing.
func bind(addr *net.TCPAddr) (*os.File, int, error) {
	family, sockaddr := sockaddrOf(addr)
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, 0, os.NewSyscallError("socket", err)
	}
	guard := os.NewFile(uintptr(fd), "guard of a fake's port")
	port, err := bindExclusively(fd, sockaddr)
	if err != nil {
		return nil, 0, errors.Join(err, guard.Close())
	}
	return guard, port, nil
}

func bindExclusively(fd int, sockaddr unix.Sockaddr) (int, error) {
	steps := []struct {
		name string
		do   func() error
	}{
		// As every listener of Go does: connections of an earlier run that linger must not stop this one.
		{"setsockopt", func() error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1) }},
		{"bind", func() error { return unix.Bind(fd, sockaddr) }},
		{"setsockopt", func() error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 0) }},
		{"setsockopt", func() error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return 0, os.NewSyscallError(step.name, err)
		}
	}
	bound, err := unix.Getsockname(fd)
	if err != nil {
		return 0, os.NewSyscallError("getsockname", err)
	}
	switch a := bound.(type) {
	case *unix.SockaddrInet4:
		return a.Port, nil
	case *unix.SockaddrInet6:
		return a.Port, nil
	}
	return 0, fmt.Errorf("bound to an address of an unexpected kind, %T", bound)
}

// sockaddrOf gives the address as the kernel wants it. Without a host it is that of IPv6, which then serves IPv4 too, as for net.Listen.
func sockaddrOf(addr *net.TCPAddr) (int, unix.Sockaddr) {
	if ip := addr.IP.To4(); ip != nil {
		return unix.AF_INET, &unix.SockaddrInet4{Port: addr.Port, Addr: [4]byte(ip)}
	}
	in6 := &unix.SockaddrInet6{Port: addr.Port}
	copy(in6.Addr[:], addr.IP.To16())
	if zone, err := net.InterfaceByName(addr.Zone); err == nil {
		in6.ZoneId = uint32(zone.Index)
	}
	return unix.AF_INET6, in6
}
