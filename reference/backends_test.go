package reference_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/touchstone-telemetry/touchstone/reference"
)

// pyroscopeURL is the variable with the base URL of a real Pyroscope.
const pyroscopeURL = "TOUCHSTONE_PYROSCOPE_URL"

// tenant is who pushes and reads, for servers that ask.
const tenant = "touchstone"

// backend returns the URL in a variable, without slashes at its end.
func backend(t *testing.T, variable string) string {
	t.Helper()
	base := strings.TrimRight(os.Getenv(variable), "/")
	if base == "" {
		t.Skipf("not run: set %s to the base URL of such a server", variable)
	}
	return base
}

// runAgainst runs an agent on real sockets until what it reads has been asked for n times, then stops it, which sends what is
// left.
func runAgainst(t *testing.T, config string, asked *atomic.Int64, n int64) {
	t.Helper()
	agent, err := reference.New(reference.Config{
		ConfigPath: "config", ReadConfig: func() ([]byte, error) { return []byte(config), nil },
		StoragePath: t.TempDir(), ListenAddr: "127.0.0.1:0",
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- agent.Run(ctx) }()
	for asked.Load() < n && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond) // the agent runs on the clock of the machine
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if asked.Load() < n {
		t.Fatalf("the agent has scraped %d times within a minute, want %d", asked.Load(), n)
	}
}

// metricsBackend is a server that takes remote write and answers PromQL.
type metricsBackend struct {
	name, variable string
	// write and api follow the base URL.
	write, api string
	// messages are the remote write messages that it takes.
	messages []string
}

func metricsBackends() []metricsBackend {
	one, two := "prometheus.WriteRequest", "io.prometheus.write.v2.Request"
	return []metricsBackend{
		{"mimir", "TOUCHSTONE_MIMIR_URL", "/api/v1/push", "/prometheus/api/v1/", []string{one, two}},
		{"prometheus", "TOUCHSTONE_PROMETHEUS_URL", "/api/v1/write", "/api/v1/", []string{one}}, // 2.0 from version 3 on only
		{"victoriametrics", "TOUCHSTONE_VICTORIAMETRICS_URL", "/api/v1/write", "/api/v1/", []string{one}},
	}
}

// TestRealMetricsBackends pushes samples to a server and reads each of them back.
func TestRealMetricsBackends(t *testing.T) {
	for _, b := range metricsBackends() {
		for _, message := range b.messages {
			t.Run(b.name+"/"+message, func(t *testing.T) { b.pushAndRead(t, message) })
		}
	}
}

func (b metricsBackend) pushAndRead(t *testing.T, message string) {
	base := backend(t, b.variable)
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	var scrapes atomic.Int64
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := scrapes.Add(1)
		fmt.Fprintf(w, "touchstone_probe{kind=\"count\"} %d\ntouchstone_probe{kind=\"text\",text=\"a \\\"b\\\" \\\\ ü\"} %g\n", n, -0.5*float64(n))
	}))
	defer app.Close()
	runAgainst(t, fmt.Sprintf(`
prometheus.scrape "probe" {
  targets         = [{"__address__" = %q, "run" = %q}]
  scrape_interval = "1s"
  scrape_timeout  = "1s"
  forward_to      = [prometheus.remote_write.real.receiver]
}
prometheus.remote_write "real" {
  external_labels = {site = "here"}
  endpoint {
    url              = %q
    headers          = {"X-Scope-OrgID" = %q}
    protobuf_message = %q
    queue_config { batch_send_deadline = "100ms" }
  }
}
`, strings.TrimPrefix(app.URL, "http://"), run, base+b.write, tenant, message), &scrapes, 5)
	expectSamples(t, base+b.api, run, strings.TrimPrefix(app.URL, "http://"), int(scrapes.Load()))
}

// expectSamples waits until a server whose query API begins with api has both series with one sample for each scrape, in order, and with all labels.
func expectSamples(t *testing.T, api, run, instance string, scrapes int) {
	t.Helper()
	labels := fmt.Sprintf("instance=%s job=prometheus.scrape.probe kind=%%s run=%s site=here", instance, run)
	want := []string{
		fmt.Sprintf(labels, "count") + values(scrapes, 1),
		fmt.Sprintf(labels, "text") + ` text=a "b" \ ü` + values(scrapes, -0.5),
	}
	var got []string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if got = rawSamples(t, api, fmt.Sprintf(`touchstone_probe{run=%q}[5m]`, run)); slices.Equal(got, want) {
			return
		}
	}
	t.Errorf("the server has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
}

