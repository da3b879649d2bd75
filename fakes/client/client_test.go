package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/reply"
)

// process is a process of fakes on real sockets, and its URL.
func process(t *testing.T, fakes ...api.Spec) string {
	t.Helper()
	server, err := control.New(control.Options{Fakes: fakes})
	if err != nil {
		t.Fatal(err)
	}
	at := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		server.Close()
		at.Close()
	})
	return at.URL
}

func dial(t *testing.T, url string) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDialRefuses(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	for url, want := range map[string]string{
		"":          `dial the fakes at "": want a URL`,
		"9990":      `want a URL such as`,
		"ftp://x":   `want a URL such as`,
		other.URL:   "answered 404 Not Found, and not by a process of fakes",
		"http://[:": "want a URL such as",
	} {
		if _, err := client.Dial(t.Context(), url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("dialling %q gives %v, want %s", url, err, want)
		}
	}
}

// failing is a test that notes its failure.
type failing struct {
	text     string
	cleanups []func()
}

func (f *failing) Helper()                           {}
func (f *failing) Cleanup(do func())                 { f.cleanups = append(f.cleanups, do) }
func (f *failing) Fatalf(format string, args ...any) { f.text += fmt.Sprintf(format, args...) }

func TestStartTFailsTheTestAndCleansUp(t *testing.T) {
	c := dial(t, process(t))
	f := &failing{}
	if s := c.StartT(f, api.Spec{Kind: "mimi"}); s != nil || !strings.Contains(f.text, `there is no kind "mimi"`) {
		t.Errorf("a wrong kind gives %v and %q", s, f.text)
	}
	f = &failing{}
	s := c.StartT(f, api.Spec{Kind: api.Mimir})
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond) // a quarter of it is for the answer
	defer cancel()
	_, _ = s.Fake("mimir").WaitFor(ctx, client.Samples("up", 1))
	if !strings.Contains(f.text, "wait for 1 samples of up: timed out") {
		t.Errorf("a wait in vain says %q", f.text)
	}
	if s.Fake("other") != nil || len(s.Fakes()) != 1 {
		t.Errorf("the session has %v", s.Fakes())
	}
	for _, do := range f.cleanups {
		do()
	}
	var gone *client.Error
	if _, err := s.Fake("mimir").State(t.Context()); !errors.As(err, &gone) || gone.Status != http.StatusNotFound {
		t.Errorf("after the test the fake says %v", err)
	}
}

func TestReadyWaits(t *testing.T) {
	server, err := control.New(control.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	asked := make(chan struct{}, 100)
	at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		if len(asked) < 3 {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		}
		server.Handler().ServeHTTP(w, r)
	}))
	defer at.Close()
	if err := client.Ready(t.Context(), at.URL); err != nil || len(asked) < 3 {
		t.Errorf("after %d questions it says %v", len(asked), err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, errors.New("enough"))
	defer cancel()
	if err := client.Ready(ctx, "http://127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "wait for the fakes: enough; the last try: dial the fakes") {
		t.Errorf("where nobody is it says %v", err)
	}
}

// The fakes of a process, used from a test: start some of one's own, let them fail, wait for decoded data.
func Example() {
	url := begin() // of `touchstone fakes --control 9990`, say http://127.0.0.1:9990
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c, err := client.Dial(ctx, url)
	if err != nil {
		panic(err)
	}
	s, err := c.Start(ctx, api.NewSession{TTL: "1m", Fakes: []api.Spec{{Kind: api.Pyroscope}}}) // in a test: c.StartT(t, ...)
	if err != nil {
		panic(err)
	}
	defer s.Close(ctx)
	p := s.Fake("pyroscope")
	if err := p.Replies().Then(ctx, reply.Status(503), reply.Error("unavailable", "try later", 0)); err != nil {
		panic(err)
	}

	for range 3 { // what is tested would do this
		response, err := http.Post(p.URL()+"/ingest?name=shop.cpu", "", strings.NewReader("main;work 3\n"))
		if err != nil {
			panic(err)
		}
		response.Body.Close()
		fmt.Println("answered", response.StatusCode)
	}

	found, err := p.WaitFor(ctx, client.Profiles(`{service_name="shop"}`, 1))
	if err != nil {
		panic(err) // and what came nearest
	}
	fmt.Println(found.Profiles[0].Labels, found.Profiles[0].SampleTypes, found.Profiles[0].Totals)
	refused, err := p.Requests(ctx, api.Filter{Status: "503"})
	fmt.Println(len(refused), "refused", err)
	// Output:
	// answered 503
	// answered 503
	// answered 200
	// process_cpu{service_name="shop"} [samples/count] [3]
	// 2 refused <nil>
}

// What a fake has seen is kept as a recording, and taken in by another.
func ExampleFake_Record() {
	ctx := context.Background()
	c, err := client.Dial(ctx, begin())
	if err != nil {
		panic(err)
	}
	s, err := c.Start(ctx, api.NewSession{Fakes: []api.Spec{{Kind: api.Exposition}, {Kind: api.Exposition, Name: "copy"}}})
	if err != nil {
		panic(err)
	}
	defer s.Close(ctx)
	response, err := http.Get(s.Fake("exposition").Endpoint())
	if err != nil {
		panic(err)
	}
	response.Body.Close()
	if _, err := s.Fake("exposition").WaitFor(ctx, client.Scrapes("", 1)); err != nil {
		panic(err)
	}
	var file bytes.Buffer
	if err := s.Fake("exposition").Record(ctx, &file, false); err != nil {
		panic(err)
	}
	n, err := s.Fake("copy").Load(ctx, &file)
	fmt.Println(n, err)
	// Output: 1 <nil>
}

// begin runs a process of fakes that lives as long as the examples.
func begin() string {
	server, err := control.New(control.Options{})
	if err != nil {
		panic(err)
	}
	return httptest.NewServer(server.Handler()).URL
}
