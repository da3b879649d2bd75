package fakes_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestThousandsOfConnections opens them all at once, sends a request over each, and only then closes them.
func TestThousandsOfConnections(t *testing.T) {
	inMemory := memnet.New()
	for name, one := range map[string]struct {
		count  int
		listen func(string, string) (net.Listener, error)
		dial   func(context.Context, string, string) (net.Conn, error)
	}{
		"memory":   {5000, inMemory.Listen, inMemory.Dial},
		"loopback": {2000, nil, (&net.Dialer{}).DialContext},
	} {
		t.Run(name, func(t *testing.T) {
			m := mimir.StartT(t, mimir.Options{Options: server.Options{Listen: one.listen}})
			conns := make([]net.Conn, one.count)
			var clients sync.WaitGroup
			for i := range conns {
				conn, err := one.dial(t.Context(), "tcp", m.Addr())
				if err != nil {
					t.Fatalf("connection %d: %v", i, err)
				}
				defer conn.Close()
				conns[i] = conn
			}
			for i, conn := range conns {
				clients.Go(func() {
					if status, err := push(conn); err != nil || status != 200 {
						t.Errorf("connection %d: %d %v", i, status, err)
					}
				})
			}
			clients.Wait()
			if err := m.WaitFor(t.Context(), mimir.Samples("up", one.count)); err != nil {
				t.Error(err)
			}
			if n := m.ConnectionJournal().Total(); n != one.count {
				t.Errorf("%d connections were seen", n)
			}
		})
	}
}

// upBody is one sample of up, in snappy's block format: a length, a literal of as many bytes.
var upBody = func() string {
	label := appendBytes(appendBytes(nil, 1, []byte("__name__")), 2, []byte("up"))
	series := appendBytes(appendBytes(nil, 1, label), 2, []byte{0x10, 1})
	message := appendBytes(nil, 1, series)
	return string(append([]byte{byte(len(message)), byte(len(message)-1) << 2}, message...))
}()

func push(conn net.Conn) (status int, err error) {
	if _, err := fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n%s", head, len(upBody), upBody); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(bufio.NewReaderSize(conn, 256), nil)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// TestRapidReset opens streams over HTTP/2 and resets each at once, as fast as it can, until the fake has had enough or all were sent.
func TestRapidReset(t *testing.T) {
	const streams = 3000
	eachFake(t, server.Options{TLS: &server.TLS{}}, func(t *testing.T, f fake) {
		framer, conn := speakHTTP2(t, f)
		defer conn.Close()
		go func() { // what the fake says is not listened to, but must be taken
			for {
				if _, err := framer.ReadFrame(); err != nil {
					return
				}
			}
		}()
		head := headers(f)
		for i := range uint32(streams) {
			id := 2*i + 1
			if framer.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: head, EndHeaders: true}) != nil ||
				framer.WriteRSTStream(id, http2.ErrCodeCancel) != nil {
				break // cut off: that is an answer too
			}
		}
		answersStill(t, f)
		if n := f.ConnectionJournal().Total(); n != 2 {
			t.Errorf("%d connections were seen", n)
		}
	})
}

// speakHTTP2 opens a connection and says hello.
func speakHTTP2(t *testing.T, f fake) (*http2.Framer, net.Conn) {
	t.Helper()
	config := f.ClientTLS()
	config.NextProtos = []string{"h2"}
	conn, err := tls.Dial("tcp", f.Addr(), config)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte(http2.ClientPreface)); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(conn, conn)
	if err := framer.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	return framer, conn
}

// headers are those of a POST whose body never comes.
func headers(f fake) []byte {
	var b headerBlock
	encoder := hpack.NewEncoder(&b)
	for _, field := range [][2]string{{":method", "POST"}, {":scheme", "https"}, {":authority", f.Addr()}, {":path", "/"}} {
		_ = encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}) // memory takes everything
	}
	return b
}

type headerBlock []byte

func (b *headerBlock) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// TestManyStreams opens many streams on one connection and leaves them open: the fake must serve others, and end when it is closed.
func TestManyStreams(t *testing.T) {
	eachFake(t, server.Options{TLS: &server.TLS{}, BodyTimeout: time.Hour}, func(t *testing.T, f fake) {
		framer, conn := speakHTTP2(t, f)
		defer conn.Close()
		head := headers(f)
		for i := range uint32(2000) {
			if framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*i + 1, BlockFragment: head, EndHeaders: true}) != nil {
				break
			}
		}
		answersStill(t, f)
		const most = 250 + 1 // net/http's limit on streams, and the one above
		if n := f.ExchangeJournal().Total(); n > most {
			t.Errorf("%d requests are under way, of which %d were allowed", n, most)
		}
	})
}
