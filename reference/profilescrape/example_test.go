package profilescrape

import (
	"maps"
	"slices"
	"testing"
	"time"
)

// TestExampleOfThePage runs the example of phlare.scrape@v0.31 for one minute: exactly its eight URLs are scraped, each
// every 15s.
func TestExampleOfThePage(t *testing.T) {
	inWorld(t, func(w *world) {
		w.target("localhost:4100", nil)
		w.target("localhost:12345", nil)
		w.run(Phlare(), `
			targets    = [
			  {"__address__" = "localhost:4100", "app"="phlare"},
			  {"__address__" = "localhost:12345", "app"="agent"},
			]
			forward_to = [out]
			profiling_config {
			  profile.fgprof {
			    enabled = true
			  }
			  profile.block {
			    enabled = false
			  }
			  profile.mutex {
			    enabled = false
			  }
			}`)
		time.Sleep(time.Minute - time.Nanosecond)
		got := w.requests()
		want := []string{
			"http://localhost:12345/debug/fgprof?seconds=14",
			"http://localhost:12345/debug/pprof/allocs",
			"http://localhost:12345/debug/pprof/goroutine",
			"http://localhost:12345/debug/pprof/profile?seconds=14",
			"http://localhost:4100/debug/fgprof?seconds=14",
			"http://localhost:4100/debug/pprof/allocs",
			"http://localhost:4100/debug/pprof/goroutine",
			"http://localhost:4100/debug/pprof/profile?seconds=14",
		}
		if urls := slices.Sorted(maps.Keys(got)); !slices.Equal(urls, want) {
			t.Errorf("got %q\nwant %q", urls, want)
		}
		for url, times := range got {
			if len(times) != 4 || times[0] < 0 || times[0] >= 15*time.Second {
				t.Errorf("%s was scraped at %v, want four times, first within 15s", url, times)
			}
			for i := range times[1:] {
				if gap := times[i+1] - times[i]; gap != 15*time.Second {
					t.Errorf("%s was scraped at %v, want 15s apart", url, times)
				}
			}
		}
		if n := len(w.out.profiles()); n != 32 {
			t.Errorf("got %d profiles forwarded, want 32", n)
		}
	})
}

func TestFirstScrapesAreSpreadAndRepeatable(t *testing.T) {
	seen := map[time.Duration]bool{}
	for _, url := range []string{"http://a/", "http://b/", "http://c/", "http://d/", "http://e/"} {
		j := job{url: url, interval: 15 * time.Second}
		again := job{url: url, interval: 15 * time.Second}
		if j.offset() != again.offset() || j.offset() < 0 || j.offset() >= j.interval {
			t.Errorf("%s: got offsets %v and %v", url, j.offset(), again.offset())
		}
		seen[j.offset().Truncate(time.Second)] = true
	}
	if len(seen) < 3 {
		t.Errorf("five jobs start in only %d different seconds", len(seen))
	}
}

func TestFollowing(t *testing.T) {
	start := time.Unix(1000, 0)
	for _, tt := range []struct{ now, want time.Duration }{
		{0, 15}, {1, 15}, {14, 15},
		{15, 15},           // a scrape that ends with the interval is followed at once
		{16, 30}, {30, 30}, // what was missed is not made up for
		{31, 45}, {100, 105},
		{-5, 15},
	} {
		if got := following(start, start.Add(tt.now*time.Second), 15*time.Second).Sub(start); got != tt.want*time.Second {
			t.Errorf("after %ds: got %v, want %ds", tt.now, got, tt.want)
		}
	}
}
