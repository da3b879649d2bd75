package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
)

var errTooLong = errors.New("longer than this fake keeps")

// firstRoom is how much is allocated for a body on the word of its Content-Length. More comes as more arrives: never more than three
// times what did.
const firstRoom = 64 << 10

// readBody reads what was sent, byte for byte, up to the limit. What was read comes back also with an error.
func (c *core) readBody(w http.ResponseWriter, request *Request) ([]byte, error) {
	r := request.HTTP
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
	patience := patience{http.NewResponseController(w), c.options.BodyTimeout}
	for {
		if len(body) == cap(body) {
			missing := max(min(r.ContentLength, limit)-int64(len(body)), 0) + 1
			body = slices.Grow(body, int(min(missing, 2*int64(len(body))+512)))
		}
		patience.begin()
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		crowded := request.Hold(int64(n))
		switch {
		case err == io.EOF && int64(len(body)) <= limit:
			patience.end()
			return body, nil
		case int64(len(body)) > limit:
			return body[:limit], fmt.Errorf("read %d bytes of a request: %w", limit, errTooLong)
		case err != nil:
			return body, fmt.Errorf("read %d bytes of a request: %w", len(body), err)
		case crowded != nil:
			return body, fmt.Errorf("read %d bytes of a request: %w", len(body), crowded)
		}
	}
}

// refusal is the answer to a body that could not be read; false when the client is no longer there to see one.
func refusal(err error) (Answer, bool) {
	switch {
	case errors.Is(err, errTooLong):
		return Text(http.StatusRequestEntityTooLarge, "the request is longer than this fake keeps\n"), true
	case errors.Is(err, ErrCrowded):
		return Text(http.StatusServiceUnavailable, "too many requests are under way at this fake\n"), true
	case errors.Is(err, os.ErrDeadlineExceeded):
		return Text(http.StatusRequestTimeout, "the request's body took too long\n"), true
	}
	return Text(http.StatusBadRequest, "the request could not be read\n"), false
}
