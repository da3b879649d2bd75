package adapter

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// readyPeriod is how often an agent is asked whether it is ready: nothing tells that from outside but the answer.
const readyPeriod = 20 * time.Millisecond

// newClient makes a client that keeps no connection and uses no proxy. A nil dial means real sockets.
func newClient(dial sut.DialFunc) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
}

// awaitReady asks the agent at path until it answers 200, has ended, or ctx is done.
func awaitReady(ctx context.Context, client *http.Client, p sut.Process, path string) error {
	ticker := time.NewTicker(readyPeriod)
	defer ticker.Stop()
	for {
		if url := p.URL(); url != "" && answers(ctx, client, url+path) {
			return nil
		}
		select {
		case <-ticker.C:
		case <-p.Done():
			return &sut.Exited{Exit: p.Exit()}
		case <-ctx.Done():
			return fmt.Errorf("wait until the agent is ready: %w", ctx.Err())
		}
	}
}

func answers(ctx context.Context, client *http.Client, url string) bool {
	status, _, err := call(ctx, client, http.MethodGet, url)
	return err == nil && status == http.StatusOK
}

// postReload asks an agent to read its configuration again.
func postReload(ctx context.Context, client *http.Client, url string) error {
	status, text, err := call(ctx, client, http.MethodPost, url)
	if err != nil {
		return fmt.Errorf("ask the agent to reload: %w", err)
	}
	if status >= 400 {
		return &sut.Refused{Status: status, Reason: text}
	}
	return nil
}

// call makes one request and returns the status with the beginning of the body.
func call(ctx context.Context, client *http.Client, method, url string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, strings.TrimSpace(string(body)), err
}
