package profilescrape

import (
	"bytes"
	"compress/gzip"
	"runtime"
	"strings"
	"testing"
)

// TestGzipBomb inflates 16 MiB of nothing from 16 KiB, but not further than allowed.
func TestGzipBomb(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 16 {
		z.Write(make([]byte, 1<<20))
	}
	z.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := checkProfile(bomb.Bytes(), 1<<18)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "inflated it is larger than 262144 bytes") {
		t.Errorf("got %v", err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

// FuzzCheckProfile looks for bodies that panic or that are taken although they hold nothing.
func FuzzCheckProfile(f *testing.F) {
	f.Add(goodProfile("seed"))
	f.Add([]byte("<html>"))
	f.Add([]byte{0x1f, 0x8b, 0x08})
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := checkProfile(body, 1<<20); err == nil && len(body) == 0 {
			t.Error("an empty body is no profile")
		}
	})
}
