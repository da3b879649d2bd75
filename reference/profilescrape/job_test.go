package profilescrape

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/profile"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// jobsOf lists the jobs of a configuration with one target.
func jobsOf(t *testing.T, d component.Definition, target, more string) ([]job, []rejected) {
	t.Helper()
	args, err := decode(t, d, river.Scope{}, "targets = ["+target+"]\nforward_to = []\n"+more)
	if err != nil {
		t.Fatal(err)
	}
	return args.(arguments).settings().jobs(d.Name + ".local")
}

func urls(jobs []job) string {
	var all []string
	for _, j := range jobs {
		all = append(all, j.url)
	}
	return strings.Join(all, " ")
}

func labelsOf(j job) map[string]string {
	all := map[string]string{}
	for _, l := range j.labels {
		all[l.Name] = l.Value
	}
	return all
}

func TestDefaultProfiles(t *testing.T) {
	for _, d := range []component.Definition{Phlare(), Pyroscope()} {
		for _, more := range []string{"", "profiling_config { }", "profiling_config {\n profile.memory { }\n profile.fgprof { }\n}"} {
			jobs, _ := jobsOf(t, d, `{"__address__" = "h:1"}`, more)
			want := "http://h:1/debug/pprof/allocs http://h:1/debug/pprof/block http://h:1/debug/pprof/goroutine " +
				"http://h:1/debug/pprof/mutex http://h:1/debug/pprof/profile?seconds=14"
			if got := urls(jobs); got != want {
				t.Errorf("%s %s: got %s, want %s", d.Name, more, got, want)
			}
			var names []string
			for _, j := range jobs {
				names = append(names, labelsOf(j)["__name__"])
			}
			if got := strings.Join(names, " "); got != "memory block goroutine mutex process_cpu" {
				t.Errorf("%s: got profile types %s", d.Name, got)
			}
		}
	}
}

// TestProfilesOfGodeltaprof: they are off by default, and then sent as what they are the changes of.
func TestProfilesOfGodeltaprof(t *testing.T) {
	jobs, _ := jobsOf(t, Pyroscope(), `{"__address__" = "h:1"}`, `profiling_config {
  path_prefix = "/app"
  profile.godeltaprof_memory {
    enabled = true
  }
  profile.godeltaprof_mutex {
    enabled = true
  }
  profile.godeltaprof_block {
    enabled = true
    path    = "/changes"
  }
}`)
	want := "http://h:1/app/debug/pprof/delta_heap http://h:1/app/debug/pprof/delta_mutex http://h:1/app/changes"
	if jobs = jobs[5:]; urls(jobs) != want {
		t.Fatalf("got %s, want %s", urls(jobs), want)
	}
	for i, name := range []string{"memory", "mutex", "block"} {
		if got := labelsOf(jobs[i]); got["__name__"] != name || got["__delta__"] != "false" {
			t.Errorf("labels of %s: %v", jobs[i].url, got)
		}
	}
	if _, err := decode(t, Phlare(), river.Scope{}, required+"profiling_config {\n profile.godeltaprof_memory { }\n}"); err == nil {
		t.Error("phlare.scrape takes a profile that its page does not have")
	}
}

func TestDurationOfDeltaProfiles(t *testing.T) {
	for more, want := range map[string]string{
		"": "14", `scrape_interval = "2s"`: "1", `delta_profiling_duration = "14s"`: "14", `delta_profiling_duration = "2s"`: "2",
		"scrape_interval = \"1m\"\ndelta_profiling_duration = \"14s\"": "14", "scrape_interval = \"1m\"": "59",
	} {
		jobs, _ := jobsOf(t, Pyroscope(), `{"__address__" = "h:1"}`, more)
		if got := jobs[len(jobs)-1].url; got != "http://h:1/debug/pprof/profile?seconds="+want {
			t.Errorf("%s: got %s, want %s seconds", more, got, want)
		}
	}
}

