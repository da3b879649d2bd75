package journal

import "net/http"

// overhead is a round figure for the fixed part of an entry, the maps of its headers and the room that the journal grows by included.
const overhead = 1024

// Size estimates how many bytes an exchange holds: what was sent and what is kept with it.
func (e *Exchange) Size() int64 {
	n := overhead + cap(e.Body) + len(e.ReplyBody) + len(e.Path) + len(e.Query) + len(e.Host) + len(e.Method) + len(e.BodyError)
	return int64(n + headerSize(e.Header) + headerSize(e.ReplyHeader))
}

// What a header's name and each of its values take beside their text: a thousand short ones take more than their text.
const (
	nameOverhead  = 64
	valueOverhead = 16
)

func headerSize(h http.Header) int {
	n := 0
	for name, values := range h {
		n += nameOverhead + len(name)
		for _, v := range values {
			n += valueOverhead + len(v)
		}
	}
	return n
}

// Size estimates how many bytes a connection's entry holds.
func (c *Connection) Size() int64 {
	n := overhead
	if t := c.TLS; t != nil {
		n += len(t.ServerName) + len(t.ClientSubject) + len(t.Error)
		for _, offered := range t.Offered {
			n += valueOverhead + len(offered)
		}
	}
	return int64(n)
}

// NewExchanges makes the journal of a fake's requests.
func NewExchanges(limits Limits) *Journal[Exchange] {
	return New(Options[Exchange]{
		Limits: limits,
		Size:   (*Exchange).Size,
		Stamp:  func(e *Exchange, seq int) { e.Seq = seq },
	})
}

// NewConnections makes the journal of a fake's connections.
func NewConnections(limits Limits) *Journal[Connection] {
	return New(Options[Connection]{
		Limits: limits,
		Size:   (*Connection).Size,
		Stamp:  func(c *Connection, seq int) { c.Seq = seq },
	})
}
