package profilewrite

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
)

// maxAnswer is how much of an answer is read, before and after inflating. A PushResponse is empty and an error is a
// sentence.
const maxAnswer = 1 << 20

// failure is why an attempt did not deliver its profile.
type failure struct {
	err error
	// temporary means that the same push may be accepted later.
	temporary bool
	// limited means that the endpoint asks for fewer pushes; it is temporary only if retry_on_http_429 is true.
	limited bool
}

// retriable tells whether another attempt makes sense.
func (f *failure) retriable(on429 bool) bool {
	if f.limited {
		return on429
	}
	return f.temporary
}

// judge reads an answer and tells what is wrong with it, nil if the profile was accepted: status 200 and a PushResponse. An
// error in the form of the Connect protocol is judged by its code, any other answer by its status.
func judge(resp *http.Response) *failure {
	body, err := readAnswer(resp)
	if resp.StatusCode == http.StatusOK {
		return judgeAccepted(resp, body, err)
	}
	if f := judgeConnectError(resp, body); f != nil {
		return f
	}
	return &failure{
		err:       fmt.Errorf("the server answered %s%s", httpclient.Status(resp), firstLine(resp, string(body))),
		temporary: resp.StatusCode == http.StatusRequestTimeout || resp.StatusCode >= 500,
		limited:   resp.StatusCode == http.StatusTooManyRequests,
	}
}

// judgeAccepted makes sure that a 200 comes from a push procedure and not from, say, a web page behind a wrong URL. An
// empty answer without a type is taken for an empty PushResponse.
func judgeAccepted(resp *http.Response, body []byte, err error) *failure {
	kind := mediaType(resp)
	switch {
	case err != nil:
		return &failure{err: fmt.Errorf("read the answer: %w", err), temporary: true}
	case kind != "application/proto" && (kind != "" || len(body) > 0):
		return &failure{err: fmt.Errorf("the server answered 200 with %.100q instead of a PushResponse", httpclient.Hide(resp, kind)), temporary: true}
	}
	if err := checkResponse(body); err != nil {
		return &failure{err: err}
	}
	return nil
}

// judgeConnectError returns nil if the body is not an error of the Connect protocol.
func judgeConnectError(resp *http.Response, body []byte) *failure {
	if mediaType(resp) != "application/json" {
		return nil
	}
	var e struct{ Code, Message string }
	if json.Unmarshal(body, &e) != nil {
		return nil
	}
	final, known := connectCodes[e.Code]
	if !known {
		return nil
	}
	limited := e.Code == "resource_exhausted"
	return &failure{
		err:       fmt.Errorf("the server answered %s, %s%s", httpclient.Status(resp), e.Code, firstLine(resp, e.Message)),
		temporary: !final && !limited,
		limited:   limited,
	}
}

// connectCodes are the error codes of the Connect protocol; true means that trying again cannot help.
var connectCodes = map[string]bool{
	"canceled":            true,
	"unknown":             false,
	"invalid_argument":    true,
	"deadline_exceeded":   false,
	"not_found":           true,
	"already_exists":      true,
	"permission_denied":   true,
	"resource_exhausted":  false,
	"failed_precondition": true,
	"aborted":             false,
	"out_of_range":        true,
	"unimplemented":       true,
	"internal":            false,
	"unavailable":         false,
	"data_loss":           false,
	"unauthenticated":     true,
}

// readAnswer reads the body, inflated if it says that it is gzipped.
func readAnswer(resp *http.Response) ([]byte, error) {
	body, err := readCapped(resp.Body)
	if err != nil || !strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") || len(body) == 0 {
		return body, err
	}
	inflate, err := gzip.NewReader(strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	return readCapped(inflate)
}

func readCapped(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		return body[:maxAnswer], errors.New("it is longer than 1 MiB")
	}
	return body, err
}

func mediaType(resp *http.Response) string {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return resp.Header.Get("Content-Type")
	}
	return kind
}

// firstLine quotes the beginning of what the server says for an error message, after ": ".
func firstLine(resp *http.Response, text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(httpclient.Hide(resp, text)), "\n")
	if line == "" {
		return ""
	}
	return fmt.Sprintf(": %.200q", line)
}
