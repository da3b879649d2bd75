package memnet

import (
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// Conn is one end of a connection. It behaves like a [*net.TCPConn] as far as streams go: buffered, with half-close, deadlines
// and reset. What was received before a reset can still be read.
type Conn struct {
	in, out       *half
	local, remote net.Addr
	abortive      atomic.Bool
}

var _ net.Conn = (*Conn)(nil)

func pair(local, remote net.Addr) (near, far *Conn) {
	a, b := newHalf(), newHalf()
	return &Conn{in: a, out: b, local: local, remote: remote}, &Conn{in: b, out: a, local: remote, remote: local}
}

// Read reads what has arrived, and waits for it when nothing has.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, c.wrap("read", err)
}

// Write writes all of p, and waits while the other end does not read.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, c.wrap("write", err)
}

// Close closes both directions. What was written still arrives, unless SetLinger(0) was called: then the other end sees a reset.
func (c *Conn) Close() error {
	if c.abortive.Load() {
		c.reset()
		return nil
	}
	c.in.closeReader()
	c.out.closeWriter()
	return nil
}

// CloseWrite tells the other end that nothing more comes.
func (c *Conn) CloseWrite() error {
	c.out.finish()
	return nil
}

// SetLinger decides what Close does, as for TCP: 0 resets, any other number closes properly.
func (c *Conn) SetLinger(seconds int) error {
	c.abortive.Store(seconds == 0)
	return nil
}

func (c *Conn) reset() {
	c.in.closeReader()
	c.in.cutOff(syscall.EPIPE)
	c.out.closeWriter()
	c.out.cutOff(syscall.ECONNRESET)
}

// LocalAddr is this end's address.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is the other end's address.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline is SetReadDeadline and SetWriteDeadline.
func (c *Conn) SetDeadline(t time.Time) error {
	c.in.setReadDeadline(t)
	c.out.setWriteDeadline(t)
	return nil
}

// SetReadDeadline makes reads fail from then on; the zero time never.
func (c *Conn) SetReadDeadline(t time.Time) error { c.in.setReadDeadline(t); return nil }

// SetWriteDeadline makes writes fail from then on; the zero time never.
func (c *Conn) SetWriteDeadline(t time.Time) error { c.out.setWriteDeadline(t); return nil }

func (c *Conn) wrap(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}