func TestURLs(t *testing.T) {
	profiling := func(more string) string {
		return strings.Replace(only, "profile.memory", more+"\nprofile.memory", 1)
	}
	tests := []struct{ target, more, want string }{
		{`{"__address__" = "h:1"}`, only, "http://h:1/g"},
		{`{"__address__" = "h"}`, only, "http://h:80/g"},
		{`{"__address__" = "h"}`, "scheme = \"https\"\n" + only, "https://h:443/g"},
		{`{"__address__" = "h", "__scheme__" = "https"}`, only, "https://h:443/g"},
		{`{"__address__" = "[::1]:9"}`, only, "http://[::1]:9/g"},
		{`{"__address__" = "[::1]"}`, only, "http://[::1]:80/g"},
		{`{"__address__" = "::1"}`, only, "http://[::1]:80/g"},
		{`{"__address__" = "h:1"}`, profiling(`path_prefix = "/p"`), "http://h:1/p/g"},
		{`{"__address__" = "h:1"}`, profiling(`path_prefix = "p/"`), "http://h:1/p/g"},
		{`{"__address__" = "h:1"}`, "params = {a = [\"1\", \"2\"], b = [\"x y\"]}\n" + only, "http://h:1/g?a=1&a=2&b=x+y"},
		{`{"__address__" = "h:1", "__param_a" = "9"}`, "params = {a = [\"1\"]}\n" + only, "http://h:1/g?a=9"},
		{`{"__address__" = "h:1", "__param_c" = "9"}`, only, "http://h:1/g?c=9"},
	}
	for _, tt := range tests {
		jobs, bad := jobsOf(t, Phlare(), tt.target, tt.more)
		if got := urls(jobs); got != tt.want || len(bad) != 0 {
			t.Errorf("%s: got %s, %v, want %s", tt.target, got, bad, tt.want)
		}
	}
}

// TestParamsAndSecondsStayApart: the seconds of a delta profile show up nowhere else, and parameters do not add up.
func TestParamsAndSecondsStayApart(t *testing.T) {
	args, err := decode(t, Phlare(), river.Scope{}, `
		targets    = [{"__address__" = "h:1"}, {"__address__" = "h:2"}]
		forward_to = []
		params     = {a = ["1"]}
		scrape_interval = "5s"
		profiling_config {
		  profile.fgprof {
		    enabled = true
		  }
		}`)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		jobs, _ := args.(arguments).settings().jobs("x")
		for _, j := range jobs {
			delta := strings.Contains(j.url, "profile?") || strings.Contains(j.url, "fgprof?")
			if want := map[bool]string{true: "?a=1&seconds=4", false: "?a=1"}[delta]; !strings.HasSuffix(j.url, want) || j.seconds != delta {
				t.Errorf("got %s, want it to end in %s", j.url, want)
			}
		}
	}
}

func TestLabels(t *testing.T) {
	const target = `"__address__" = "h", "__meta_x" = "y", "__foo" = "1", "empty" = ""`
	base := map[string]string{"__name__": "goroutine", "instance": "h:80", "job": "phlare.scrape.local"}
	with := func(more map[string]string) map[string]string {
		all := maps.Clone(base)
		maps.Copy(all, more)
		return all
	}
	pyroscope := func(service string) map[string]string {
		return with(map[string]string{"job": "pyroscope.scrape.local", "service_name": service})
	}
	tests := []struct {
		d            component.Definition
		target, more string
		want         map[string]string
	}{
		{Phlare(), target, "", base},
		{Phlare(), target + `, "app" = "x"`, "", with(map[string]string{"app": "x"})},
		{Phlare(), target, `job_name = "j"`, with(map[string]string{"job": "j"})},
		{Phlare(), target + `, "job" = "own"`, "", with(map[string]string{"job": "own"})},
		{Phlare(), target + `, "job" = "own"`, `job_name = "j"`, with(map[string]string{"job": "j"})},
		{Phlare(), target + `, "instance" = "i"`, "", with(map[string]string{"instance": "i"})},
		{Pyroscope(), target, "", pyroscope("unspecified")},
		{Pyroscope(), target + `, "service_name" = "s"`, "", pyroscope("s")},
		{Pyroscope(), target + `, "__meta_kubernetes_namespace" = "n", "__meta_docker_container_name" = "d"`, "", pyroscope("d")},
		{Pyroscope(), target + `, "__meta_kubernetes_namespace" = "n", "__meta_kubernetes_pod_container_name" = "c", "__meta_docker_container_name" = "d"`,
			"", pyroscope("n/c")},
	}
	for _, tt := range tests {
		jobs, _ := jobsOf(t, tt.d, "{"+tt.target+"}", tt.more+"\n"+only)
		if len(jobs) != 1 || !maps.Equal(labelsOf(jobs[0]), tt.want) {
			t.Errorf("%s %s:\n got %v\nwant %v", tt.target, tt.more, jobs, tt.want)
		}
		if !slices.IsSortedFunc(jobs[0].labels, func(a, b profile.Label) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("labels are not sorted: %v", jobs[0].labels)
		}
	}
}

