package server_test

import (
	"context"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestStartsAndStopsLeakNothing opens a connection each time, with and without TLS, and leaves it open.
func TestStartsAndStopsLeakNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	n := memnet.New()
	for i := range 10_000 {
		options := server.Options{Listen: n.Listen}
		if i%10 == 0 {
			options.Listen = nil
		}
		s, err := server.Start(options, echo{})
		if err != nil {
			t.Fatalf("start %d: %v", i, err)
		}
		dial := n.Dial
		if options.Listen == nil {
			dial = (&net.Dialer{}).DialContext
		}
		conn, err := dial(t.Context(), "tcp", s.Addr())
		if err != nil {
			t.Fatalf("start %d: %v", i, err)
		}
		s.Close()
		conn.Close()
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond) // goroutines of net/http end a moment after their connections
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
}

func TestPortIsHeldWhileDown(t *testing.T) {
	s, err := server.Start(server.Options{}, echo{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if l, err := net.Listen("tcp", s.Addr()); err == nil {
		l.Close()
		t.Errorf("somebody else listens at %s while the fake is up", s.Addr())
	}
	if other, err := server.Start(server.Options{Addr: s.Addr()}, echo{}); err == nil {
		other.Close()
		t.Errorf("another fake started at %s while the fake is up", s.Addr())
	}
	s.Down()
	if runtime.GOOS != "linux" {
		return // the port is not held there, as hold says
	}
	if l, err := net.Listen("tcp", s.Addr()); err == nil {
		l.Close()
		t.Errorf("somebody else listens at %s while the fake is down", s.Addr())
	}
	if other, err := server.Start(server.Options{Addr: s.Addr()}, echo{}); err == nil {
		other.Close()
		t.Errorf("another fake started at %s while the fake is down", s.Addr())
	}
	address := s.Addr()
	s.Close()
	again, err := server.Start(server.Options{Addr: address}, echo{})
	if err != nil {
		t.Fatalf("the port of a closed fake is not free: %v", err)
	}
	again.Close()
}

func TestEveryFormOfAddress(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "localhost:0", ":0", "0.0.0.0:0", "[::1]:0"} {
		s, err := server.Start(server.Options{Addr: addr}, echo{})
		if err != nil {
			if strings.Contains(addr, "::1") && strings.Contains(err.Error(), "cannot assign") {
				continue // a machine without IPv6
			}
			t.Errorf("%s: %v", addr, err)
			continue
		}
		w := world{dial: (&net.Dialer{}).DialContext}
		if status, _, err := post(w.client(t, s), s.URL(), "x"); err != nil || status != 200 {
			t.Errorf("%s: %s: %d %v", addr, s.URL(), status, err)
		}
		s.Close()
	}
}

func TestJournalIsBounded(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{Journal: journal.Limits{MaxBytes: 100_000}})
		c := w.client(t, s)
		for range 50 {
			if _, _, err := post(c, s.URL(), strings.Repeat("x", 10_000)); err != nil {
				t.Fatal(err)
			}
		}
		waitFinished(t, s, 1)
		j := s.ExchangeJournal()
		if j.Total() != 50 || j.Len() > 10 || j.Dropped() != 50-j.Len() {
			t.Errorf("of %d entries %d are kept and %d dropped", j.Total(), j.Len(), j.Dropped())
		}
	})
}

func TestTooManyConnectionsAreReset(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{MaxConnections: 1})
		c := w.client(t, s)
		if _, _, err := post(c, s.URL(), "x"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := post(w.client(t, s), s.URL(), "x"); err == nil {
			t.Error("a second connection was served")
		}
		if _, _, err := post(c, s.URL(), "x"); err != nil {
			t.Errorf("the first connection: %v", err)
		}
	})
}

func TestManyClientsWhileItGoesDownAndUp(t *testing.T) {
	both(t, func(t *testing.T, w world) {
		s := w.start(t, server.Options{TLS: &server.TLS{}})
		var clients sync.WaitGroup
		ctx, stop := context.WithCancel(context.Background())
		for range 8 {
			c := w.client(t, s)
			clients.Go(func() {
				for ctx.Err() == nil {
					_, _, _ = post(c, s.URL(), "x") // errors are expected while it is down
					time.Sleep(time.Millisecond)
				}
			})
		}
		for range 20 {
			if err := s.Restart(); err != nil {
				t.Error(err)
			}
			time.Sleep(2 * time.Millisecond)
		}
		stop()
		clients.Wait()
		s.Close()
		for _, e := range s.Exchanges() {
			if e.Outcome == "" {
				t.Errorf("exchange %d is open after Close", e.Seq)
			}
		}
	})
}

func TestTwoClocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		w := world{dial: n.Dial, listen: n.Listen}
		s := w.start(t, server.Options{TLS: &server.TLS{}, Addr: "mimir.test:443"})
		time.Sleep(1000 * time.Hour)
		if status, _, err := post(w.client(t, s), s.URL(), "x"); err != nil || status != 200 || s.URL() != "https://mimir.test:443" {
			t.Errorf("%s: %d %v", s.URL(), status, err)
		}
		if e := s.Exchanges()[0]; e.Arrived.Year() != 2000 {
			t.Errorf("arrived at %v, which is no virtual time", e.Arrived)
		}
	})
}
