package page_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/page"
	"github.com/touchstone-telemetry/touchstone/fakes/query"
)

// process is a process of fakes with its control port, as a browser meets it.
type process struct {
	t       *testing.T
	options control.Options
	addr    string
	control *control.Server
	http    *http.Server
	served  chan struct{}
}

// startProcess runs fakes; without any it is a mimir and a pyroscope.
func startProcess(t *testing.T, fakes ...api.Spec) *process {
	t.Helper()
	if len(fakes) == 0 {
		fakes = []api.Spec{{Kind: api.Mimir}, {Kind: api.Pyroscope}}
	}
	p := &process{t: t, options: control.Options{Fakes: fakes, Page: page.Handler(), Query: query.Linked()}, addr: "127.0.0.1:0"}
	p.start()
	t.Cleanup(p.stop)
	return p
}

func (p *process) start() {
	p.t.Helper()
	server, err := control.New(p.options)
	if err != nil {
		p.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.control, p.addr = server, listener.Addr().String()
	p.http, p.served = &http.Server{Handler: server.Handler()}, make(chan struct{})
	go func() {
		defer close(p.served)
		_ = p.http.Serve(listener)
	}()
}

func (p *process) stop() {
	_ = p.http.Close()
	<-p.served
	p.control.Close()
}

// fakeURL is where a fake listens.
func (p *process) fakeURL(id string) string {
	for _, f := range p.control.Fakes() {
		if f.ID == id {
			return f.URL
		}
	}
	p.t.Fatalf("there is no fake %s", id)
	return ""
}

func (p *process) pageURL() string { return "http://" + p.addr + "/" }

// open shows the page at a place, in a tab of this size, and waits until it is live.
func (p *process) open(place string, width, height int64) context.Context {
	p.t.Helper()
	ctx := newTab(p.t, width, height)
	run(p.t, ctx, chromedp.Navigate(p.pageURL()+place))
	until(p.t, ctx, `document.querySelector("#link")?.dataset.state === "live"`)
	return ctx
}

// post sends a body and wants no particular answer; an error of the network is part of some scripts.
func post(url, contentType string, header http.Header, body []byte) (int, error) {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", contentType)
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// mustPut sends a text and wants it taken.
func mustPut(t *testing.T, url, body string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPut, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/plain")
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.Body.Close() != nil || response.StatusCode != 200 {
		t.Fatalf("PUT %s: %v, %v", url, response, err)
	}
}

// mustGet gives a body.
func mustGet(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 {
		t.Fatalf("GET %s: %d, %v", url, response.StatusCode, err)
	}
	return string(body)
}

// mustPost wants this status.
func mustPost(t *testing.T, status int, url, contentType string, header http.Header, body []byte) {
	t.Helper()
	if got, err := post(url, contentType, header, body); err != nil || got != status {
		t.Fatalf("POST %s: status %d, %v; want %d", url, got, err, status)
	}
}

// pushProfile sends folded stacks to a fake pyroscope.
func (p *process) pushProfile(name string, stacks ...string) {
	p.t.Helper()
	now := time.Now().Unix()
	url := fmt.Sprintf("%s/ingest?name=%s&from=%d&until=%d&format=folded", p.fakeURL("pyroscope"), name, now-10, now)
	mustPost(p.t, 200, url, "text/plain", nil, []byte(strings.Join(stacks, "\n")+"\n"))
}

// pushMetrics sends series to a fake mimir and gives the status; 0 when there was no answer.
func (p *process) pushMetrics(tenant string, series ...prompb.TimeSeries) int {
	p.t.Helper()
	message, err := (&prompb.WriteRequest{Timeseries: series}).Marshal()
	if err != nil {
		p.t.Fatal(err)
	}
	header := http.Header{"Content-Encoding": {"snappy"}}
	if tenant != "" {
		header.Set("X-Scope-OrgID", tenant)
	}
	status, _ := post(p.fakeURL("mimir")+"/api/v1/push", "application/x-protobuf", header, snappy.Encode(nil, message)) // no answer may be what was scripted
	return status
}

// sampled is a series with values that came a second after another.
func sampled(set labels.Labels, values ...float64) prompb.TimeSeries {
	one := prompb.TimeSeries{Labels: prompb.FromLabels(set, nil)}
	for i, v := range values {
		one.Samples = append(one.Samples, prompb.Sample{Timestamp: 1_700_000_000_000 + int64(i)*1000, Value: v})
	}
	return one
}
