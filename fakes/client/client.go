// Package client commands a running process of fakes from Go: start with [Dial], [Client.Start] (or [Client.StartT]) and [Fake]. It says everything
// that package control's API can be told, under the names that the fakes' own packages have. It imports none of the fakes; whoever
// can run them in the test's own process should do that, it is simpler still.
//
//	c, err := client.Dial(ctx, "http://127.0.0.1:9990")
//	m := c.StartT(t, api.Spec{Kind: api.Mimir}).Fake("mimir")
//	m.Replies().ThenStatus(ctx, 503, 503)
//	... run what is under test against m.Endpoint() ...
//	m.WaitFor(ctx, client.Samples(`up{job="a"}`, 1))
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// Client speaks to one process. Its methods may be called by several goroutines at once.
type Client struct {
	base string
	http *http.Client
}

// Options say how to reach a process. The zero value uses a client of its own without any time limit: contexts limit the calls.
type Options struct {
	// Transport sends; nil is http.DefaultTransport.
	Transport http.RoundTripper
}

// Error is an answer that was not 2xx.
type Error struct {
	// Status is that of HTTP: 404 for what is not there, 408 for a wait that timed out.
	Status int
	// Text says what is wrong; Nearest is what came in place of what was waited for.
	Text    string
	Nearest []string
}

// Error is the text, and under it what came nearest, a line each.
func (e *Error) Error() string { return strings.Join(append([]string{e.Text}, e.Nearest...), "\n\t") }

// Dial checks that a process of fakes answers at a URL such as http://127.0.0.1:9990.
func Dial(ctx context.Context, base string, options ...Options) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("dial the fakes at %q: want a URL such as http://127.0.0.1:9990", base)
	}
	c := &Client{base: strings.TrimSuffix(base, "/"), http: &http.Client{}}
	for _, o := range options {
		c.http.Transport = o.Transport
	}
	var health api.Health
	if err := c.call(ctx, http.MethodGet, "/livez", nil, &health); err != nil {
		return nil, fmt.Errorf("dial the fakes at %s: %w", base, err)
	}
	return c, nil
}

// call sends a body, as JSON unless it is a text or a reader, and reads the answer into a value, a *[]byte, or nothing.
func (c *Client) call(ctx context.Context, method, path string, body, into any) error {
	response, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch into := into.(type) {
	case nil:
		return nil
	case *[]byte:
		*into, err = io.ReadAll(response.Body)
	default:
		err = json.NewDecoder(response.Body).Decode(into)
	}
	if err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return nil
}

// send returns an answer of 2xx, whose body the caller closes.
func (c *Client) send(ctx context.Context, method, path string, body any) (*http.Response, error) {
	request, err := c.request(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode/100 == 2 {
		return response, nil
	}
	defer response.Body.Close()
	return nil, refusal(response)
}

func (c *Client) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var content io.Reader
	media := "application/json"
	switch body := body.(type) {
	case nil:
		media = ""
	case string:
		content, media = strings.NewReader(body), "text/plain"
	case io.Reader:
		content, media = body, "application/x-ndjson"
	default:
		data, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err == nil && media != "" {
		request.Header.Set("Content-Type", media)
	}
	return request, err
}

// maxError is how much of an answer that says what is wrong is read.
const maxError = 1 << 20

func refusal(response *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(response.Body, maxError))
	var body api.Error
	if err = errors.Join(err, json.Unmarshal(data, &body)); err != nil || body.Error == "" {
		return &Error{Status: response.StatusCode, Text: fmt.Sprintf("answered %s, and not by a process of fakes: %.200q", response.Status, data)}
	}
	return &Error{Status: response.StatusCode, Text: body.Error, Nearest: body.Nearest}
}

// Fakes are all fakes of all sessions.
func (c *Client) Fakes(ctx context.Context) ([]api.Fake, error) {
	var list api.Fakes
	err := c.call(ctx, http.MethodGet, api.Version+"/fakes", nil, &list)
	return list.Fakes, err
}

// Fake is a fake of the session "default", or another by its whole id. It asks for how the fake is now: a *[Error] of 404 says that there is none.
func (c *Client) Fake(ctx context.Context, id string) (*Fake, error) {
	f := &Fake{client: c, path: api.Version + "/fakes/" + url.PathEscape(id)}
	state, err := f.State(ctx)
	if err != nil {
		return nil, err
	}
	f.begun = state
	return f, nil
}

// Ready waits until the process at a URL says that it is ready, asking again while nothing answers. The error says what the last try met.
func Ready(ctx context.Context, base string, options ...Options) error {
	for {
		c, err := Dial(ctx, base, options...)
		if err == nil {
			err = c.call(ctx, http.MethodGet, "/readyz", nil, nil)
		}
		switch {
		case err == nil:
			return nil
		case !pause(ctx):
			return fmt.Errorf("wait for the fakes: %w; the last try: %w", context.Cause(ctx), err)
		}
	}
}

// pause lets a moment pass, and reports false when the context ended first.
func pause(ctx context.Context) bool {
	select {
	case <-time.After(50 * time.Millisecond):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
