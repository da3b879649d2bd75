package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// EventOptions select events. The zero value is all of them, from now on.
type EventOptions struct {
	// Session and Fake select those of one session, or of one fake by its id.
	Session, Fake string
	// After is the ID of the event to go on after.
	After string
}

// maxEvent is how large an event may be.
const maxEvent = 16 << 20

// Events calls each for every event until the context ends, each returns an error, or the process ends; the error says which. It does not connect
// again: to go on, give the last event's ID as After.
func (c *Client) Events(ctx context.Context, o EventOptions, each func(api.Event) error) error {
	query := url.Values{}
	for name, value := range map[string]string{"session": o.Session, "fake": o.Fake} {
		if value != "" {
			query.Set(name, value)
		}
	}
	request, err := c.request(ctx, http.MethodGet, api.Version+"/events?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	if o.After != "" {
		request.Header.Set("Last-Event-ID", o.After)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return refusal(response)
	}
	return readEvents(response.Body, each)
}

func readEvents(r io.Reader, each func(api.Event) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxEvent)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var e api.Event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return fmt.Errorf("read an event: %w", err)
		}
		if err := each(e); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	return errors.New("read events: the stream ended")
}
