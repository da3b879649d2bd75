package direct_test

import (
	"testing"
)

// FuzzAnswer has a server answer with any bytes and then close, and compares what becomes of it with what net/http's transport
// makes of it.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{
		ok, closing, "", "HTTP/1.1 200 OK\r\n\r\nok", "HTTP/1.0 200 OK\r\n\r\nok", "HTTP/1.1 204 No Content\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n" + ok,
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quietly(t)
		var got [2]string
		for i, transport := range transports {
			l, dial := pipe()
			rt := transport(dial)
			s := serveOddly(l, after(text, false))
			got[i] = outcome(rt, l, 10)
			s.end(rt)
		}
		if got[0] != got[1] {
			t.Errorf("got %q, net/http %q of %q", got[0], got[1], text)
		}
	})
}
