package fakes_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"

	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// zeros is a body that inflates to so many of them.
func zeros(t *testing.T, size int, encoding string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "snappy":
		return snappy.Encode(nil, make([]byte, size))
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zstd":
		var err error
		if w, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// allocated is how many bytes f allocates, in this process.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

const (
	inflateLimit = 256 << 10
	bombSize     = 64 * inflateLimit
)

// TestBombsAreNotInflated sends bodies that would inflate to sixty-four times of what the fake allows.
func TestBombsAreNotInflated(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{MaxDecoded: inflateLimit})
	p := pyroscope.StartT(t, pyroscope.Options{MaxInflated: inflateLimit})
	nested := appendBytes(nil, 1, appendBytes(nil, 2, appendBytes(nil, 1, zeros(t, bombSize, "gzip"))))
	form := "--b\r\nContent-Disposition: form-data; name=\"profile\"\r\n\r\n" + string(zeros(t, bombSize, "gzip")) + "\r\n--b--\r\n"
	lie := binary.AppendUvarint(nil, 4<<30-1)
	rows := []struct {
		name, url, contentType, encoding string
		body                             []byte
		status                           int
	}{
		{"snappy", m.PushURL(), "application/x-protobuf", "snappy", zeros(t, bombSize, "snappy"), 413},
		{"a snappy length that is a lie", m.PushURL(), "application/x-protobuf", "snappy", append(lie, 0), 413},
		{"zstd", m.PushURL(), "application/x-protobuf", "zstd", zeros(t, bombSize, "zstd"), 413},
		{"gzip", m.PushURL(), "application/x-protobuf", "gzip", zeros(t, bombSize, "gzip"), 413},
		{"a call in gzip", p.URL() + pyroscope.PushPath, "application/proto", "gzip", zeros(t, bombSize, "gzip"), 429},
		{"a profile in a call", p.URL() + pyroscope.PushPath, "application/proto", "", nested, 200},
		{"a profile in a form", p.URL() + pyroscope.IngestPath + "?name=a", "multipart/form-data; boundary=b", "", []byte(form), 200},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var status int
			spent := allocated(func() { status = send(t, row.url, row.contentType, row.encoding, row.body) })
			if status != row.status {
				t.Errorf("answered %d, want %d", status, row.status)
			}
			if most := uint64(20*inflateLimit + 4*len(row.body)); spent > most {
				t.Errorf("allocated %d bytes, of which %d would do", spent, most)
			}
		})
	}
	for _, push := range p.Pushes() {
		for _, profile := range push.Profiles {
			if profile.Parsed != nil || !strings.Contains(profile.ParseError, "larger than") {
				t.Errorf("a bomb was parsed: %q", profile.ParseError)
			}
		}
	}
}

// appendBytes writes a length-delimited field of protobuf.
func appendBytes(to []byte, number int, data []byte) []byte {
	to = binary.AppendUvarint(append(to, byte(number<<3|2)), uint64(len(data)))
	return append(to, data...)
}

func send(t *testing.T, url, contentType, encoding string, body []byte) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	if encoding != "" {
		request.Header.Set("Content-Encoding", encoding)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

// TestManyInLittle sends a body that inflates within the limit, to far more series than there is room for.
func TestManyInLittle(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{MaxDecoded: 1 << 20})
	body := snappy.Encode(nil, bytes.Repeat([]byte{0x0a, 0x00}, 1<<19))
	if status := send(t, m.PushURL(), "application/x-protobuf", "snappy", body); status != 413 {
		t.Errorf("answered %d, want 413", status)
	}
}

// TestCrowdIsRefused: what all requests hold together is bounded, and is free again when they end.
func TestCrowdIsRefused(t *testing.T) {
	m := mimir.StartT(t, mimir.Options{Options: server.Options{MaxHeld: 1 << 20}})
	series := appendBytes(nil, 1, appendBytes(nil, 1, append(appendBytes(nil, 1, []byte("a")), appendBytes(nil, 2, []byte("b"))...)))
	for want, count := range map[int]int{503: 100_000, 200: 100} {
		body := snappy.Encode(nil, bytes.Repeat(series, count))
		for range 3 {
			if status := send(t, m.PushURL(), "application/x-protobuf", "snappy", body); status != want {
				t.Errorf("%d series: answered %d, want %d", count, status, want)
			}
		}
	}
}

const head = "POST /api/v1/push HTTP/1.1\r\nHost: a\r\n"

