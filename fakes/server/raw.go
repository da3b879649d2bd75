package server

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// pause waits for as long as n bytes take at this rate.
func pause(ctx context.Context, n, rate int64) error {
	if rate <= 0 {
		return ctx.Err()
	}
	return sleep(ctx, time.Duration(n)*time.Second/time.Duration(rate))
}

// sendHijacked lets the fake have the connection.
func (c *core) sendHijacked(w http.ResponseWriter, request *Request, answer Answer) string {
	raw, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return c.send(w, request, Text(http.StatusNotImplemented, "this needs HTTP/1.1\n"))
	}
	request.Exchange.Status = answer.Status
	request.Exchange.ReplyHeader = answer.Header.Clone()
	answer.Hijack(request.Context(), raw, buffered)
	return Replied
}

// sendLying writes the response by hand, because net/http would not let its length be a lie.
func (c *core) sendLying(w http.ResponseWriter, request *Request, answer Answer) string {
	raw, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return c.outcomeOf(request.Context())
	}
	defer closeRaw(raw)
	header := answer.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	p := plan(request.Reply, answer)
	header.Set("Content-Length", fmt.Sprint(p.length))
	header.Set("Connection", "close")
	request.Exchange.Status, request.Exchange.ReplyHeader = answer.Status, header
	if err := c.writeRaw(buffered.Writer, request, answer, p); err != nil {
		return c.outcomeOf(request.Context())
	}
	return Cut
}

func (c *core) writeRaw(w *bufio.Writer, request *Request, answer Answer, p bodyPlan) error {
	if _, err := fmt.Fprintf(w, "HTTP/1.1 %d %s\r\n", answer.Status, http.StatusText(answer.Status)); err != nil {
		return err
	}
	if err := request.Exchange.ReplyHeader.Write(w); err != nil {
		return err
	}
	if _, err := w.WriteString("\r\n"); err != nil {
		return err
	}
	if err := sendBytes(request.Context(), w, answer.Body, p.size, p.rate); err != nil {
		return err
	}
	return w.Flush()
}

func closeRaw(raw net.Conn) {
	_ = raw.Close() // the client may have closed first
}
