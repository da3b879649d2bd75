package profilescrape

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
)

// fetch gets one profile. It succeeds with status 200 and a body that is a valid profile, which is returned as it came.
func fetch(ctx context.Context, client *httpclient.Client, target string, timeout time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	body, err := get(ctx, client, target)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, fmt.Errorf("no profile within the timeout of %s", timeout)
	}
	if err != nil {
		return nil, err
	}
	return body, checkProfile(body, maxInflated)
}

func get(ctx context.Context, client *httpclient.Client, target string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return nil, e.Err // the URL is told beside the error
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the target answered %s%s", httpclient.Status(resp), firstLine(resp))
	}
	return readCapped(resp.Body, maxBody, "as sent")
}

// firstLine quotes the beginning of an error's text, after ": ".
func firstLine(resp *http.Response) string {
	start := make([]byte, 256)
	n, _ := resp.Body.Read(start)
	line, _, _ := strings.Cut(strings.TrimSpace(httpclient.Hide(resp, string(start[:n]))), "\n")
	if line == "" {
		return ""
	}
	return fmt.Sprintf(": %.200q", line)
}