// smuggled are requests whose end two readers may see in different places. The answer to each is the beginning of what must come, and how
// many requests the fake may have seen in it.
var smuggled = []struct {
	name, bytes, answer string
	most                int
}{
	{"two lengths", head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcdeGET /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400", 0},
	{"a list of lengths", head + "Content-Length: 4, 4\r\n\r\nabcd", "HTTP/1.1 400", 0},
	{"a signed length", head + "Content-Length: +4\r\n\r\nabcd", "HTTP/1.1 400", 0},
	{"an unknown coding", head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "HTTP/1.1 501", 0},
	{"two codings", head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 501", 0},
	{"a coding that looks like one", head + "Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\nabcd", "HTTP/1.1 501", 0},
	{"a space before the colon", head + "Content-Length : 4\r\n\r\nabcd", "HTTP/1.1 400", 0},
	{"a folded header", head + "Connection: close\r\nX: a\r\n Content-Length: 4\r\n\r\n", "HTTP/1.1", 1},
	{"coding and length", head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1", 1},
	{"a chunk size with a sign", head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n+4\r\nabcd\r\n0\r\n\r\n", "", 1},
	{"a chunk size beyond all", head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nfffffffffffffffff\r\nabcd\r\n0\r\n\r\n", "", 1},
	{"a chunk that is longer than it says", head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nabcd\r\n0\r\n\r\n", "", 1},
	{"no host", "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 400", 0},
	{"two hosts", "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 400", 0},
	{"a zero in a header", head + "X: a\x00b\r\n\r\n", "HTTP/1.1 400", 0},
	{"a flood of headers", head + strings.Repeat("X: y\r\n", 400_000) + "\r\n", "HTTP/1.1 431", 0},
	{"an endless header", head + "X: " + strings.Repeat("y", 3<<20), "HTTP/1.1 431", 0},
	{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "", 1},
}

func TestSmuggledRequestsAreOneOrNone(t *testing.T) {
	eachFake(t, server.Options{HeadTimeout: 2 * time.Second}, func(t *testing.T, f fake) {
		for _, row := range smuggled {
			before := len(f.Exchanges())
			got := tell(t, f.Addr(), row.bytes)
			seen := f.Exchanges()[before:]
			// When the answer comes before all was sent, it may be lost in the reset.
			if !strings.HasPrefix(got, row.answer) && (got != "" || len(row.bytes) < 1<<20) || len(seen) > row.most {
				t.Errorf("%s: got %.60q and saw %d requests; want %q and %d at most", row.name, got, len(seen), row.answer, row.most)
			}
			for _, e := range seen {
				if e.Path == "/x" {
					t.Errorf("%s: a request was smuggled in", row.name)
				}
			}
		}
		answersStill(t, f)
	})
}

// TestBodiesThatLie: each body is cut off or refused, and the next client is served.
func TestBodiesThatLie(t *testing.T) {
	const limit = 64 << 10
	rows := map[string]struct{ bytes, answer string }{
		"longer than the limit":      {head + fmt.Sprintf("Content-Length: %d\r\n\r\n", 2*limit) + strings.Repeat("x", 2*limit), "HTTP/1.1 413"},
		"a length beyond everything": {head + "Content-Length: 9223372036854775807\r\n\r\n" + strings.Repeat("x", 2*limit), "HTTP/1.1 413"},
		"chunks without end":         {head + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("400\r\n"+strings.Repeat("x", 1024)+"\r\n", 2*limit/1024), "HTTP/1.1 413"},
		"less than it says":          {head + "Content-Length: 100\r\n\r\nabc", "HTTP/1.1 408"},
		"more than it says":          {head + "Content-Length: 1\r\n\r\nabc\r\n\r\n", "HTTP/1.1"},
	}
	eachFake(t, server.Options{BodyLimit: limit, BodyTimeout: 50 * time.Millisecond, HeadTimeout: 50 * time.Millisecond}, func(t *testing.T, f fake) {
		for name, row := range rows {
			if got := tell(t, f.Addr(), row.bytes); !strings.HasPrefix(got, row.answer) && got != "" {
				t.Errorf("%s: got %.60q, want %s", name, got, row.answer)
			}
		}
		for _, e := range f.Exchanges() {
			if int64(cap(e.Body)) > 4*limit {
				t.Errorf("a body of %d bytes takes %d", len(e.Body), cap(e.Body))
			}
		}
		answersStill(t, f)
	})
}

// TestNobodyIsServedWhoOnlyConnects opens connections that send half a head, and checks that they are not kept.
func TestNobodyIsServedWhoOnlyConnects(t *testing.T) {
	eachFake(t, server.Options{HeadTimeout: 30 * time.Millisecond, TLS: &server.TLS{}}, func(t *testing.T, f fake) {
		for _, text := range []string{"", "\x16\x03\x01", head} {
			conn, err := net.Dial("tcp", f.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, text); err != nil {
				t.Fatal(err)
			}
			if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, conn); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Errorf("%q: the connection is still open", text)
			}
		}
		answersStill(t, f)
	})
}
