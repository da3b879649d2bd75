package direct

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"syscall"
	"time"
)

// maxHead is how large the head of an answer may be.
const maxHead = 1 << 20

// conn is one connection.
type conn struct {
	transport *Transport
	addr      string
	raw       net.Conn
	system    syscall.RawConn // nil if it is not one of the operating system's
	// limit reads from raw, so much at most; in reads from it.
	limit io.LimitedReader
	in    *bufio.Reader
	head  []byte
	pair  [2][]byte
	since time.Time // when it was put aside
	// watched gets what happened to an unused connection that is not the system's.
	watched chan error
}

func newConn(t *Transport, addr string, raw net.Conn) *conn {
	c := &conn{transport: t, addr: addr, raw: raw}
	c.limit.R = raw
	c.in = bufio.NewReader(&c.limit)
	if s, ok := raw.(syscall.Conn); ok {
		c.system, _ = s.SyscallConn()
	}
	return c
}

// errUntouched is the error of a connection that turned out to be closed before anything was written to it.
var errUntouched = errors.New("the server closed the unused connection")

// exchange sends the request and returns the answer, whose body gives the connection back. Then the request's body is not
// looked at any more.
func (c *conn) exchange(req *http.Request, body []byte) (*http.Response, error) {
	ctx := req.Context()
	c.raw.SetWriteDeadline(time.Now().Add(patience))
	uncut := context.AfterFunc(ctx, c.cut)
	w := c.write(req, body)
	resp, err := c.read(req)
	writeErr := w.end(c, err == nil && resp.StatusCode < 300)
	if err == nil && (writeErr == nil || resp.StatusCode >= 300) {
		c.lend(resp, uncut, writeErr == nil)
		return resp, nil
	}
	uncut()
	c.raw.Close()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case writeErr != nil && w.written == 0 && !c.since.IsZero():
		return nil, errUntouched
	case writeErr != nil:
		return nil, fmt.Errorf("write request: %w", writeErr)
	}
	return nil, fmt.Errorf("read answer: %w", err)
}

// cut ends what is being written and read.
func (c *conn) cut() { c.raw.SetDeadline(time.Unix(1, 0)) }

// read reads the head of the answer, past those that only announce it.
func (c *conn) read(req *http.Request) (*http.Response, error) {
	c.limit.N = maxHead
	for {
		resp, err := http.ReadResponse(c.in, req)
		switch {
		case err != nil && c.limit.N <= 0:
			return nil, fmt.Errorf("its head is larger than %d bytes", maxHead)
		case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
			return nil, errors.New("the server closed the connection without an answer")
		case err != nil:
			return nil, err
		case resp.StatusCode == http.StatusSwitchingProtocols:
			resp.Body, resp.Close = http.NoBody, true
			return resp, nil
		case resp.StatusCode < 100 || resp.StatusCode >= 200:
			c.limit.N = math.MaxInt64
			return resp, nil
		}
	}
}

// lend makes the answer's body give the connection back.
func (c *conn) lend(resp *http.Response, uncut func() bool, written bool) {
	b := &body{ReadCloser: resp.Body, conn: c, uncut: uncut, reusable: written && !resp.Close}
	if resp.Body == http.NoBody || resp.ContentLength == 0 {
		b.end(true)
		return
	}
	resp.Body = b
}

// body is that of an answer.
type body struct {
	io.ReadCloser
	conn     *conn
	uncut    func() bool
	reusable bool
	ended    bool
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.ended {
		return 0, io.EOF
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.end(err == io.EOF)
	}
	return n, err
}

// Close implements io.Closer. A body that was not read to its end ends the connection.
func (b *body) Close() error {
	if !b.ended {
		b.end(false)
	}
	return nil
}

func (b *body) end(whole bool) {
	b.ended = true
	uncut := b.uncut()
	if c := b.conn; whole && uncut && b.reusable && c.in.Buffered() == 0 {
		c.transport.keep(c)
	} else {
		c.raw.Close()
	}
}

// watch begins to listen on an unused connection if alive cannot look by itself.
func (c *conn) watch() {
	if c.system != nil {
		return
	}
	c.limit.N = math.MaxInt64
	c.watched = make(chan error, 1)
	go func() {
		_, err := c.in.Peek(1)
		c.watched <- err
	}()
}

// alive tells whether the other end has neither closed an unused connection nor written to it.
func (c *conn) alive() bool {
	if c.system != nil {
		return quiet(c.system)
	}
	c.raw.SetReadDeadline(time.Unix(1, 0))
	err := <-c.watched
	c.raw.SetReadDeadline(time.Time{})
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// quiet tells whether there is nothing to read from a connection.
func quiet(system syscall.RawConn) bool {
	var one [1]byte
	var readErr error
	err := system.Read(func(fd uintptr) bool {
		_, readErr = syscall.Read(int(fd), one[:])
		return true
	})
	return err == nil && errors.Is(readErr, syscall.EAGAIN)
}
