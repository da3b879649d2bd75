package server

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

type connKey struct{}

// conn is an accepted connection that behaves as its link says.
type conn struct {
	net.Conn
	life  *life
	link  reply.Link
	seq   int
	ended chan struct{} // closed when the connection is
	once  sync.Once

	received, sent atomic.Int64
	answering      atomic.Bool // the last thing that happened was a write
	writeBy        writeBy
}

func newConn(l *life, raw net.Conn, link reply.Link) *conn {
	return &conn{Conn: raw, life: l, link: link, ended: make(chan struct{})}
}

// underlying finds the conn that net/http serves.
func underlying(c net.Conn) *conn {
	if secured, ok := c.(*tls.Conn); ok {
		c = secured.NetConn()
	}
	own, _ := c.(*conn)
	return own
}

// connOf finds the connection that a request came over.
func connOf(ctx context.Context) *conn {
	c, _ := ctx.Value(connKey{}).(*conn)
	return c
}

// Read reads as slowly, and as little, as the link allows.
func (c *conn) Read(p []byte) (int, error) {
	if c.link.Mute {
		<-c.ended
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(p[:c.chunk(len(p))])
	c.answering.Store(false)
	total := c.received.Add(int64(n))
	if err := c.pace(n); err != nil {
		return n, err
	}
	if c.link.CutIn != nil && total >= *c.link.CutIn {
		c.reset()
		return 0, net.ErrClosed
	}
	return n, err
}

// Write writes as late, as slowly, and as much, as the link allows.
func (c *conn) Write(p []byte) (int, error) {
	if c.link.Latency > 0 && !c.answering.Swap(true) {
		if err := c.wait(c.link.Latency); err != nil {
			return 0, err
		}
	}
	written := 0
	for written < len(p) {
		n, err := c.writeSome(p[written : written+c.chunk(len(p)-written)])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

func (c *conn) writeSome(p []byte) (int, error) {
	cut := c.link.CutOut
	if cut != nil {
		p = p[:min(int64(len(p)), max(*cut-c.sent.Load(), 0))]
	}
	if err := c.pace(len(p)); err != nil {
		return 0, err
	}
	n, err := c.writeInTime(p)
	total := c.sent.Add(int64(n))
	if err == nil && cut != nil && total >= *cut {
		c.reset()
		return n, net.ErrClosed
	}
	return n, err
}

// chunk is how much may pass at once: with a bandwidth, a tenth of a second's worth.
func (c *conn) chunk(n int) int {
	if c.link.Bandwidth <= 0 {
		return n
	}
	return int(min(int64(n), max(c.link.Bandwidth/10, 1)))
}

// pace waits for as long as n bytes take.
func (c *conn) pace(n int) error {
	if c.link.Bandwidth <= 0 || n <= 0 {
		return nil
	}
	return c.wait(time.Duration(n) * time.Second / time.Duration(c.link.Bandwidth))
}

func (c *conn) wait(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.ended:
		return net.ErrClosed
	}
}

// Close closes properly, after the time that the link says.
func (c *conn) Close() error {
	if c.link.SlowClose > 0 && c.life.running.start(c.closeLate) {
		return nil
	}
	return c.end(c.Conn.Close)
}

func (c *conn) closeLate() {
	if c.wait(c.link.SlowClose) == nil {
		_ = c.end(c.Conn.Close) // nobody is left who would want to know
	}
}

// CloseWrite is the half-close of the connection below; net/http uses it when it answers before it read everything.
func (c *conn) CloseWrite() error {
	if h, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return errors.ErrUnsupported
}

// reset makes the other end see a reset.
func (c *conn) reset() {
	_ = c.end(func() error {
		if l, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
			return errors.Join(l.SetLinger(0), c.Conn.Close())
		}
		return c.Conn.Close()
	})
}

// end closes once, and completes the journal.
func (c *conn) end(closeIt func() error) error {
	err := net.ErrClosed
	c.once.Do(func() {
		close(c.ended)
		err = closeIt()
		c.life.disown(c)
		c.life.core.connections.Update(c.seq, func(e *journal.Connection) { e.Closed = time.Now() })
	})
	return err
}

// sleep waits, and returns the cause when the context ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
