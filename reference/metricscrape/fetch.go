package metricscrape

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
)

// accept asks for the text format first: it is the one whose pages are recognised line by line.
const accept = "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.4,*/*;q=0.1"

// fetcher requests the page of one target into a buffer that it reuses.
type fetcher struct {
	client  *httpclient.Client
	request *http.Request
	timeout time.Duration
	body    bytes.Buffer
	inflate *gzip.Reader
}

func newFetcher(client *httpclient.Client, url, userAgent string, timeout time.Duration) (*fetcher, error) {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", accept)
	request.Header.Set("Accept-Encoding", "gzip")
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", strconv.FormatFloat(timeout.Seconds(), 'f', -1, 64))
	return &fetcher{client: client, request: request, timeout: timeout}, nil
}

// fetch returns the page, valid until the next call, with its content type. Anything but status 200 is an error.
func (f *fetcher) fetch(ctx context.Context) (body []byte, contentType string, err error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	response, err := f.client.Do(f.request.WithContext(ctx))
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("server answered %s", response.Status)
	}
	f.body.Reset()
	if err := f.read(response); err != nil {
		return nil, "", fmt.Errorf("read page: %w", err)
	}
	return f.body.Bytes(), response.Header.Get("Content-Type"), nil
}

func (f *fetcher) read(response *http.Response) error {
	if response.Header.Get("Content-Encoding") != "gzip" {
		_, err := f.body.ReadFrom(response.Body)
		return err
	}
	if f.inflate == nil {
		f.inflate = new(gzip.Reader)
	}
	if err := f.inflate.Reset(response.Body); err != nil {
		return err
	}
	_, err := io.Copy(&f.body, f.inflate)
	return err
}
