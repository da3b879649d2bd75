package control_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/golang/snappy"
	"github.com/google/jsonschema-go/jsonschema"
	"github.com/prometheus/prometheus/prompb"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/control"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
)

// host is where the control API of a test listens.
const host = "control.test:80"

// world is a process of fakes in memory, with a client.
type world struct {
	*testing.T
	net      *memnet.Network
	server   *control.Server
	client   *client.Client
	contract *contract
	data     *http.Client // speaks to the fakes
}

// inMemory plays a test in virtual time against fakes in memory.
func inMemory(t *testing.T, o control.Options, play func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		o.Listen, o.Dial, o.Hosts = n.Listen, n.Dial, []string{"control.test"}
		server, err := control.New(o)
		if err != nil {
			t.Fatal(err)
		}
		listener, err := n.Listen("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		serving := &http.Server{Handler: server.Handler()}
		go func() { _ = serving.Serve(listener) }()
		transport := &http.Transport{DialContext: n.Dial}
		w := &world{T: t, net: n, server: server, contract: newContract(t, transport), data: &http.Client{Transport: transport}}
		defer func() {
			server.Close()
			_ = serving.Shutdown(context.Background())
			transport.CloseIdleConnections()
		}()
		if w.client, err = client.Dial(t.Context(), "http://"+host, client.Options{Transport: w.contract}); err != nil {
			t.Fatal(err)
		}
		play(w)
	})
}

// fake is a fake by its id.
func (w *world) fake(id string) *client.Fake {
	w.Helper()
	f, err := w.client.Fake(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	return f
}

// must ends the test at an error.
func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// send sends a request to a fake and returns the status and the body answered.
func (w *world) send(method, url string, body []byte, header ...string) (int, string) {
	w.Helper()
	status, text, err := w.try(method, url, body, header...)
	if err != nil {
		w.Fatal(err)
	}
	return status, text
}

func (w *world) try(method, url string, body []byte, header ...string) (int, string, error) {
	request, err := http.NewRequestWithContext(w.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := w.data.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return response.StatusCode, string(data), err
}

// push writes one sample of a series with the labels __name__ and job.
func (w *world) push(f *client.Fake, name, job string, header ...string) int {
	w.Helper()
	status, _ := w.send(http.MethodPost, f.Endpoint(), write(w.T, name, job),
		append([]string{"Content-Type", "application/x-protobuf", "Content-Encoding", "snappy"}, header...)...)
	return status
}

func write(t *testing.T, name, job string) []byte {
	t.Helper()
	message, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{
		Labels:  []prompb.Label{{Name: "__name__", Value: name}, {Name: "job", Value: job}},
		Samples: []prompb.Sample{{Value: 1.5, Timestamp: 1000}},
	}}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return snappy.Encode(nil, message)
}

// contract holds every call to the OpenAPI document: its path, method, parameters and status, and both bodies.
type contract struct {
	t    *testing.T
	next http.RoundTripper

	document map[string]any
	paths    map[*regexp.Regexp]string

	mu     sync.Mutex // guards played
	played map[string]bool
}

func newContract(t *testing.T, next http.RoundTripper) *contract {
	t.Helper()
	source, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{t: t, next: next, paths: map[*regexp.Regexp]string{}, played: map[string]bool{}}
	text := strings.ReplaceAll(string(source), "#/components/schemas/", "#/$defs/")
	if err := json.Unmarshal([]byte(text), &c.document); err != nil {
		t.Fatal(err)
	}
	for path := range c.document["paths"].(map[string]any) {
		pattern := regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
		c.paths[regexp.MustCompile("^"+pattern+"$")] = path
	}
	return c
}

// RoundTrip sends a request and checks both ways. What is refused may be what the document forbids.
func (c *contract) RoundTrip(request *http.Request) (*http.Response, error) {
	var sent []byte
	if request.Body != nil {
		sent, _ = io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(sent))
	}
	response, err := c.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	operation := c.operation(request)
	if operation == nil {
		if response.StatusCode < 400 {
			c.t.Errorf("%s %s is answered %d, and not in openapi.json", request.Method, request.URL.Path, response.StatusCode)
		}
		return response, nil
	}
	if response.StatusCode/100 == 2 {
		c.checkSent(request, operation, sent)
	}
	c.checkAnswer(request, operation, response)
	return response, nil
}

