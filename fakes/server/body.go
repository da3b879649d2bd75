package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

var (
	errTooLong = errors.New("longer than this fake keeps")
	errCrowded = errors.New("too many bytes of bodies are being read at once")
)

// firstRoom is how much is allocated for a body on the word of its Content-Length.
const firstRoom = 1 << 20

// readBody reads what was sent, byte for byte, up to the limit. What was read comes back also with an error.
func (c *core) readBody(r *http.Request) ([]byte, error) {
	// What follows a CONNECT is no body but the tunnel.
	if r.Body == nil || r.Body == http.NoBody || r.Method == http.MethodConnect {
		return nil, nil
	}
	limit := c.options.BodyLimit
	var body []byte
	if r.ContentLength > 0 {
		// One byte more, so that the end is seen without growing.
		body = make([]byte, 0, min(r.ContentLength, limit, firstRoom)+1)
	}
	held := int64(0)
	defer func() { c.reading.Add(-held) }()
	for {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		held += int64(n)
		switch crowded := c.reading.Add(int64(n)) > bodyBudget; {
		case err == io.EOF && int64(len(body)) <= limit:
			return body, nil
		case int64(len(body)) > limit:
			return body[:limit], fmt.Errorf("read %d bytes of a request: %w", limit, errTooLong)
		case err != nil:
			return body, fmt.Errorf("read %d bytes of a request: %w", len(body), err)
		case crowded:
			return body, fmt.Errorf("read %d bytes of a request: %w", len(body), errCrowded)
		}
	}
}

// refusal is the answer to a body that could not be read; false when the client is no longer there to see one.
func refusal(err error) (Answer, bool) {
	switch {
	case errors.Is(err, errTooLong):
		return Text(http.StatusRequestEntityTooLarge, "the request is longer than this fake keeps\n"), true
	case errors.Is(err, errCrowded):
		return Text(http.StatusServiceUnavailable, "too many requests are being read by this fake\n"), true
	}
	return Text(http.StatusBadRequest, "the request could not be read\n"), false
}
