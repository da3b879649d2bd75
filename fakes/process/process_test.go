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

	"github.com/touchstone-telemetry/touchstone/fakes/exposition"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/pprof"
	"github.com/touchstone-telemetry/touchstone/fakes/pyroscope"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// session is a Run in progress, whose output is read line by line.
type session struct {
	t         *testing.T
	addresses map[string]string
	lines     *bufio.Reader
	stop      context.CancelFunc
	ended     chan error
}

func begin(t *testing.T, o Options) *session {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	in, out := io.Pipe()
	s := &session{t: t, lines: bufio.NewReader(in), stop: stop, ended: make(chan error, 1)}
	go func() {
		s.ended <- Run(ctx, o, out)
		out.Close()
	}()
	first, err := s.lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(<-s.ended)
	}
	if err := json.Unmarshal(first, &s.addresses); err != nil {
		t.Fatal(err)
	}
	return s
}

// expect reads the next line, which must match the pattern after the time.
func (s *session) expect(pattern string) {
	s.t.Helper()
	line, err := s.lines.ReadString('\n')
	if err != nil {
		s.t.Fatal(err)
	}
	if !regexp.MustCompile(`^\d\d:\d\d:\d\d\.\d{3}  ` + pattern + `\n$`).MatchString(line) {
		s.t.Errorf("printed %q, want %s", line, pattern)
	}
}

func (s *session) end() {
	s.t.Helper()
	s.stop()
	if err := <-s.ended; err != nil {
		s.t.Error(err)
	}
	for name, address := range s.addresses {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			s.t.Errorf("%s still listens", name)
		}
	}
}

func (s *session) send(method, url string, body []byte, header ...string) {
	s.t.Helper()
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	response.Body.Close()
}

func TestRunPrintsWhatArrives(t *testing.T) {
	s := begin(t, Options{
		Mimir:      &mimir.Options{Options: server.Options{Replies: "503 200"}},
		Pyroscope:  &pyroscope.Options{},
		Pprof:      &pprof.Options{Sources: map[string]pprof.Source{"/live": pprof.Live("goroutine")}},
		Exposition: &exposition.Options{},
	})
	defer s.end()

	push := "http://" + s.addresses["mimir"] + mimir.PushPath
	request := prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{
		Labels:  []prompb.Label{{Name: "__name__", Value: "up"}, {Name: "job", Value: "\x1b[31m"}},
		Samples: []prompb.Sample{{Value: 1.5, Timestamp: 1}},
	}}}
	message, err := request.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	s.send(http.MethodPost, push, snappy.Encode(nil, message), "X-Scope-OrgID", "one")
	s.expect(`mimir       503  samples  tenant=one  1 sample, 1 series, such as up\{job="\\x1b\[31m"\} 1\.5`)
	s.send(http.MethodPost, push, []byte("junk"))
	s.expect(`mimir       200  samples  not decoded: inflate snappy block: .*`)
	about, _ := (&prompb.WriteRequest{Metadata: []prompb.MetricMetadata{{MetricFamilyName: "up", Type: prompb.MetricMetadata_GAUGE, Help: "It is up."}}}).Marshal()
	s.send(http.MethodPost, push, snappy.Encode(nil, about))
	s.expect(`mimir       200  metadata  metadata of 1 metric, such as up: gauge, "It is up\."`)

	s.send(http.MethodPost, "http://"+s.addresses["pyroscope"]+"/ingest?name=shop.cpu", []byte("main;work 3\n"))
	s.expect(`pyroscope   200  profile  process_cpu\{service_name="shop"\} samples/count, 1 sample, 12 bytes`)
	s.send(http.MethodGet, "http://"+s.addresses["pprof"]+"/live?debug=0", nil)
	s.expect(`pprof       200  scrape  GET /live\?debug=0, \d+ bytes served`)
	s.send(http.MethodGet, "http://"+s.addresses["exposition"]+"/metrics", nil)
	s.expect(`exposition  200  scrape  GET /metrics, \d+ bytes served`)
}

func TestRunRefuses(t *testing.T) {
	if err := Run(t.Context(), Options{}, io.Discard); !errors.Is(err, errNone) {
		t.Errorf("without fakes the error is %v", err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	o := Options{Mimir: &mimir.Options{}, Pyroscope: &pyroscope.Options{Options: server.Options{Addr: taken.Addr().String()}}}
	err = Run(t.Context(), o, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "start fake pyroscope: ") || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("with a port in use the error is %v", err)
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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := func(string, string) (net.Listener, error) { return listener, nil }
	ended := make(chan error, 1)
	go func() {
		ended <- Run(t.Context(), Options{Mimir: &mimir.Options{Options: server.Options{Listen: listen}}}, &closed{})
	}()
	response, err := http.Get("http://" + listener.Addr().String() + "/ready")
	if err == nil {
		response.Body.Close()
	}
	select {
	case err := <-ended:
		if !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("goes on although nobody reads")
	}
}
