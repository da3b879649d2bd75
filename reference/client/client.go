// Package client posts one encoded batch and says what the answer means: make a [Client] with [New] and call
// [Client.Send].
//
// It makes one attempt per call. When to try again is decided elsewhere; so is what the body contains.
package client

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
)

// Doer sends one HTTP request, as *http.Client does. It replays a POST on 307 and 308, if it follows redirects at all, and
// never turns it into a GET.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Options make a client. URL and HTTP are needed.
type Options struct {
	// URL is posted to exactly as it is.
	URL string
	// HTTP sends the requests.
	HTTP Doer
	// Timeout bounds each attempt from dialling to the end of the answer. 0 means no limit.
	Timeout time.Duration
	// Protocol are the headers that say what the body is.
	Protocol map[string]string
	// UserAgent names the agent.
	UserAgent string
	// Headers are the user's. They are set last, so they override all others; "Host" sets the host.
	Headers map[string]string
	// RetryOn429 makes the status 429 one that is tried again.
	RetryOn429 bool
	// Confirmed demands that an answer says how much was written, as remote write 2.0 does: a 2xx that names nothing comes
	// from a server that did not understand the request, so it is a final failure.
	Confirmed bool
}

// Result is what became of one attempt. With Err nil the batch is accepted.
type Result struct {
	// Status is that of the answer, or 0 if there was none.
	Status int
	// Retryable is whether the same batch may be accepted later.
	Retryable bool
	// RetryAfter is how long the answer asks to wait, 0 if it does not.
	RetryAfter time.Duration
	// Err is why the batch was not accepted.
	Err error
	// Written is what the answer says was written, also if only a part of the batch was; nil if it says nothing.
	Written *Written
}

// Written are numbers of items, from the headers X-Prometheus-Remote-Write-Samples-Written and the like.
type Written struct{ Samples, Histograms, Exemplars int }

// Client posts to one URL. Safe for concurrent use.
type Client struct {
	options Options
	// template is copied for every request; its header is never written to.
	template http.Request
}

// New makes a client. It fails if the URL cannot be parsed. The maps are copied.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, errors.New("parse the endpoint's URL: it is not a valid URL")
	}
	header := make(http.Header)
	for name, value := range o.Protocol {
		header.Set(name, value)
	}
	if o.UserAgent != "" {
		header.Set("User-Agent", o.UserAgent)
	}
	host := httpclient.SetHeaders(header, o.Headers)
	return &Client{options: o, template: http.Request{
		Method: http.MethodPost, URL: u, Host: host, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}}, nil
}

// Send posts the body once. retry is 0 for the first attempt and becomes the header Retry-Attempt of later ones. The body is
// not used any more when Send returns.
//
// Answers are read as prometheus.remote_write@v0.32 says: 2xx is accepted; 5xx, no answer at all, and 429 if so configured
// are retryable; everything else is final, redirects included that were not followed, and a 2xx that is not confirmed if it
// has to be.
func (c *Client) Send(ctx context.Context, body []byte, retry int) Result {
	attempt, cancel := c.limit(ctx)
	defer cancel()
	p := &payload{data: body}
	defer p.revoke()
	resp, err := c.options.HTTP.Do(c.request(attempt, p, retry))
	if err != nil {
		return Result{Retryable: true, Err: c.explain(ctx, attempt, err)}
	}
	defer resp.Body.Close()
	return judge(resp, &c.options)
}

func (c *Client) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.options.Timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, c.options.Timeout)
}

func (c *Client) request(ctx context.Context, p *payload, retry int) *http.Request {
	req := c.template.WithContext(ctx)
	req.ContentLength = int64(len(p.data))
	req.GetBody = p.open
	req.Body, _ = p.open()
	if _, own := req.Header["Retry-Attempt"]; retry > 0 && !own {
		req.Header = maps.Clone(req.Header)
		req.Header["Retry-Attempt"] = []string{strconv.Itoa(retry)}
	}
	return req
}

// explain says why there is no answer, without the URL, which is shown elsewhere and may hold a password.
func (c *Client) explain(ctx, attempt context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(attempt.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within remote_timeout %s", c.options.Timeout)
	}
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
