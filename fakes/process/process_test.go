package process

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// run is a Run in progress, whose output is read line by line.
type run struct {
	t         *testing.T
	addresses map[string]string
	lines     *bufio.Reader
	stop      context.CancelFunc
	ended     chan error
}

func begin(t *testing.T, config Config) *run {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	in, out := io.Pipe()
	r := &run{t: t, lines: bufio.NewReader(in), stop: stop, ended: make(chan error, 1)}
	go func() {
		r.ended <- Run(ctx, Options{Config: config}, out)
		out.Close()
	}()
	first, err := r.lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(<-r.ended)
	}
	if err := json.Unmarshal(first, &r.addresses); err != nil {
		t.Fatal(err)
	}
	return r
}

// expect reads the next line, which must match the pattern after the time.
func (r *run) expect(pattern string) {
	r.t.Helper()
	line, err := r.lines.ReadString('\n')
	if err != nil {
		r.t.Fatal(err)
	}
	if !regexp.MustCompile(`^\d\d:\d\d:\d\d\.\d{3}  ` + pattern + `\n$`).MatchString(line) {
		r.t.Errorf("printed %q, want %s", line, pattern)
	}
}

func (r *run) end() {
	r.t.Helper()
	r.stop()
	if err := <-r.ended; err != nil {
		r.t.Error(err)
	}
	for name, address := range r.addresses {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			r.t.Errorf("%s still listens", name)
		}
	}
}

func (r *run) send(method, url string, body []byte, header ...string) {
	r.t.Helper()
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	response.Body.Close()
}

func TestRunPrintsWhatArrives(t *testing.T) {
	live := &api.Serve{Profiles: []api.ServedProfile{{Path: "/live", Live: "goroutine"}}}
	r := begin(t, Config{Fakes: []api.Spec{{Kind: api.Mimir, Script: "503 200"}, {Kind: api.Pyroscope}, {Kind: api.Pprof, Serve: live}, {Kind: api.Exposition}}})
	defer r.end()

	push := "http://" + r.addresses["mimir"] + "/api/v1/push"
	request := prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{
		Labels:  []prompb.Label{{Name: "__name__", Value: "up"}, {Name: "job", Value: "\x1b[31m"}},
		Samples: []prompb.Sample{{Value: 1.5, Timestamp: 1}},
	}}}
	message, err := request.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	r.send(http.MethodPost, push, snappy.Encode(nil, message), "X-Scope-OrgID", "one")
	r.expect(`mimir       503  samples  tenant=one  1 sample, 1 series, such as up\{job="\\x1b\[31m"\} 1\.5`)
	r.send(http.MethodPost, push, []byte("junk"))
	r.expect(`mimir       200  samples  not decoded: inflate snappy block: .*`)
	about, _ := (&prompb.WriteRequest{Metadata: []prompb.MetricMetadata{{MetricFamilyName: "up", Type: prompb.MetricMetadata_GAUGE, Help: "It is up."}}}).Marshal()
	r.send(http.MethodPost, push, snappy.Encode(nil, about))
	r.expect(`mimir       200  metadata  metadata of 1 metric, such as up: gauge, "It is up\."`)

	r.send(http.MethodPost, "http://"+r.addresses["pyroscope"]+"/ingest?name=shop.cpu", []byte("main;work 3\n"))
	r.expect(`pyroscope   200  profile  process_cpu\{service_name="shop"\} samples/count, 1 sample, 12 bytes`)
	r.send(http.MethodGet, "http://"+r.addresses["pprof"]+"/live?debug=0", nil)
	r.expect(`pprof       200  scrape  GET /live\?debug=0, \d+ bytes served`)
	r.send(http.MethodGet, "http://"+r.addresses["exposition"]+"/metrics", nil)
	r.expect(`exposition  200  scrape  GET /metrics, \d+ bytes served`)
}

