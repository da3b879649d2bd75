package adapter

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// impostor is the test binary as an agent of this kind that lacks pyroscope.scrape, and one setting of pyroscope.write.
func impostor() int {
	if os.Args[1] == "--version" {
		fmt.Println("alloy, version v1.2.3-devel (branch: x)")
		return 0
	}
	file := os.Args[len(os.Args)-1]
	text, err := os.ReadFile(file)
	if err != nil {
		return 2
	}
	config, err := river.Parse(file, text)
	if err != nil {
		return 1
	}
	if problems := complaints(file, config); problems != "" {
		fmt.Fprint(os.Stderr, problems)
		return 1
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	http.HandleFunc("/-/ready", func(http.ResponseWriter, *http.Request) {})
	for _, arg := range os.Args {
		if address, ok := strings.CutPrefix(arg, "--server.http.listen-addr="); ok {
			go http.ListenAndServe(address, nil)
		}
	}
	<-stop
	return 0
}

// complaints are in the words of the real ones: about components first, and about settings only when there is nothing to say of those.
func complaints(file string, config *river.File) string {
	var components, settings string
	for _, b := range config.Body.Blocks() {
		switch name := b.Name.Text; name {
		case "prometheus.scrape", "prometheus.remote_write", "pyroscope.write":
		default:
			components += fmt.Sprintf("Error: %s:%d:1: cannot find the definition of component name %q\n", file, b.Start().Line(), name)
		}
	}
	config.Body.Walk(func(around []*river.Block, s river.Statement) bool {
		if a, ok := s.(*river.Attribute); ok && (a.Name.Text == "retry_on_http_429" && len(around) == 2 || a.Name.Text == "nothing") {
			settings += fmt.Sprintf("Error: %s:%d:9: unrecognized attribute name %q\n", file, a.Start().Line(), a.Name.Text)
		}
		return true
	})
	if components != "" {
		return components
	}
	return settings
}

func TestProbeFindsOutWhatIsBuiltIn(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	a := &flow{flowKind: alloyKind, path: self}
	info, err := a.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := info.Validate(); err != nil {
		t.Error(err)
	}
	if info.Version != "1.2.3" || !info.Has(sut.CanWritePhlare) || info.Has(sut.CanScrapeProfiles) || info.Has(sut.CanScrapePhlare) || !info.Has(sut.CanBuffer) {
		t.Errorf("got %+v", info)
	}
	for name, want := range map[string]string{
		"agent_wal_samples_appended_total":                "prometheus_remote_write_wal_samples_appended_total",
		"prometheus_remote_storage_samples_retries_total": "prometheus_remote_storage_samples_retried_total",
		"phlare_fanout_latency_count":                     "pyroscope_fanout_latency_count",
	} {
		if info.Metrics[name] != want {
			t.Errorf("%s: got %q, want %q", name, info.Metrics[name], want)
		}
	}
	want := []string{"pyroscope.scrape > proxy_from_environment", deltaDuration, "pyroscope.write > endpoint > retry_on_http_429"}
	if slices.Sort(a.lacks); !slices.Equal(a.lacks, slices.Sorted(slices.Values(want))) {
		t.Errorf("lacks %q", a.lacks)
	}
	if _, err := (&flow{flowKind: agentKind, path: self}).Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "grafana-agent") {
		t.Errorf("another program: %v", err)
	}
}
