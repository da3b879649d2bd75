package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// How large bodies of requests may be.
const (
	maxJSON    = 32 << 20 // files to serve are in it
	maxScript  = 1 << 20
	maxJournal = 1 << 30
)

// call is one request to the API with its answer.
type call struct {
	w     http.ResponseWriter
	r     *http.Request
	begun bool // the answer's head was sent

	query url.Values
}

// checkQuery reads the query and refuses what the route does not know.
func (c *call) checkQuery(known []string) error {
	var err error
	if c.query, err = url.ParseQuery(c.r.URL.RawQuery); err != nil {
		return badRequest("read the query: %v", err)
	}
	for name, values := range c.query {
		switch {
		case !slices.Contains(known, name):
			return badRequest("the query has a parameter %q: known here are %s", name, listed(known))
		case len(values) > 1:
			return badRequest("the query has the parameter %q %d times", name, len(values))
		}
	}
	return nil
}

// number is a whole number of the query within bounds.
func (c *call) number(name string, otherwise, least, most int) (int, error) {
	text := c.query.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, badRequest("%s=%s: want a number from %d to %d", name, text, least, most)
	}
	return n, nil
}

func (c *call) yes(name string) (bool, error) {
	text := c.query.Get(name)
	if text == "" {
		return false, nil
	}
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return false, badRequest("%s=%s: want true or false", name, text)
	}
	return yes, nil
}

// pathNumber is a number in the path.
func (c *call) pathNumber(name string) (int, error) {
	text := c.r.PathValue(name)
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, badRequest("%s %q: want a number", name, text)
	}
	return n, nil
}

// json answers with a body.
func (c *call) json(status int, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.begin(status)
	_, err = c.w.Write(append(data, '\n'))
	return err
}

// raw answers with bytes that no browser is to interpret.
func (c *call) raw(contentType, filename string, data []byte) error {
	c.w.Header().Set("Content-Type", contentType)
	c.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": filename}))
	c.w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	c.begin(http.StatusOK)
	_, err := c.w.Write(data)
	return err
}

func (c *call) begin(status int) {
	c.begun = true
	c.w.WriteHeader(status)
}

// media is the type of the request's body.
func (c *call) media() string {
	media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil {
		return c.r.Header.Get("Content-Type")
	}
	return media
}

func (c *call) want(media ...string) error {
	if got := c.media(); !slices.Contains(media, got) {
		return &problem{status: http.StatusUnsupportedMediaType, text: fmt.Sprintf("Content-Type %q: want %s", got, media[0])}
	}
	return nil
}

// read decodes the body, which must be one JSON value without fields that are not known.
func (c *call) read(into any) error {
	if err := c.want("application/json"); err != nil {
		return err
	}
	body, err := c.bytes(maxJSON)
	if err != nil {
		return err
	}
	return decode(body, into)
}

// bytes is the whole body.
func (c *call) bytes(limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, limit))
	if err == nil {
		return body, nil
	}
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, &problem{status: http.StatusRequestEntityTooLarge, text: fmt.Sprintf("the body is larger than %d bytes", limit)}
	}
	return nil, badRequest("read the body: %v", err)
}
