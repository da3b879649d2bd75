package direct

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// patience is how long a request is written before somebody else goes on writing, so that its sender can listen for an answer: a
// server may answer without reading all of it.
const patience = 20 * time.Millisecond

// grace is how long an answer may take to come when the request could not be written: it is there by then or never comes.
const grace = time.Second

// writing is a request on its way out.
type writing struct {
	// written is how many bytes were written with patience, and err how that ended.
	written int64
	err     error
	// rest tells how writing the rest ended, if there is any.
	rest chan error
}

// write sends the request, or begins to if the connection does not take it in time.
func (c *conn) write(req *http.Request, body []byte) (w writing) {
	c.head = appendHead(c.head[:0], req)
	c.pair = [2][]byte{c.head, body}
	buffers := net.Buffers(c.pair[:])
	w.written, w.err = buffers.WriteTo(c.raw)
	ctx := req.Context()
	if w.err == nil || ctx.Err() != nil {
		return w
	}
	if !errors.Is(w.err, os.ErrDeadlineExceeded) {
		c.expectLittle(ctx)
		return w
	}
	c.raw.SetWriteDeadline(time.Time{})
	if ctx.Err() != nil {
		c.cut() // which may just have been undone
	}
	w.rest = make(chan error, 1)
	go func() {
		_, err := buffers.WriteTo(c.raw)
		if err != nil {
			c.expectLittle(ctx)
		}
		w.rest <- err
	}()
	return w
}

// expectLittle bounds the wait for an answer to a request that could not be written.
func (c *conn) expectLittle(ctx context.Context) {
	c.raw.SetReadDeadline(time.Now().Add(grace))
	if ctx.Err() != nil {
		c.cut() // which may just have been undone
	}
}

// end waits until nothing is written any more and tells whether all was. Unless the whole has to arrive it cuts that short.
func (w *writing) end(c *conn, whole bool) error {
	if w.rest != nil {
		if !whole {
			c.raw.SetWriteDeadline(time.Unix(1, 0))
		}
		w.err = <-w.rest
	}
	c.pair = [2][]byte{}
	return w.err
}

// appendHead appends the head of the request.
func appendHead(dst []byte, req *http.Request) []byte {
	dst = append(append(append(dst, req.Method...), ' '), req.URL.RequestURI()...)
	dst = append(dst, " HTTP/1.1\r\n"...)
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	dst = appendField(dst, "Host", host)
	for name, values := range req.Header {
		if name == "Host" || name == "Content-Length" || name == "User-Agent" && req.UserAgent() == "" {
			continue
		}
		for _, v := range values {
			dst = appendField(dst, name, v)
		}
	}
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, req.ContentLength, 10)
	return append(dst, "\r\n\r\n"...)
}

func appendField(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), ": "...)
	return append(append(dst, value...), "\r\n"...)
}
