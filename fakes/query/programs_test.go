package query_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/query/metrics"
)

// page is what the programs read and push.
const page = `# HELP requests_total How many requests there were.
# TYPE requests_total counter
requests_total{code="200",path="/a\"b"} 42
requests_total{code="500",path="/"} 3
# TYPE temperature gauge
temperature -0.0000001
# TYPE latency_seconds histogram
latency_seconds_bucket{le="0.5"} 3
latency_seconds_bucket{le="+Inf"} 4
latency_seconds_sum 2.5
latency_seconds_count 4
`

// pushed is what of the page must be there in the end.
var pushed = map[string]float64{
	`requests_total{code="200",path="/a\"b"}`: 42,
	`requests_total{code="500"}`:              3,
	`temperature`:                             -1e-7,
	`latency_seconds_bucket{le=~"0[.]5"}`:     3,
	`latency_seconds_bucket{le="+Inf"}`:       4,
	`latency_seconds_sum`:                     2.5,
	`latency_seconds_count`:                   4,
}

// program is one that pushes. A test looks for it where its variable says, in the folder that make puts it in, and in PATH.
type program struct {
	name     string
	binary   string
	variable string
	get      string // how to get it
	// needs is a command line that must print this text, for programs that learned to push late.
	needs, prints string
	run           func(*testing.T, place)
}

// place is what a program is started with.
type place struct {
	binary, folder, target, to string
}

// folders are where make puts programs. CI has made both, so a test that misses one fails there in place of skipping itself.
var folders = map[string]string{"make agents": "bin/agents/usr/bin", "make peers": "bin/peers"}

var programs = []program{
	{name: "prometheus", binary: "prometheus", variable: "TOUCHSTONE_PROMETHEUS", get: "make agents", run: runPrometheus},
	{name: "vmagent", binary: "vmagent", variable: "TOUCHSTONE_VMAGENT", get: "make agents", run: runVmagent},
	{name: "promtool", binary: "promtool", variable: "TOUCHSTONE_PROMTOOL", get: "make peers", needs: "push --help", prints: "metrics", run: runPromtool},
	{name: "otelcol", binary: "otelcol", variable: "TOUCHSTONE_OTELCOL", get: "make peers", run: runCollector},
}

// TestPrograms lets real programs push to the fake, and reads back exactly what they sent. Prometheus takes five seconds before it scrapes.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("starting real programs takes seconds: not with -short")
	}
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			binary := p.find(t)
			target := exposition.StartT(t, exposition.Options{Pages: []exposition.Page{{Text: page}}})
			m := metrics.StartT(t)
			p.run(t, place{binary, t.TempDir(), strings.TrimPrefix(target.URL(), "http://"), m.PushURL()})
			m.Down() // waits for the last request
			if err := m.Up(); err != nil {
				t.Fatal(err)
			}
			if n := checkSent(t, m, "").samples(); n < len(pushed) {
				t.Errorf("only %d samples were sent", n)
			}
			for selector, want := range pushed {
				if got := metrics.Value(t, m, "last_over_time("+selector+"[1h])"); got != want {
					t.Errorf("%s is %v, want %v", selector, got, want)
				}
			}
		})
	}
}

// find looks for the program, and without one that will do skips the test, aloud. In CI it fails.
func (p program) find(t *testing.T) string {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") != "" {
		missing = t.Fatalf
	}
	path := os.Getenv(p.variable)
	if path == "" {
		path, _ = filepath.Abs(filepath.Join("../..", folders[p.get], p.binary))
		if _, err := os.Stat(path); err != nil {
			path, _ = exec.LookPath(p.binary)
		}
	}
	if path == "" {
		missing("there is no %s here: %s, or set %s to its path", p.binary, p.get, p.variable)
	}
	if p.needs != "" {
		help, _ := exec.Command(path, strings.Fields(p.needs)...).CombinedOutput() // old ones print their help and fail
		if !strings.Contains(string(help), p.prints) {
			missing("%s cannot do this: %s, or set %s to the path of one that can", path, p.get, p.variable)
		}
	}
	return path
}

// waitPushed returns when the fake holds a sample of the last metric of the page.
func waitPushed(t *testing.T, to string) {
	t.Helper()
	base := strings.TrimSuffix(to, mimir.PushPath)
	eventually(t, "the page has arrived", func() bool {
		response, err := http.Get(base + "/prometheus/api/v1/query?query=count(latency_seconds_count)%2Bcount(temperature)%2Bcount(requests_total)")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return strings.Contains(string(body), `"4"]`)
	})
}

// eventually asks again and again, as somebody does who knows a program only from outside.
func eventually(t *testing.T, what string, yes func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !yes(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// runUntil runs a program until ready returns, and shows what it said if the test fails.
func runUntil(t *testing.T, ready func(), binary string, args ...string) {
	t.Helper()
	var output bytes.Buffer
	command := exec.Command(binary, args...)
	command.Stdout, command.Stderr = &output, &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(binary), output.String())
		}
	}()
	ready()
}

