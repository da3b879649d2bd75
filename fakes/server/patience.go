package server

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// writeInTime gives the client the WriteTimeout for each piece that it takes.
func (c *conn) writeInTime(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		if err := c.giveTime(); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(p[written:min(written+writePiece, len(p))])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// writePiece is how much a client must take within the WriteTimeout.
const writePiece = 16 << 10

// giveTime sets the deadline of the next write: that of the client, or one that somebody above set if it is earlier.
func (c *conn) giveTime() error {
	c.writeBy.mu.Lock()
	defer c.writeBy.mu.Unlock()
	by := time.Now().Add(c.life.core.options.WriteTimeout)
	if set := c.writeBy.time; !set.IsZero() && set.Before(by) {
		by = set
	}
	return c.Conn.SetWriteDeadline(by)
}

// writeBy is the deadline that net/http or crypto/tls set.
type writeBy struct {
	mu   sync.Mutex // guards time, and keeps the deadline below in step with it
	time time.Time
}

// SetWriteDeadline bounds writes beside the WriteTimeout.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.writeBy.mu.Lock()
	defer c.writeBy.mu.Unlock()
	c.writeBy.time = t
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline bounds reads, and writes beside the WriteTimeout.
func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetWriteDeadline(t); err != nil {
		return err
	}
	return c.Conn.SetReadDeadline(t)
}

// patience is how long the client may take for the next bytes of a body. It does not end when a body was given up: net/http then reads
// some of the rest, so that the client sees the answer.
type patience struct {
	connection *http.ResponseController
	time       time.Duration
}

func (p patience) begin() {
	_ = p.connection.SetReadDeadline(time.Now().Add(p.time)) // a middleware's writer may not have deadlines
}

func (p patience) end() { _ = p.connection.SetReadDeadline(time.Time{}) }

// patientStream is out with the WriteTimeout for each piece that the client takes of an HTTP/2 stream: when it takes none, the connection can still
// be written to. On a connection that the script slows down there is no saying who is late.
func (c *core) patientStream(out io.Writer, w http.ResponseWriter, request *Request) io.Writer {
	if own := connOf(request.Context()); own == nil || own.link.Bandwidth > 0 {
		return out
	}
	return stream{out, http.NewResponseController(w), c.options.WriteTimeout}
}

type stream struct {
	io.Writer
	connection *http.ResponseController
	time       time.Duration
}

func (s stream) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		_ = s.connection.SetWriteDeadline(time.Now().Add(s.time)) // a middleware's writer may not have deadlines
		n, err := s.Writer.Write(p[written:min(written+writePiece, len(p))])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
