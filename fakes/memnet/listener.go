package memnet

import (
	"net"
	"os"
	"sync"
	"syscall"
)

// backlog is how many connections may wait to be accepted; more are refused. It is what a fake takes at once.
const backlog = 20_000

type listener struct {
	table *table
	at    place
	addr  net.Addr

	mu      sync.Mutex // guards all below
	arrived *sync.Cond
	waiting []*Conn
	closed  bool
}

func newListener(t *table, at place, addr net.Addr) *listener {
	l := &listener{table: t, at: at, addr: addr}
	l.arrived = sync.NewCond(&l.mu)
	return l
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) == 0 && !l.closed {
		l.arrived.Wait()
	}
	if l.closed {
		return nil, opError("accept", "tcp", l.addr, net.ErrClosed)
	}
	conn := l.waiting[0]
	l.waiting[0] = nil
	l.waiting = l.waiting[1:]
	return conn, nil
}

// Close frees the address and resets connections that nobody accepted.
func (l *listener) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return opError("close", "tcp", l.addr, net.ErrClosed)
	}
	l.closed = true
	waiting := l.waiting
	l.waiting = nil
	l.arrived.Broadcast()
	l.mu.Unlock()
	l.table.remove(l.at)
	for _, conn := range waiting {
		conn.reset()
	}
	return nil
}

// Addr is the address listened on, the host as it was given.
func (l *listener) Addr() net.Addr { return l.addr }

// connect makes a connection and returns the dialler's end.
func (l *listener) connect(local, remote net.Addr) (*Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.waiting) >= backlog {
		return nil, os.NewSyscallError("connect", syscall.ECONNREFUSED)
	}
	near, far := pair(local, remote)
	l.waiting = append(l.waiting, far)
	l.arrived.Signal()
	return near, nil
}
