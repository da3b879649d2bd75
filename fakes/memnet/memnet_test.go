package memnet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
)

func TestNamesAndAddresses(t *testing.T) {
	rows := []struct {
		listen, dial string
		err          error // nil is connected
	}{
		{"mimir.test:80", "mimir.test:80", nil},
		{"mimir.test:80", "MIMIR.test.:http", nil},
		{"mimir.test:80", "mimir.test:81", syscall.ECONNREFUSED},
		{"localhost:80", "127.0.0.1:80", nil},
		{"127.0.0.1:80", "[::1]:80", nil},
		{"[::1]:80", "127.1.2.3:80", nil},
		{"127.0.0.1:80", ":80", nil},
		{"127.0.0.1:80", "10.0.0.1:80", syscall.ECONNREFUSED},
		{"10.0.0.1:80", "10.0.0.1:80", nil},
		{"[fd00::1]:443", "[fd00:0::1]:https", nil},
		{":80", "localhost:80", nil},
		{"0.0.0.0:80", "192.0.2.1:80", nil},
	}
	for _, row := range rows {
		n := memnet.New()
		l, err := n.Listen("tcp", row.listen)
		if err != nil {
			t.Errorf("%+v: %v", row, err)
			continue
		}
		conn, err := n.Dial(t.Context(), "tcp", row.dial)
		if !errors.Is(err, row.err) || (err == nil) != (row.err == nil) {
			t.Errorf("%+v: got %v", row, err)
		}
		if err == nil {
			conn.Close()
		}
		l.Close()
	}
}

func TestUnknownNameIsNotFound(t *testing.T) {
	_, err := memnet.New().Dial(t.Context(), "tcp", "nowhere.test:80")
	var notFound *net.DNSError
	if !errors.As(err, &notFound) || !notFound.IsNotFound || notFound.Name != "nowhere.test" {
		t.Errorf("got %v", err)
	}
}

func TestNameStaysWhenItsListenerCloses(t *testing.T) {
	n := memnet.New()
	l := listen(t, n, "mimir.test:80")
	l.Close()
	if _, err := n.Dial(t.Context(), "tcp", "mimir.test:80"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v", err)
	}
	listen(t, n, "mimir.test:80")
	if _, err := n.Dial(t.Context(), "tcp", "mimir.test:80"); err != nil {
		t.Error(err)
	}
}

func listen(t *testing.T, n *memnet.Network, address string) net.Listener {
	t.Helper()
	l, err := n.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestFreePortsDiffer(t *testing.T) {
	n := memnet.New()
	seen := map[string]bool{}
	for range 100 {
		addr := listen(t, n, "127.0.0.1:0").Addr().String()
		if seen[addr] {
			t.Fatalf("%s was given twice", addr)
		}
		seen[addr] = true
	}
}

func TestAddressInUse(t *testing.T) {
	n := memnet.New()
	listen(t, n, "127.0.0.1:80")
	if _, err := n.Listen("tcp", "localhost:80"); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v", err)
	}
}

func TestBadAddresses(t *testing.T) {
	n := memnet.New()
	for _, row := range [][2]string{{"udp", "a:1"}, {"tcp", "a"}, {"tcp", "a:x"}, {"tcp", "a:65536"}, {"tcp", "a:-1"}} {
		if _, err := n.Listen(row[0], row[1]); err == nil {
			t.Errorf("listened at %v", row)
		}
		if _, err := n.Dial(t.Context(), row[0], row[1]); err == nil {
			t.Errorf("dialled %v", row)
		}
	}
}

// connect gives both ends of a connection.
func connect(t *testing.T) (near, far *memnet.Conn) {
	t.Helper()
	n := memnet.New()
	l := listen(t, n, "a.test:1")
	dialled, err := n.Dial(t.Context(), "tcp", "a.test:1")
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return dialled.(*memnet.Conn), accepted.(*memnet.Conn)
}

func TestStreamLargerThanTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := connect(t)
		sent := strings.Repeat("0123456789", 100_000)
		go func() {
			_, err := io.WriteString(near, sent)
			if err := errors.Join(err, near.CloseWrite()); err != nil {
				t.Error(err)
			}
		}()
		got, err := io.ReadAll(far)
		if err != nil || string(got) != sent {
			t.Errorf("read %d bytes of %d, %v", len(got), len(sent), err)
		}
		// The other direction is still open.
		if _, err := far.Write([]byte("back")); err != nil {
			t.Error(err)
		}
		far.Close()
		if got, err := io.ReadAll(near); err != nil || string(got) != "back" {
			t.Errorf("read %q %v", got, err)
		}
	})
}

func TestResetComesAfterWhatWasSent(t *testing.T) {
	near, far := connect(t)
	if _, err := near.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(near.SetLinger(0), near.Close()); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(far); string(got) != "last words" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read %q %v", got, err)
	}
	if _, err := far.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("write: %v", err)
	}
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("own read: %v", err)
	}
	if _, err := near.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("own write: %v", err)
	}
}

func TestCloseWakesEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := connect(t)
		ended := make(chan error, 4)
		full := make([]byte, 200_000)
		go func() { _, err := near.Read(full); ended <- err }()
		go func() { _, err := near.Write(make([]byte, 200_000)); ended <- err }()
		go func() { _, err := far.Write(make([]byte, 0)); ended <- err }()
		synctest.Wait()
		if err := <-ended; err != nil {
			t.Errorf("an empty write: %v", err)
		}
		near.Close()
		for range 2 {
			if err := <-ended; !errors.Is(err, net.ErrClosed) {
				t.Errorf("got %v", err)
			}
		}
		if got, err := io.ReadAll(far); err != nil || len(got) != 64<<10 {
			t.Errorf("the other end read %d bytes, %v", len(got), err)
		}
	})
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, _ := connect(t)
		start := time.Now()
		if err := near.SetDeadline(start.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		_, readErr := near.Read(make([]byte, 1))
		_, writeErr := near.Write(make([]byte, 100_000))
		for _, err := range []error{readErr, writeErr} {
			var timeout net.Error
			if !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Errorf("got %v", err)
			}
		}
		if took := time.Since(start); took != time.Hour {
			t.Errorf("took %v", took)
		}
		// A deadline that was moved does not fire, and one in the past fires at once.
		if err := near.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := near.SetReadDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		read := make(chan error)
		go func() { _, err := near.Read(make([]byte, 1)); read <- err }()
		time.Sleep(2 * time.Minute)
		select {
		case err := <-read:
			t.Errorf("a deadline that was taken away fired: %v", err)
		default:
		}
		if err := near.SetReadDeadline(time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		if err := <-read; err == nil {
			t.Error("a deadline in the past did not fire")
		}
	})
}

func TestBlackhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		listen(t, n, "far.test:80")
		n.Blackhole("far.test", true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := n.Dial(ctx, "tcp", "far.test:80")
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(start) != time.Minute {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		time.AfterFunc(time.Hour, func() { n.Blackhole("far.test", false) })
		if _, err := n.Dial(t.Context(), "tcp", "far.test:80"); err != nil {
			t.Error(err)
		}
	})
}

func TestClosedListenerEndsAcceptAndResetsWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		l := listen(t, n, "a.test:1")
		conn, err := n.Dial(t.Context(), "tcp", "a.test:1")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read: %v", err)
		}
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("accept: %v", err)
		}
		l = listen(t, n, "a.test:1")
		ended := make(chan error)
		go func() { _, err := l.Accept(); ended <- err }()
		synctest.Wait()
		l.Close()
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("accept: %v", err)
		}
	})
}

// An HTTP server and client of the standard library talk over the network without a socket.
func Example() {
	n := memnet.New()
	l, err := n.Listen("tcp", "mimir.test:80")
	if err != nil {
		panic(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "this is", r.Host) })}
	go func() { _ = server.Serve(l) }()
	defer server.Close()

	client := http.Client{Transport: &http.Transport{DialContext: n.Dial, DisableKeepAlives: true}}
	resp, err := client.Get("http://mimir.test/")
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Print(string(body), err)
	// Output:
	// this is mimir.test
	// <nil>
}