func writeFile(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const scrapeConfig = `
scrape_configs:
  - job_name: page
    scrape_interval: 200ms
    scrape_timeout: 200ms
    static_configs: [{targets: [%q]}]
`

func runPrometheus(t *testing.T, p place) {
	file := writeFile(t, p.folder, "prometheus.yml", fmt.Sprintf(scrapeConfig, p.target)+
		fmt.Sprintf("remote_write: [{url: %q, queue_config: {batch_send_deadline: 100ms}}]\n", p.to))
	agent := "--agent" // version 3; version 2 calls it a feature
	if help, _ := exec.Command(p.binary, "--help").CombinedOutput(); !strings.Contains(string(help), "--[no-]agent ") {
		agent = "--enable-feature=agent"
	}
	runUntil(t, func() { waitPushed(t, p.to) }, p.binary, agent, "--config.file="+file,
		"--storage.agent.path="+filepath.Join(p.folder, "data"), "--web.listen-address=127.0.0.1:0")
}

func runVmagent(t *testing.T, p place) {
	file := writeFile(t, p.folder, "scrape.yml", fmt.Sprintf(scrapeConfig, p.target))
	runUntil(t, func() { waitPushed(t, p.to) }, p.binary, "-promscrape.config="+file, "-remoteWrite.url="+p.to, "-remoteWrite.flushInterval=100ms",
		"-remoteWrite.tmpDataPath="+filepath.Join(p.folder, "data"), "-httpListenAddr=127.0.0.1:0")
}

// runPromtool pushes in version 1.0. For 2.0, promtool 3.15 announces a message of 2.0 and sends one of 1.0, of which nothing can be read.
func runPromtool(t *testing.T, p place) {
	file := writeFile(t, p.folder, "page", page)
	output, err := exec.Command(p.binary, "push", "metrics", p.to, file).CombinedOutput()
	if err != nil {
		t.Fatalf("promtool: %v\n%s", err, output)
	}
}

const collectorConfig = `
receivers: {otlp: {protocols: {http: {endpoint: %q}}}}
exporters: {prometheusremotewrite: {endpoint: %q, add_metric_suffixes: false}}
service:
  telemetry: {metrics: {level: none}}
  pipelines: {metrics: {receivers: [otlp], exporters: [prometheusremotewrite]}}
`

// runCollector sends the page's numbers as OTLP, in JSON.
func runCollector(t *testing.T, p place) {
	address := freeAddress(t)
	file := writeFile(t, p.folder, "collector.yml", fmt.Sprintf(collectorConfig, address, p.to))
	now := fmt.Sprint(time.Now().UnixNano())
	body := strings.ReplaceAll(otlp, "NOW", now)
	runUntil(t, func() {
		eventually(t, "the collector takes metrics", func() bool {
			response, err := http.Post("http://"+address+"/v1/metrics", "application/json", strings.NewReader(body))
			if err != nil {
				return false
			}
			response.Body.Close()
			return response.StatusCode == http.StatusOK
		})
		waitPushed(t, p.to)
	}, p.binary, "--config="+file)
}

// otlp is the page in OTLP.
const otlp = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
{"name":"requests_total","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[
 {"timeUnixNano":"NOW","asDouble":42,"attributes":[{"key":"code","value":{"stringValue":"200"}},{"key":"path","value":{"stringValue":"/a\"b"}}]},
 {"timeUnixNano":"NOW","asInt":"3","attributes":[{"key":"code","value":{"stringValue":"500"}},{"key":"path","value":{"stringValue":"/"}}]}]}},
{"name":"temperature","gauge":{"dataPoints":[{"timeUnixNano":"NOW","asDouble":-0.0000001}]}},
{"name":"latency_seconds","histogram":{"aggregationTemporality":2,"dataPoints":[
 {"timeUnixNano":"NOW","count":"4","sum":2.5,"bucketCounts":["3","1"],"explicitBounds":[0.5]}]}}
]}]}]}`

// freeAddress is one that nobody listens at: the collector does not tell which it chose.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestPromtoolQueries: what promtool asks is answered, the old one of Debian and a new one.
func TestPromtoolQueries(t *testing.T) {
	for _, get := range []string{"make agents", "make peers"} {
		t.Run(get, func(t *testing.T) {
			queryByPromtool(t, program{binary: "promtool", variable: "TOUCHSTONE_PROMTOOL", get: get}.find(t))
		})
	}
}

func queryByPromtool(t *testing.T, binary string) {
	t.Helper()
	m := metrics.StartT(t)
	if _, err := store(t, m, "prometheus.WriteRequest", versionOne()); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	server := m.URL() + "/prometheus"
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"instant", server, "sum(requests_total)"}, "{} => 42 @"},
		{[]string{"range", "--start=" + now.Add(-time.Minute).Format(time.RFC3339), "--end=" + now.Add(time.Second).Format(time.RFC3339), "--step=1s", server, "temperature"}, `-1e-07 @`},
		{[]string{"series", "--match=requests_total", server}, `{__name__="requests_total", code="200"}`},
		{[]string{"labels", server, "code"}, "200"},
		{[]string{"instant", server, "sum("}, "parse error"},
	} {
		output, _ := exec.Command(binary, append([]string{"query"}, test.args...)...).CombinedOutput()
		if !strings.Contains(strings.ReplaceAll(string(output), "-0.0000001 @", "-1e-07 @"), test.want) {
			t.Errorf("promtool query %s printed\n%s\nwant %s", test.args, output, test.want)
		}
	}
}
