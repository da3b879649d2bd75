package pprof_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/pprof/profile"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
	"github.com/touchstone-telemetry/touchstone/fakes/pprof"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// scrape gets a path; each call has a connection of its own.
func scrape(ctx context.Context, n *memnet.Network, url string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	if n != nil {
		transport.DialContext = n.Dial
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

func inMemory(t *testing.T, o pprof.Options, test func(t *testing.T, n *memnet.Network, s *pprof.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		o.Options = server.Options{Listen: n.Listen}
		test(t, n, pprof.StartT(t, o))
	})
}

func TestEveryProfileIsOne(t *testing.T) {
	inMemory(t, pprof.Options{}, func(t *testing.T, n *memnet.Network, s *pprof.Server) {
		for path, types := range map[string]string{
			"/debug/pprof/allocs":             "alloc_objects alloc_space inuse_objects inuse_space",
			"/debug/pprof/block":              "contentions delay",
			"/debug/pprof/goroutine":          "goroutine",
			"/debug/pprof/mutex":              "contentions delay",
			"/prefix/debug/pprof/delta_heap":  "alloc_objects alloc_space inuse_objects inuse_space",
			"/debug/pprof/profile?seconds=14": "samples cpu",
			"/debug/fgprof?seconds=1":         "samples time",
			"/my/own":                         "samples",
		} {
			status, body, err := scrape(t.Context(), n, s.URL()+path)
			if err != nil || status != 200 {
				t.Errorf("%s: %d %v", path, status, err)
				continue
			}
			p, err := profile.ParseData(body)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			var names []string
			for _, st := range p.SampleType {
				names = append(names, st.Type)
			}
			bare, _, _ := strings.Cut(path, "?")
			want := fmt.Sprintf("scrape 1 of %s%s", s.Addr(), bare)
			if strings.Join(names, " ") != types || len(p.Sample) != 3 || p.Comments[0] != want {
				t.Errorf("%s: types %v, %d samples, comments %q, want %q", path, names, len(p.Sample), p.Comments, want)
			}
		}
	})
}

func TestSecondsAreTakenLiterally(t *testing.T) {
	inMemory(t, pprof.Options{}, func(t *testing.T, n *memnet.Network, s *pprof.Server) {
		for _, row := range []struct {
			query  string
			want   time.Duration
			status int
		}{
			{"profile?seconds=14", 14 * time.Second, 200}, {"profile", 30 * time.Second, 200}, {"profile?seconds=x", 30 * time.Second, 200},
			{"allocs", 0, 200}, {"allocs?seconds=0.5", 500 * time.Millisecond, 200}, {"allocs?seconds=-1", 0, 400}, {"mutex?seconds=3600", time.Hour, 200},
		} {
			start := time.Now()
			status, body, err := scrape(t.Context(), n, s.URL()+"/debug/pprof/"+row.query)
			if err != nil || status != row.status || time.Since(start) != row.want {
				t.Errorf("%s: %d %v after %v", row.query, status, err, time.Since(start))
			}
			if p, err := profile.ParseData(body); status == 200 && (err != nil || p.DurationNanos != int64(row.want) || p.TimeNanos != start.UnixNano()) {
				t.Errorf("%s: says %d ns from %d, %v", row.query, p.DurationNanos, p.TimeNanos, err)
			}
		}
	})
}

func TestScrapeThatTheClientGivesUp(t *testing.T) {
	inMemory(t, pprof.Options{}, func(t *testing.T, n *memnet.Network, s *pprof.Server) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := scrape(ctx, n, s.URL()+"/debug/pprof/profile?seconds=5"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if got := s.Scrapes(); len(got) != 1 || got[0].Outcome != server.Gone || got[0].Served != nil {
			t.Errorf("scrapes are %+v", got)
		}
	})
}

func TestValuesGrowWithEachScrape(t *testing.T) {
	inMemory(t, pprof.Options{Stacks: 1}, func(t *testing.T, n *memnet.Network, s *pprof.Server) {
		for _, row := range []struct {
			path   string
			second int64
		}{{"allocs", 2}, {"delta_heap", 1}, {"block", 2}, {"goroutine", 1}, {"allocs?seconds=1", 1}} {
			var last *profile.Profile
			for range 2 {
				_, body, err := scrape(t.Context(), n, s.URL()+"/x"+row.path[:1]+"/debug/pprof/"+row.path)
				if err != nil {
					t.Fatal(err)
				}
				if last, err = profile.ParseData(body); err != nil {
					t.Fatal(err)
				}
			}
			if got := last.Sample[0].Value[0]; got != row.second {
				t.Errorf("%s: the second scrape has %d, want %d", row.path, got, row.second)
			}
		}
	})
}

func TestSources(t *testing.T) {
	o := pprof.Options{Known: true, Sources: map[string]pprof.Source{
		"/file": pprof.File([]byte("as it is")),
		"/live": pprof.Live("goroutine"),
		"/none": pprof.Live("no such profile"),
		"/bad": func(context.Context, pprof.Ask) ([]byte, error) {
			return nil, fmt.Errorf("no: %w", pprof.ErrBadRequest)
		},
	}}
	s := pprof.StartT(t, o) // the live process is not in a bubble
	for path, want := range map[string]int{"/file": 200, "/live": 200, "/none": 500, "/bad": 400, "/other": 404, "/debug/pprof/heap": 200, "/debug/pprof/trace": 404} {
		status, body, err := scrape(t.Context(), nil, s.URL()+path)
		if err != nil || status != want {
			t.Errorf("%s: %d %s %v", path, status, body, err)
		}
		if path == "/file" && string(body) != "as it is" {
			t.Errorf("the file is %q", body)
		}
		if _, err := profile.ParseData(body); path == "/live" && err != nil {
			t.Errorf("the live profile: %v", err)
		}
	}
	s.Serve("/other", pprof.File([]byte("now")))
	if _, body, err := scrape(t.Context(), nil, s.URL()+"/other"); err != nil || string(body) != "now" {
		t.Errorf("got %q %v", body, err)
	}
}

func TestServedIsWhatTheClientGot(t *testing.T) {
	inMemory(t, pprof.Options{}, func(t *testing.T, n *memnet.Network, s *pprof.Server) {
		s.Replies().Then(reply.Status(500), reply.OK().TruncateAfter(3), reply.Status(200).Body("other"))
		var got [][]byte
		for range 4 {
			_, body, _ := scrape(t.Context(), n, s.URL()+"/debug/pprof/heap") // two fail on purpose
			got = append(got, body)
		}
		if err := s.WaitFor(t.Context(), "/debug/pprof/heap", 2); err != nil {
			t.Fatal(err)
		}
		served := s.Scrapes()
		if served[0].Served != nil || served[1].Served != nil || string(served[2].Served) != "other" || !bytes.Equal(served[3].Served, got[3]) {
			t.Errorf("served %d scrapes: %+v", len(served), served)
		}
		// What was refused or cut off takes no number of a scrape that was served, but the one that was cut off did.
		if p, err := profile.ParseData(got[3]); err != nil || !strings.HasPrefix(p.Comments[0], "scrape 3 ") {
			t.Errorf("comments %v, %v", p, err)
		}
	})
}

func TestNothingToWaitForIsExplained(t *testing.T) {
	inMemory(t, pprof.Options{}, func(t *testing.T, n *memnet.Network, s *pprof.Server) {
		other, err := pprof.Start(pprof.Options{Options: server.Options{Listen: n.Listen}})
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if _, _, err := scrape(t.Context(), n, other.URL()+"/debug/pprof/heap"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err = other.WaitFor(ctx, "/debug/pprof/allocs", 1)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "so far: GET /debug/pprof/heap (200, replied)") {
			t.Errorf("got %v", err)
		}
	})
}

func TestOnlyGet(t *testing.T) {
	inMemory(t, pprof.Options{}, func(t *testing.T, n *memnet.Network, s *pprof.Server) {
		client := http.Client{Transport: &http.Transport{DialContext: n.Dial, DisableKeepAlives: true}}
		resp, err := client.Post(s.URL()+"/debug/pprof/heap", "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusMethodNotAllowed || len(s.Scrapes()) != 0 {
			t.Errorf("got %d and %d scrapes", resp.StatusCode, len(s.Scrapes()))
		}
	})
}

// A program under test scrapes the fake; the test then looks at what it asked for.
func Example() {
	s, err := pprof.Start(pprof.Options{})
	if err != nil {
		panic(err)
	}
	defer s.Close()

	resp, err := http.Get(s.URL() + "/debug/pprof/profile?seconds=0.01")
	if err != nil {
		panic(err)
	}
	resp.Body.Close()

	if err := s.WaitFor(context.Background(), "/debug/pprof/profile", 1); err != nil {
		panic(err)
	}
	got := s.Scrapes()[0]
	p, err := profile.ParseData(got.Served)
	fmt.Println(got.Query, p.SampleType[1].Type, err)
	// Output: seconds=0.01 cpu <nil>
}