func TestTargetsChooseTheirProfile(t *testing.T) {
	target := `{"__address__" = "a:1", "__profile_path__" = "/own", "__profile_path_prefix__" = "/here", "__name__" = "threads"}`
	for d, want := range map[string][2]string{
		"phlare.scrape": {"http://a:1/g", "goroutine"}, "pyroscope.scrape": {"http://a:1/here/own", "threads"},
	} {
		definition := Phlare()
		if d == "pyroscope.scrape" {
			definition = Pyroscope()
		}
		jobs, _ := jobsOf(t, definition, target, only)
		if name := labelsOf(jobs[0])["__name__"]; urls(jobs) != want[0] || name != want[1] {
			t.Errorf("%s: got %s as %q, want %q", d, urls(jobs), name, want)
		}
	}
}

func TestSameTargetTwiceIsOneJob(t *testing.T) {
	jobs, _ := jobsOf(t, Phlare(), `{"__address__" = "h:1"}, {"__address__" = "h:1"}, {"__address__" = "h:1", "a" = "b"}`, only)
	if len(jobs) != 2 {
		t.Errorf("got %d jobs, want 2: one for each set of labels", len(jobs))
	}
}

func TestTargetsThatCannotBeScraped(t *testing.T) {
	for target, want := range map[string]string{
		`{"app" = "x"}`:                                 "no __address__",
		`{"__address__" = ""}`:                          "no __address__",
		`{"__address__" = "h/path"}`:                    "write it as host:port",
		`{"__address__" = "http://h:1"}`:                "write it as host:port",
		`{"__address__" = "u:hunter2@h:1"}`:             "write it as host:port",
		`{"__address__" = ":80"}`:                       "write it as host:port",
		`{"__address__" = "h:x"}`:                       "write it as host:port",
		`{"__address__" = "h:1", "__scheme__" = "ftp"}`: "use http or https",
	} {
		jobs, bad := jobsOf(t, Phlare(), target+`, {"__address__" = "good:1"}`, only)
		if strings.Contains(fmt.Sprint(bad), "hunter2") {
			t.Errorf("%s: the password is shown: %v", target, bad)
		}
		if len(bad) != 1 || !strings.Contains(bad[0].err.Error(), want) || urls(jobs) != "http://good:1/g" {
			t.Errorf("%s: got %v and %s, want %q and the good target", target, bad, urls(jobs), want)
		}
	}
}

func TestTimeouts(t *testing.T) {
	for _, tt := range []struct {
		d             component.Definition
		more          string
		plain, timely time.Duration
	}{
		{Phlare(), "", 15 * time.Second, 15 * time.Second},
		{Pyroscope(), "", 10 * time.Second, 24 * time.Second},
		{Pyroscope(), "scrape_timeout = \"2s\"\nscrape_interval = \"5s\"", 2 * time.Second, 6 * time.Second},
	} {
		args, err := decode(t, tt.d, river.Scope{}, "targets = []\nforward_to = []\n"+tt.more)
		if err != nil {
			t.Fatal(err)
		}
		s := args.(arguments).settings()
		if plain, timely := s.timeoutOf(job{}), s.timeoutOf(job{seconds: true}); plain != tt.plain || timely != tt.timely {
			t.Errorf("%s %s: got %v and %v, want %v and %v", tt.d.Name, tt.more, plain, timely, tt.plain, tt.timely)
		}
	}
}
