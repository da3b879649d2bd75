package engine

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
)

// placed is a stage on which nothing but these fakes stand.
func placed(t *testing.T, network *memnet.Network, fakes ...*scenario.StartFake) *stage {
	t.Helper()
	s := &stage{network: network, casts: map[string]*prop{}, scratch: t.TempDir(), seen: &observe.Observation{Values: map[string]string{}}}
	for _, fake := range fakes {
		if err := s.startFake(fake); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.casts[fake.Name].server.Close)
	}
	return s
}

// shared is a backend at a fixed place, which shows profiles of another fake as its own.
func shared() []*scenario.StartFake {
	return []*scenario.StartFake{
		{Kind: "pprof", Name: "own", Script: "200 418"},
		{Kind: "pyroscope", Name: "p", Options: scenario.FakeOptions{Host: "phlare", Port: "4100", Debug: "own"}},
	}
}

func TestFixedPlaceAndDebug(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		s := placed(t, network, shared()...)
		transport := &http.Transport{DialContext: network.Dial}
		defer transport.CloseIdleConnections()
		get := func(path string) int {
			request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://phlare:4100"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := transport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			_, _ = io.Copy(io.Discard, resp.Body)
			return resp.StatusCode
		}
		if first, second := get("/debug/pprof/goroutine?seconds=1"), get("/debug/fgprof"); first != 200 || second != 418 {
			t.Errorf("answered %d and %d", first, second)
		}
		get("/ready")
		own, p := s.casts["own"].record(), s.casts["p"].record()
		if len(own.Requests) != 2 || own.Requests[0].Path != "/debug/pprof/goroutine" || own.Requests[0].Query != "seconds=1" {
			t.Errorf("the scraped fake saw %+v", own.Requests)
		}
		if len(p.Requests) != 1 || p.Requests[0].Path != "/ready" {
			t.Errorf("the backend saw %+v", p.Requests)
		}
		if text := "phlare:4100"; s.aliases(text) != text {
			t.Errorf("got %q on the lane that has this place", s.aliases(text))
		}
	})
}

func TestAliasesOnTheRealLane(t *testing.T) {
	s := placed(t, nil, shared()...)
	addr := s.casts["p"].server.Addr()
	got := s.aliases(`url = "http://phlare:4100/x" phlare:41000 "phlare:4100"`)
	if want := fmt.Sprintf(`url = "http://%s/x" phlare:41000 "%s"`, addr, addr); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