func values(n int, step float64) string {
	var b strings.Builder
	b.WriteString(":")
	for i := range n {
		fmt.Fprintf(&b, " %g", step*float64(i+1))
	}
	return b.String()
}

// rawSamples asks for the samples of a selector as they were stored: a line of labels and values for each series. The end of
// a series is left out, for the two servers show it differently.
func rawSamples(t *testing.T, api, selector string) []string {
	t.Helper()
	query, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api+"query?nocache=1&query="+url.QueryEscape(selector), nil)
	if err != nil {
		t.Fatal(err)
	}
	query.Header.Set("X-Scope-OrgID", tenant)
	resp, err := http.DefaultClient.Do(query)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Values [][2]any
			}
		}
	}
	text, _ := io.ReadAll(resp.Body)
	if err := json.Unmarshal(text, &answer); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the query was answered %s: %s", resp.Status, text)
	}
	var lines []string
	for _, series := range answer.Data.Result {
		var set []string
		for name, value := range series.Metric {
			if name != "__name__" {
				set = append(set, name+"="+value)
			}
		}
		slices.Sort(set)
		line := strings.Join(set, " ") + ":"
		for _, v := range series.Values {
			if v[1] != "NaN" {
				line += fmt.Sprint(" ", v[1])
			}
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// TestRealPyroscope pushes profiles to a server and reads their sum back.
func TestRealPyroscope(t *testing.T) {
	base := backend(t, pyroscopeURL)
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	var scrapes atomic.Int64
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		scrapes.Add(1)
		w.Write(probeProfile(t))
	}))
	defer app.Close()
	began := time.Now()
	runAgainst(t, fmt.Sprintf(`
pyroscope.scrape "probe" {
  targets         = [{"__address__" = %q, "run" = %q, "service_name" = "touchstone_probe"}]
  scrape_interval = "500ms"
  forward_to      = [pyroscope.write.real.receiver]
  profiling_config {
    profile.memory { enabled = false }
    profile.block { enabled = false }
    profile.mutex { enabled = false }
    profile.process_cpu { enabled = false }
  }
}
pyroscope.write "real" {
  endpoint {
    url     = %q
    headers = {"X-Scope-OrgID" = %q}
  }
}
`, strings.TrimPrefix(app.URL, "http://"), run, base, tenant), &scrapes, 3)
	want := strconv.FormatInt(probeTotal*scrapes.Load(), 10)
	var got string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline) && got != want; time.Sleep(200 * time.Millisecond) {
		got = profileTotal(t, base, fmt.Sprintf(`{service_name="touchstone_probe", run=%q}`, run), began)
	}
	if got != want {
		t.Errorf("the server has profiles of %s goroutines together, want %s", got, want)
	}
}

// probeTotal is the sum of the values in a probeProfile.
const probeTotal = 1 + 2 + 4

func probeProfile(t *testing.T) []byte {
	count := &profile.ValueType{Type: "goroutine", Unit: "count"}
	p := &profile.Profile{SampleType: []*profile.ValueType{count}, PeriodType: count, Period: 1, TimeNanos: time.Now().UnixNano()}
	for i, value := range []int64{1, 2, 4} {
		f := &profile.Function{ID: uint64(i + 1), Name: fmt.Sprintf("probe.f%d", i)}
		l := &profile.Location{ID: uint64(i + 1), Line: []profile.Line{{Function: f, Line: 1}}}
		p.Function, p.Location = append(p.Function, f), append(p.Location, l)
		p.Sample = append(p.Sample, &profile.Sample{Location: []*profile.Location{l}, Value: []int64{value}})
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Error(err)
	}
	return b.Bytes()
}

// profileTotal asks the querier for the merged flame graph since a time, and returns its total.
func profileTotal(t *testing.T, base, selector string, since time.Time) string {
	t.Helper()
	question, err := json.Marshal(map[string]any{
		"profileTypeID": "goroutine:goroutine:count:goroutine:count", "labelSelector": selector,
		"start": since.Add(-time.Minute).UnixMilli(), "end": time.Now().Add(time.Minute).UnixMilli(),
	})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, base+"/querier.v1.QuerierService/SelectMergeStacktraces", bytes.NewReader(question))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Scope-OrgID", tenant) // a server with one tenant does not look at it
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	var answer struct{ Flamegraph struct{ Total json.Number } }
	if err := json.Unmarshal(text, &answer); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the query was answered %s: %s", resp.Status, text)
	}
	return answer.Flamegraph.Total.String()
}
