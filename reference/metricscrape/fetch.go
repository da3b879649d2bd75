package metricscrape

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
)

// accept asks for OpenMetrics first, because it has exemplars; acceptProtobuf stands before it when native histograms are
// wanted.
const (
	accept         = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1"
	acceptProtobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
)

// errTooLarge is the cause of a scrape that fails because of body_size_limit.
var errTooLarge = errors.New("body_size_limit exceeded")

// maxPage is how large a page may be once inflated, in bytes: that of half a million series. Beyond it a target is taken to be
// broken.
const maxPage = 64 << 20

// bodyLimit is body_size_limit, or maxPage without one.
func (a *Arguments) bodyLimit() int64 {
	if a.BodySizeLimit > 0 {
		return a.BodySizeLimit
	}
	return maxPage
}

// fetcher requests the page of one target into a buffer that it reuses.
type fetcher struct {
	client  *httpclient.Client
	request *http.Request
	timeout time.Duration
	limit   int64 // of the inflated body in bytes
	body    bytes.Buffer
	inflate *gzip.Reader
	// last is the answer that the page came with.
	last *http.Response
}

func newFetcher(client *httpclient.Client, target *url.URL, userAgent string, args *Arguments) *fetcher {
	request := &http.Request{Method: http.MethodGet, URL: target, Header: http.Header{}}
	request.Header.Set("Accept", accept)
	if args.EnableProtobufNegotiation {
		request.Header.Set("Accept", acceptProtobuf+accept)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", strconv.FormatFloat(args.ScrapeTimeout.Seconds(), 'f', -1, 64))
	return &fetcher{client: client, request: request, timeout: args.ScrapeTimeout, limit: args.bodyLimit()}
}

// fetch returns the page, valid until the next call, with its content type. Anything but status 200 is an error, and so is a
// page of more than maxPage bytes.
func (f *fetcher) fetch(ctx context.Context) (body []byte, contentType string, err error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	contentType, err = f.get(ctx)
	if err != nil {
		f.body = bytes.Buffer{} // a page that was too large is not what memory is kept for
		return nil, "", f.explain(ctx, err)
	}
	return f.body.Bytes(), contentType, nil
}

func (f *fetcher) get(ctx context.Context) (contentType string, err error) {
	response, err := f.client.Do(f.request.WithContext(ctx))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("server answered %s", httpclient.Status(response))
	}
	f.body.Reset()
	f.last = response
	if err := f.read(response); err != nil {
		return "", fmt.Errorf("read page: %w", err)
	}
	return response.Header.Get("Content-Type"), nil
}

// conceal makes sure that an error about the page quotes nothing that the request carried.
func (f *fetcher) conceal(err error) error {
	if !httpclient.Echoes(f.last, f.body.String()) {
		return err
	}
	place, _, _ := strings.Cut(err.Error(), ":")
	return fmt.Errorf("%.40s: malformed; the page repeats credentials of the request, so nothing of it is quoted", place)
}

// explain shortens a transport error: the URL is told beside it, and a deadline by the name it has in a configuration.
func (f *fetcher) explain(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no page within scrape_timeout %s", f.timeout)
	}
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

func (f *fetcher) read(response *http.Response) error {
	if !strings.EqualFold(response.Header.Get("Content-Encoding"), "gzip") {
		return f.readCapped(response.Body)
	}
	if f.inflate == nil {
		f.inflate = new(gzip.Reader)
	}
	if err := f.inflate.Reset(response.Body); err != nil {
		return err
	}
	return f.readCapped(f.inflate)
}

// readCapped stops at the limit: what is sent may never end, and a small page can inflate to a thousand times its size.
func (f *fetcher) readCapped(r io.Reader) error {
	n, err := f.body.ReadFrom(io.LimitReader(r, f.limit+1))
	if err == nil && n > f.limit {
		return fmt.Errorf("%w: it has more than %d bytes", errTooLarge, f.limit)
	}
	return err
}
