package direct_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/direct"
)

// behaviour is what a server does with the n-th request on its socket, over all connections. It returns whether the connection
// stays open for another one.
type behaviour func(n int, c net.Conn, in *bufio.Reader) bool

// take reads one whole request.
func take(in *bufio.Reader) error {
	req, err := http.ReadRequest(in)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err
}

// after takes the request, writes something and closes, unless stay.
func after(text string, stay bool) behaviour {
	return func(_ int, c net.Conn, in *bufio.Reader) bool {
		if take(in) != nil {
			return false
		}
		io.WriteString(c, text)
		return stay
	}
}

// early answers before it reads anything, and then does something.
func early(text string, then func(net.Conn, *bufio.Reader)) behaviour {
	return func(_ int, c net.Conn, in *bufio.Reader) bool {
		in.Peek(1)
		io.WriteString(c, text)
		then(c, in)
		return false
	}
}

const (
	ok      = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
)

// behaviours are told apart by what the client makes of them: the outcomes of two requests, one after the other.
var behaviours = map[string]struct {
	do   behaviour
	want string
}{
	"an answer":                    {after(ok, true), "200 ok, 200 ok"},
	"an answer, then closed":       {after(ok, false), "200 ok, 200 ok"},
	"no length, then closed":       {after("HTTP/1.1 200 OK\r\n\r\nok", false), "200 ok, 200 ok"},
	"HTTP/1.0":                     {after("HTTP/1.0 200 OK\r\n\r\nok", false), "200 ok, 200 ok"},
	"chunked":                      {after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", true), "200 ok, 200 ok"},
	"chunked with a trailer":       {after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\nok\r\n0\r\nX: 1\r\n\r\n", true), "200 ok, 200 ok"},
	"bad chunk":                    {after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n", false), "200 cut, 200 cut"},
	"chunks that end early":        {after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok", false), "200 cut, 200 cut"},
	"a body that ends early":       {after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", false), "200 cut, 200 cut"},
	"a head that ends early":       {after("HTTP/1.1 200 OK\r\nContent-Len", false), "error, error"},
	"nothing":                      {after("", false), "error, error"},
	"another protocol":             {after("SSH-2.0-OpenSSH\r\n", false), "error, error"},
	"two lengths":                  {after("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", false), "error, error"},
	"garbage behind the answer":    {after(ok+"garbage", true), "200 ok, 200 ok"},
	"204 with a body":              {after("HTTP/1.1 204 No Content\r\n\r\nok", true), "204 , 204 "},
	"304":                          {after("HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", true), "304 , 304 "},
	"announcements":                {after(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", 5)+ok, true), "200 ok, 200 ok"},
	"announcements without an end": {after(strings.Repeat("HTTP/1.1 100 Continue\r\nX: "+strings.Repeat("x", 1<<16)+"\r\n\r\n", 200), false), "error, error"},
	"101":                          {after("HTTP/1.1 101 Switching Protocols\r\n\r\n", false), "101 , 101 "},
	"a large head":                 {after("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 1<<19)+"\r\nContent-Length: 2\r\n\r\nok", true), "200 ok, 200 ok"},
	"a head without an end":        {after("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 12<<20), false), "error, error"},
	"an answer after a while": {func(_ int, c net.Conn, in *bufio.Reader) bool {
		time.Sleep(30 * time.Millisecond)
		return after(ok, true)(0, c, in)
	}, "200 ok, 200 ok"},
	"an answer too late": {func(_ int, c net.Conn, in *bufio.Reader) bool {
		time.Sleep(2 * limit)
		return after(ok, true)(0, c, in)
	}, "time-out, time-out"},
	"a body too late": {func(_ int, c net.Conn, in *bufio.Reader) bool {
		after("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", true)(0, c, in)
		time.Sleep(2 * limit)
		return false
	}, "200 cut, 200 cut"},
	"413 at once, nothing read": {early("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
		func(net.Conn, *bufio.Reader) { time.Sleep(time.Second) }), "413 ok, 413 ok"},
	"401 at once, read to the end": {early("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
		func(_ net.Conn, in *bufio.Reader) { take(in) }), "401 ok, 401 ok"},
	"200 at once, read later": {early(closing, func(_ net.Conn, in *bufio.Reader) {
		time.Sleep(30 * time.Millisecond)
		take(in)
	}), "200 ok, 200 ok"},
	"reset": {func(_ int, c net.Conn, in *bufio.Reader) bool {
		take(in)
		if tcp, is := c.(*net.TCPConn); is {
			tcp.SetLinger(0)
		}
		return false
	}, "error, error"},
	"closed without an answer when used again": {func(n int, c net.Conn, in *bufio.Reader) bool {
		if n > 0 {
			return after("", false)(n, c, in)
		}
		return after(ok, true)(n, c, in)
	}, "200 ok, error"},
}

// limit is how long a client waits for an answer.
const limit = time.Minute

// TestOutcomesAreThoseOfNetHTTP has servers behave well and badly, and compares what the transport makes of it with what
// net/http's makes of it, and how many requests the server got to see. Nothing is written to these connections that the other
// end does not read.
func TestOutcomesAreThoseOfNetHTTP(t *testing.T) {
	quietly(t)
	for name, b := range behaviours {
		t.Run(name, func(t *testing.T) {
			var got [2]string
			for i, transport := range transports {
				synctest.Test(t, func(t *testing.T) {
					l, dial := pipe()
					rt := transport(dial)
					s := serveOddly(l, b.do)
					first := outcome(rt, l, 10<<10)
					synctest.Wait()
					second := outcome(rt, l, 10<<10)
					got[i] = fmt.Sprintf("%s, %s", first, second)
					s.end(rt)
					t.Logf("%s in %d requests", got[i], s.taken.Load())
					if n := s.taken.Load(); n != 2 {
						t.Errorf("the server saw %d requests, want 2", n)
					}
				})
			}
			if got[0] != b.want || got[1] != b.want {
				t.Errorf("got %q, net/http %q, want %q", got[0], got[1], b.want)
			}
		})
	}
}

// TestOutcomesOnRealConnections does the same with the system's, on which much is written before the other end reads it.
func TestOutcomesOnRealConnections(t *testing.T) {
	quietly(t)
	for name, b := range behaviours {
		if strings.Contains(name, "too late") || strings.Contains(name, "nothing read") {
			continue // these take their time
		}
		for _, size := range []int{100, 120 << 10} {
			var got [2]string
			for i, transport := range transports {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				rt := transport(new(net.Dialer).DialContext)
				s := serveOddly(l, b.do)
				got[i] = outcome(rt, l, size)
				s.end(rt)
			}
			if want, _, _ := strings.Cut(b.want, ","); got[0] != want || got[1] != want {
				t.Errorf("%s, %d bytes: got %q, net/http %q, want %q", name, size, got[0], got[1], want)
			}
		}
	}
}

// transports are ours and net/http's.
var transports = [...]func(dialer) http.RoundTripper{
	func(dial dialer) http.RoundTripper { return &direct.Transport{Dial: dial, General: &http.Transport{}} },
	func(dial dialer) http.RoundTripper {
		return &http.Transport{DialContext: dial, DisableCompression: true}
	},
}

// quietly keeps net/http from logging what servers say unasked.
func quietly(t *testing.T) {
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
}

type dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// pipe is a network on which nothing is written that the other end does not read.
func pipe() (net.Listener, dialer) {
	p := pipes{make(chan net.Conn), make(chan struct{})}
	return p, func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		p.conns <- theirs
		return ours, nil
	}
}

// pipes is the listener of pipe.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error { close(p.closed); return nil }
func (pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// odd is a server of some behaviour.
type odd struct {
	net.Listener
	do    behaviour
	taken atomic.Int64
	conns sync.WaitGroup
}

func serveOddly(l net.Listener, do behaviour) *odd {
	s := &odd{Listener: l, do: do}
	s.conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.conns.Go(func() { s.serve(c) })
		}
	})
	return s
}

func (s *odd) serve(c net.Conn) {
	defer c.Close()
	for in := bufio.NewReader(c); ; {
		if _, err := in.Peek(1); err != nil || !s.do(int(s.taken.Add(1)-1), c, in) {
			return
		}
	}
}

// end waits until all is closed.
func (s *odd) end(rt http.RoundTripper) {
	rt.(interface{ CloseIdleConnections() }).CloseIdleConnections()
	s.Close()
	s.conns.Wait()
}

// outcome makes a request and describes what came of it.
func outcome(rt http.RoundTripper, l net.Listener, size int) string {
	url := "http://" + l.Addr().String() + "/"
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	req := post(ctx, url, strings.Repeat("x", size))
	req.GetBody = func() (io.ReadCloser, error) { return post(ctx, url, strings.Repeat("x", size)).Body, nil }
	resp, err := rt.RoundTrip(req)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "time-out"
	case err != nil:
		return "error"
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return "101 " // net/http hands out the connection as the body
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		body = []byte("cut")
	}
	return fmt.Sprintf("%d %s", resp.StatusCode, body)
}
