package pprof

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/google/pprof/profile"
)

func TestLiveProfiles(t *testing.T) {
	p := StartT(t, Options{Live: true})
	for path, first := range map[string]string{"profile?seconds=0.05": "samples", "heap": "alloc_objects", "goroutine": "goroutine"} {
		parsed, err := profile.Parse(bytes.NewReader(fetch(t, p.URL()+"/debug/pprof/"+path)))
		if err != nil || parsed.SampleType[0].Type != first || len(parsed.Mapping) == 0 {
			t.Errorf("%s: %+v %v", path, parsed, err)
			continue
		}
		if parsed.Mapping[0].File == "/usr/bin/fake" {
			t.Errorf("%s: the profile is a generated one", path)
		}
	}
	// What this process cannot measure is generated.
	parsed, err := profile.Parse(bytes.NewReader(fetch(t, p.URL()+"/debug/pprof/delta_heap")))
	if err != nil || parsed.Mapping[0].File != "/usr/bin/fake" {
		t.Errorf("delta_heap: %+v %v", parsed, err)
	}
}

func TestOnlyTheCPUProfileMeasuresItself(t *testing.T) {
	for name, want := range map[string]bool{"profile": true, "heap": false} {
		if got := measures(Live(name)); got != want {
			t.Errorf("%s measures: %v", name, got)
		}
	}
	if measures(File(nil)) || measures(Generated(1)) {
		t.Error("a fixed or generated profile measures itself")
	}
}

func fetch(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %q %v", url, resp.StatusCode, body, err)
	}
	return body
}
