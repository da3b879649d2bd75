package fakes_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"

	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

const (
	journalLimit = 1 << 20
	// fixed is what a fake and its connections take whatever the limit: buffers, mostly.
	fixed = 512 << 10
)

// flood is one way to fill a journal.
type flood struct {
	fake  string
	path  string
	kind  string // Content-Type
	body  func(n int) []byte
	extra func(n int) http.Header
	get   bool
}

// floods are what a busy or a hostile client sends: each request differs from the others, so that nothing can be shared.
var floods = map[string]flood{
	"the same series": {fake: "mimir", path: mimir.PushPath, kind: "application/x-protobuf", body: func(int) []byte {
		return writeOf(500, func(i int) string { return fmt.Sprint(i) })
	}},
	"new series each time": {fake: "mimir", path: mimir.PushPath, kind: "application/x-protobuf", body: func(n int) []byte {
		return writeOf(500, func(i int) string { return fmt.Sprintf("%d-%d-%s", n, i, strings.Repeat("v", 100)) })
	}},
	"profiles": {fake: "pyroscope", path: pyroscope.PushPath, kind: "application/proto", body: func(n int) []byte {
		label := appendBytes(appendBytes(nil, 1, []byte("n")), 2, []byte(fmt.Sprint(n)))
		raw := bytes.Repeat([]byte{byte(n)}, 50_000)
		return appendBytes(nil, 1, appendBytes(appendBytes(nil, 1, label), 2, appendBytes(nil, 1, raw)))
	}},
	"a call of padding": {fake: "pyroscope", path: pyroscope.PushPath, kind: "application/proto", body: func(n int) []byte {
		padding := appendBytes(nil, 15, bytes.Repeat([]byte{byte(n)}, 50_000))
		return append(padding, appendBytes(nil, 1, appendBytes(nil, 2, appendBytes(nil, 1, []byte("x"))))...)
	}},
	"forms": {fake: "oauth2", path: "/token", kind: "application/x-www-form-urlencoded", body: func(n int) []byte {
		return []byte("grant_type=client_credentials&scope=" + strings.Repeat("a+", 2000) + strings.Repeat("&b=c", 2000) + fmt.Sprint(n))
	}},
	"headers": {fake: "mimir", path: mimir.PushPath, kind: "text/plain", extra: func(n int) http.Header {
		h := http.Header{}
		for i := range 1000 {
			h.Set(fmt.Sprintf("X-%d", i), fmt.Sprint(n))
		}
		return h
	}},
	"pages": {fake: "exposition", path: "/metrics", get: true},
}

// writeOf is a remote write of so many series of one sample, with one label that tells them apart.
func writeOf(series int, value func(int) string) []byte {
	var message []byte
	for i := range series {
		label := appendBytes(appendBytes(nil, 1, []byte("id")), 2, []byte(value(i)))
		message = appendBytes(message, 1, appendBytes(appendBytes(nil, 1, label), 2, []byte{0x10, 1}))
	}
	return snappy.Encode(nil, message)
}

// TestJournalLimitHolds sends ten times of what the journal may hold, by its own count. What stays in memory must be less than twice that.
func TestJournalLimitHolds(t *testing.T) {
	for name, f := range floods {
		t.Run(name, func(t *testing.T) {
			before := heap()
			fake, err := six[f.fake](server.Options{Journal: journal.Limits{MaxBytes: journalLimit}})
			if err != nil {
				t.Fatal(err)
			}
			defer fake.Close()
			sent := pour(t, f, fake)
			after := heap()
			if after > before+2*journalLimit+fixed {
				t.Errorf("%d bytes stay in memory after %d requests, more than twice the limit of %d", after-before, sent, journalLimit)
			}
			t.Logf("%d requests, %.1f times the limit in memory", sent, float64(after-min(before, after))/journalLimit)
			j := fake.ExchangeJournal()
			if j.Dropped() == 0 || j.Len()+j.Dropped() != j.Total() || j.Total() != sent {
				t.Errorf("of %d requests %d are kept and %d dropped, in all %d", sent, j.Len(), j.Dropped(), j.Total())
			}
		})
	}
}

// pour sends requests until ten times the limit has gone through the journal, and returns how many.
func pour(t *testing.T, f flood, to fake) int {
	t.Helper()
	client := &http.Client{Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	through, n := int64(0), 0
	for ; through < 10*journalLimit; n++ {
		method, body := http.MethodPost, []byte(nil)
		if f.body != nil {
			body = f.body(n)
		}
		if f.get {
			method = http.MethodGet
		}
		request, err := http.NewRequest(method, to.URL()+f.path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if f.extra != nil {
			request.Header = f.extra(n)
		}
		request.Header.Set("Content-Type", f.kind)
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if e, ok := to.ExchangeJournal().Get(n); ok { // the one before is complete
			through += e.Size()
		}
		if f.kind == "application/x-protobuf" {
			through += int64(4 * len(body)) // what is decoded is several times as large
		}
	}
	return n
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
