package profilewrite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/touchstone-telemetry/touchstone/reference/component"
	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// procedure is the path of the push procedure below an endpoint's URL.
const procedure = "push.v1.PusherService/Push"

// route is one version of an endpoint's settings, with the client that serves them.
type route struct {
	settings endpointSettings
	url      *url.URL
	client   *httpclient.Client
	// replaced is closed when a reload puts another version in place.
	replaced chan struct{}
}

// newRoute makes the client. It fails if TLS files cannot be used.
func newRoute(s endpointSettings, opts httpclient.Options) (*route, error) {
	base, err := url.Parse(s.url)
	if err != nil {
		return nil, err // validation has refused it before
	}
	client, err := s.http.Client(opts)
	if err != nil {
		return nil, river.Within(s.httpBlock, err)
	}
	target := base.JoinPath(procedure)
	target.Fragment = ""
	return &route{settings: s, url: target, client: client, replaced: make(chan struct{})}, nil
}

// label is the endpoint's URL as it may be shown.
func (r *route) label() string { return httpclient.ShownURL(r.settings.url) }

// identity is what the endpoint is known by in metrics.
func (r *route) identity() identity { return identity{r.label(), r.settings.name} }

// attempt sends a push once. remote_timeout is the time for all of it, up to the end of the answer.
func (r *route) attempt(ctx context.Context, body []byte, userAgent string) *failure {
	ctx, cancel := context.WithTimeout(ctx, r.settings.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url.String(), bytes.NewReader(body))
	if err != nil {
		return &failure{err: err}
	}
	r.setHeaders(req, userAgent)
	resp, err := r.client.Do(req)
	if err != nil {
		return &failure{err: r.explain(ctx, err), temporary: true}
	}
	defer resp.Body.Close()
	return judge(resp)
}

// explain shortens a transport error: the URL is told elsewhere, and a deadline by the name it has in a configuration.
func (r *route) explain(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within remote_timeout %s", r.settings.timeout)
	}
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// setHeaders sets the user's headers first, so that those of the protocol are right in any case.
func (r *route) setHeaders(req *http.Request, userAgent string) {
	if host := httpclient.SetHeaders(req.Header, r.settings.headers); host != "" {
		req.Host = host
	}
	req.Header.Set("Content-Type", "application/proto")
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Connect-Protocol-Version", "1")
	req.Header.Set("Connect-Timeout-Ms", fmt.Sprint(max(r.settings.timeout.Milliseconds(), 1)))
	req.Header.Set("User-Agent", userAgent)
}

// endpoint is one destination of a writer. It stays the same while its route changes with reloads, so that a delivery that
// is being retried goes on with the new settings.
type endpoint struct {
	outcomes component.Outcomes

	mu      sync.Mutex // guards the fields below; never held while anything is waited for
	current *route     // nil once the endpoint is no longer configured
	busy    map[string]struct{}
}

// newEndpoint makes an endpoint without deliveries.
func newEndpoint(r *route) *endpoint {
	return &endpoint{current: r, busy: make(map[string]struct{})}
}

// route returns the present settings, nil if the endpoint was removed.
func (e *endpoint) route() *route {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.current
}

// replace puts another route in place, or none, and lets go of the old one: waiting deliveries wake up.
func (e *endpoint) replace(r *route) {
	e.mu.Lock()
	old := e.current
	e.current = r
	e.mu.Unlock()
	close(old.replaced)
	old.client.Close()
}

// begin claims the endpoint for a push of the series, which may have one on its way at a time.
func (e *endpoint) begin(series string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, busy := e.busy[series]; busy {
		return false
	}
	e.busy[series] = struct{}{}
	return true
}

// underWay is how many series have a push on its way.
func (e *endpoint) underWay() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.busy)
}

func (e *endpoint) end(series string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.busy, series)
}

// Reasons for which a push is given up without an answer of the server.
var (
	errBusy    = errors.New("an earlier profile of the same source is still being retried")
	errRemoved = errors.New("the endpoint is no longer configured")
	errStopped = errors.New("the component is stopped")
)
