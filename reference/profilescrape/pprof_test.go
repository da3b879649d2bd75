package profilescrape

import (
	"bytes"
	"compress/gzip"
	"runtime"
	runtimepprof "runtime/pprof"
	"strings"
	"testing"

	pprof "github.com/google/pprof/profile"
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

// TestMessageBomb checks samples and locations of a few bytes each: what is kept of them is no more than they are.
func TestMessageBomb(t *testing.T) {
	head := "\n\x00\x32\x00" // one sample type, one string
	for name, body := range map[string]string{
		"samples":   head + strings.Repeat("\x12\x02\x10\x00", 1<<18),
		"empty":     strings.Repeat("\x12\x00", 1<<19),
		"labels":    head + strings.Repeat("\x12\x0a\x10\x00\x1a\x00\x1a\x00\x1a\x00\x1a\x00", 1<<16),
		"locations": head + strings.Repeat("\x22\x00", 1<<19),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := checkProfile([]byte(body), 1<<20)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 32*uint64(len(body)) {
			t.Errorf("%s: %d bytes were allocated for %d, and the error is %v", name, used, len(body), err)
		}
	}
}

// small is a profile that has every kind of message.
func small() *pprof.Profile {
	m := &pprof.Mapping{ID: 7, File: "binary", BuildID: "b"}
	f := &pprof.Function{ID: 3, Name: "f", SystemName: "f", Filename: "f.go", StartLine: 1}
	l := &pprof.Location{ID: 9, Mapping: m, Address: 1, Line: []pprof.Line{{Function: f, Line: 2}}}
	return &pprof.Profile{
		SampleType: []*pprof.ValueType{{Type: "cpu", Unit: "ns"}, {Type: "n", Unit: "count"}}, DefaultSampleType: "cpu",
		Sample: []*pprof.Sample{
			{Location: []*pprof.Location{l, l}, Value: []int64{1, -2}, Label: map[string][]string{"a": {"b"}}},
			{Value: []int64{0, 1}, NumLabel: map[string][]int64{"n": {5}}, NumUnit: map[string][]string{"n": {"bytes"}}},
		},
		Mapping: []*pprof.Mapping{m}, Function: []*pprof.Function{f}, Location: []*pprof.Location{l},
		Comments: []string{"c"}, TimeNanos: 1, DurationNanos: 2, PeriodType: &pprof.ValueType{Type: "cpu", Unit: "ns"}, Period: 3,
		DropFrames: "d", KeepFrames: "k",
	}
}

func uncompressed(p *pprof.Profile) []byte {
	var b bytes.Buffer
	if err := p.WriteUncompressed(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// TestProfilesOfThisProcess takes what Go's runtime makes.
func TestProfilesOfThisProcess(t *testing.T) {
	for _, p := range runtimepprof.Profiles() {
		var b bytes.Buffer
		if err := p.WriteTo(&b, 0); err != nil {
			t.Fatal(err)
		}
		if err := checkProfile(b.Bytes(), maxInflated); err != nil {
			t.Errorf("%s: %v", p.Name(), err)
		}
	}
}

func TestBrokenProfiles(t *testing.T) {
	good := uncompressed(small())
	if err := checkMessage(good); err != nil {
		t.Fatal(err)
	}
	for more, want := range map[string]string{
		"\x12\x03\x10\x00\x10":                     "a message in it is cut short",
		"\x12\x00":                                 "a sample has 0 values for 2 sample types",
		"\x12\x06\x08\x08\x10\x00\x10\x00":         "a sample refers to location 8, which is not there",
		"\x12\x08\x10\x00\x10\x00\x1a\x02\x08\x7f": "it refers to string 127 of",
		"\x1a\x02\x08\x07":                         "the mapping 7 is there twice",
		"\x22\x02\x08\x00":                         "the location 0 is there twice or reserved",
		"\x22\x06\x08\x01\x22\x02\x08\x04":         "a location refers to function 4, which is not there",
		"\x2a\x02\x08\x03":                         "the function 3 is there twice",
		"\x5a\x02\x08\x7f":                         "it refers to string 127 of",
		"\x0a\x00":                                 "a sample has 2 values for 3 sample types",
		"\x70\x7f":                                 "it refers to string 127 of",
		"\x48\x01":                                 "it is more than one profile",
		"\x0d\x00\x00\x00\x00":                     "a field 1 in it has the wrong form",
		"\xff":                                     "a message in it is cut short",
	} {
		body := append(bytes.Clone(good), more...)
		if err := checkMessage(body); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%x: got %v, want %q", more, err, want)
		}
		if p, err := pprof.ParseUncompressed(body); err == nil && p.CheckValid() == nil {
			t.Errorf("%x: the library takes it", more)
		}
	}
}

// FuzzCheckProfile compares the check with Go's own parser: what is taken here is taken there, and the other way round but for
// what a profile needs here alone, sample types and strings that are there.
func FuzzCheckProfile(f *testing.F) {
	f.Add(uncompressed(small()))
	f.Add(goodProfile("seed"))
	f.Add([]byte("<html>"))
	f.Add([]byte{0x1f, 0x8b, 0x08})
	f.Fuzz(func(t *testing.T, body []byte) {
		ours := checkProfile(body, 1<<20)
		if len(body) == 0 || bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
			return
		}
		p, theirs := pprof.ParseUncompressed(body)
		if theirs == nil {
			theirs = p.CheckValid()
		}
		if ours == nil && theirs != nil {
			t.Errorf("taken, but the library says %v", theirs)
		}
		if ours != nil && theirs == nil && len(p.SampleType) > 0 && !strings.Contains(ours.Error(), "it refers to string") {
			t.Errorf("refused with %v, but the library takes it", ours)
		}
	})
}
