package journal

import "net/http"

// overhead is a round figure for the fixed part of an entry.
const overhead = 512

// Size estimates how many bytes an exchange holds: what was sent and what is kept with it.
func (e *Exchange) Size() int64 {
	n := overhead + len(e.Body) + len(e.ReplyBody) + len(e.Path) + len(e.Query) + len(e.Host) + len(e.BodyError)
	return int64(n + headerSize(e.Header) + headerSize(e.ReplyHeader))
}

func headerSize(h http.Header) int {
	n := 0
	for name, values := range h {
		n += len(name)
		for _, v := range values {
			n += len(v) + 16
		}
	}
	return n
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
		Size:   func(*Connection) int64 { return overhead },
		Stamp:  func(c *Connection, seq int) { c.Seq = seq },
	})
}
