package fakes_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// TestStartsAndStopsLeakNothing starts and stops 10,000 fakes, by turns of each kind, in memory and on real sockets, some with TLS; each is
// left with a connection open.
func TestStartsAndStopsLeakNothing(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	inMemory := memnet.New()
	turn := func(i int, start func(server.Options) (fake, error)) error {
		options, dial := server.Options{}, (&net.Dialer{}).DialContext
		if i%2 == 0 {
			options.Listen, dial = inMemory.Listen, inMemory.Dial
		}
		if i%100 < 2 {
			options.TLS = &server.TLS{}
		}
		return startAndStop(start, options, dial)
	}
	for range 2 { // what is made once, such as a poller's descriptor, is made now
		for _, start := range six {
			if err := turn(0, start); err != nil {
				t.Fatal(err)
			}
			if err := turn(1, start); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := holdings(t)
	for i := 0; i < 10_000; {
		for name, start := range six {
			if err := turn(i, start); err != nil {
				t.Fatalf("%s, start %d: %v", name, i, err)
			}
			i++
		}
	}
	var after held
	for range 100 { // goroutines of net/http end a moment after their connections
		if after = holdings(t); after.goroutines <= before.goroutines {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	const slack = 4 << 20
	if after.goroutines > before.goroutines || after.descriptors > before.descriptors || after.heap > before.heap+slack {
		t.Errorf("%v before, %v after", before, after)
	}
	if files, err := os.ReadDir(temporary); err != nil || len(files) > 0 {
		t.Errorf("temporary files are left: %v %v", files, err)
	}
}

func startAndStop(start func(server.Options) (fake, error), options server.Options, dial func(context.Context, string, string) (net.Conn, error)) error {
	f, err := start(options)
	if err != nil {
		return err
	}
	defer f.Close()
	conn, err := dial(context.Background(), "tcp", f.Addr())
	if err != nil {
		return err
	}
	f.Close()
	return conn.Close()
}

// held is what this process holds.
type held struct {
	goroutines, descriptors int
	heap                    uint64
}

func (h held) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, %d bytes of heap", h.goroutines, h.descriptors, h.heap)
}

func holdings(t *testing.T) held {
	t.Helper()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h := held{goroutines: runtime.NumGoroutine(), heap: m.HeapAlloc}
	if runtime.GOOS == "linux" {
		descriptors, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		h.descriptors = len(descriptors)
	}
	return h
}