func TestRunPrintsTheSeed(t *testing.T) {
	r := begin(t, Config{Fakes: []api.Spec{{Kind: api.Mimir}, {Kind: api.Mimir, Name: "odd", Script: "seed: 7; 503* chance=5%"}}})
	defer r.end()
	line, err := r.lines.ReadString('\n')
	if want := "odd draws replies by chance: write \"seed: 7\" into its script to have the same again\n"; err != nil || line != want {
		t.Errorf("printed %q, %v", line, err)
	}
}

// TestRunEndsWhileSomebodyWaits ends the process while calls to its API are open.
func TestRunEndsWhileSomebodyWaits(t *testing.T) {
	r := begin(t, Config{Quiet: true, Fakes: []api.Spec{{Kind: api.Mimir}}})
	c, err := client.Dial(t.Context(), "http://"+r.addresses[ControlName])
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Fake(t.Context(), "mimir")
	if err != nil {
		t.Fatal(err)
	}
	waited, streamed := make(chan error, 1), make(chan error, 1)
	events := make(chan struct{}, 100)
	go func() {
		_, err := m.WaitFor(t.Context(), client.Samples("up", 1))
		waited <- err
	}()
	go func() {
		streamed <- c.Events(t.Context(), client.EventOptions{}, func(api.Event) error { events <- struct{}{}; return nil })
	}()
	for seen := false; !seen; {
		if err := m.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		select {
		case <-events:
			seen = true
		case <-time.After(time.Millisecond):
		}
	}
	r.end()
	if err := <-waited; err == nil || !strings.Contains(err.Error(), "the fake was closed") {
		t.Errorf("the wait ends with %v", err)
	}
	if err := <-streamed; err == nil {
		t.Error("the stream ends without a word")
	}
}

func TestRunRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	one := []api.Spec{{Kind: api.Mimir}}
	for name, test := range map[string]struct {
		config Config
		want   string
	}{
		"no fakes":            {Config{}, errNone.Error()},
		"a port in use":       {Config{Fakes: []api.Spec{{Kind: api.Mimir}, {Kind: api.Pyroscope, Addr: taken.Addr().String()}}}, "start fake pyroscope: "},
		"control port in use": {Config{Control: taken.Addr().String(), Fakes: one}, "start the control API at "},
		"the same port":       {Config{Control: "9009", Fakes: []api.Spec{{Kind: api.Mimir, Addr: "0.0.0.0:9009"}}}, "a mimir has the same port 9009"},
		"beyond loopback":     {Config{Control: "0.0.0.0:0", Fakes: one}, "that is not loopback"},
		"a name beyond it":    {Config{Control: "example.test:0", Fakes: one}, "that is not loopback"},
		"no address":          {Config{Control: "a:b:c", Fakes: one}, "want host:port or a port"},
		"its name taken":      {Config{Fakes: []api.Spec{{Kind: api.Mimir, Name: "control"}}}, `a fake may not be called "control"`},
	} {
		err := Run(t.Context(), Options{Config: test.config}, io.Discard)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: the error is %v, want %s", name, err, test.want)
		}
	}
	if err := Run(t.Context(), Options{Config: Config{}}, io.Discard); !errors.Is(err, errNone) {
		t.Errorf("without fakes the error is %v", err)
	}
}

// closed is an output that somebody closed after the addresses.
type closed struct{ lines int }

func (c *closed) Write(p []byte) (int, error) {
	if c.lines++; c.lines > 1 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestRunEndsWhenNobodyReads(t *testing.T) {
	addresses := make(chan string, 2)
	listen := func(network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		if err == nil {
			addresses <- l.Addr().String()
		}
		return l, err
	}
	ended := make(chan error, 1)
	go func() {
		ended <- Run(t.Context(), Options{Config: Config{Fakes: []api.Spec{{Kind: api.Mimir}}}, Listen: listen}, &closed{})
	}()
	<-addresses // of the control API
	at := <-addresses
	for {
		response, err := http.Get("http://" + at + "/ready")
		if err == nil {
			response.Body.Close()
		}
		select {
		case err := <-ended:
			if !errors.Is(err, io.ErrClosedPipe) {
				t.Errorf("it ended with %v", err)
			}
			return
		case <-time.After(5 * time.Millisecond): // the line of a request before may not have been printed yet
		}
	}
}