func (c *contract) operation(request *http.Request) map[string]any {
	for pattern, path := range c.paths {
		methods := c.document["paths"].(map[string]any)[path].(map[string]any)
		if operation, ok := methods[strings.ToLower(request.Method)].(map[string]any); ok && pattern.MatchString(request.URL.EscapedPath()) {
			c.mu.Lock()
			c.played[request.Method+" "+path] = true
			c.mu.Unlock()
			return operation
		}
	}
	return nil
}

func (c *contract) checkSent(request *http.Request, operation map[string]any, sent []byte) {
	body, ok := operation["requestBody"].(map[string]any)
	if !ok {
		if len(sent) > 0 {
			c.t.Errorf("%s %s takes no body by openapi.json", request.Method, request.URL.Path)
		}
		return
	}
	c.checkBody(request, body["content"], request.Header.Get("Content-Type"), sent)
}

func (c *contract) checkAnswer(request *http.Request, operation map[string]any, response *http.Response) {
	answers := operation["responses"].(map[string]any)
	answer, ok := answers[fmt.Sprint(response.StatusCode)].(map[string]any)
	if !ok && response.StatusCode < 400 {
		c.t.Errorf("%s %s: status %d is not in openapi.json", request.Method, request.URL.Path, response.StatusCode)
		return
	}
	if !ok {
		answer = c.document["components"].(map[string]any)["responses"].(map[string]any)["Error"].(map[string]any)
	}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		return // it does not end; its events are decoded by the client
	}
	received, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Errorf("%s %s: %v", request.Method, request.URL.Path, err)
	}
	response.Body = io.NopCloser(bytes.NewReader(received))
	if answer["content"] == nil {
		if len(received) > 0 {
			c.t.Errorf("%s %s answers a body, and has none by openapi.json", request.Method, request.URL.Path)
		}
		return
	}
	c.checkBody(request, answer["content"], response.Header.Get("Content-Type"), received)
}

// checkBody holds a body to the schema of its type.
func (c *contract) checkBody(request *http.Request, content any, contentType string, body []byte) {
	media, _, _ := strings.Cut(contentType, ";")
	described, ok := content.(map[string]any)[media].(map[string]any)
	if !ok {
		c.t.Errorf("%s %s: a body of type %q is not in openapi.json", request.Method, request.URL.Path, contentType)
		return
	}
	if described["schema"] == nil || media != "application/json" {
		return
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		c.t.Errorf("%s %s: %v", request.Method, request.URL.Path, err)
		return
	}
	reference, _ := described["schema"].(map[string]any)["$ref"].(string)
	if err := schemas()[reference].Validate(value); err != nil {
		c.t.Errorf("%s %s: %v\n%s", request.Method, request.URL.Path, err, body)
	}
}

// schemas are those of the document by their references, made once: they do not change.
var schemas = sync.OnceValue(func() map[string]*jsonschema.Resolved {
	source, err := os.ReadFile("openapi.json")
	if err != nil {
		panic(err)
	}
	var d struct {
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	text := strings.ReplaceAll(string(source), "#/components/schemas/", "#/$defs/")
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		panic(err)
	}
	all := map[string]*jsonschema.Resolved{}
	for name := range d.Components.Schemas {
		reference := "#/$defs/" + name
		text, err := json.Marshal(map[string]any{"$ref": reference, "$defs": d.Components.Schemas})
		if err != nil {
			panic(err)
		}
		var s jsonschema.Schema
		if err := json.Unmarshal(text, &s); err != nil {
			panic(err)
		}
		if all[reference], err = s.Resolve(nil); err != nil {
			panic(err)
		}
	}
	return all
})

// specs are a fake of each kind.
func specs() []api.Spec {
	var all []api.Spec
	for _, kind := range control.Kinds() {
		all = append(all, api.Spec{Kind: kind})
	}
	return all
}
