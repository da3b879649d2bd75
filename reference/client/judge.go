package client

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// maxReason is how much of the answer to a refused request is quoted.
	maxReason = 1024
	// maxDrain is how much of an answer is read so that its connection can be used again.
	maxDrain = 64 << 10
)

// judge decides what an answer means and reads as much of it as is of use.
func judge(resp *http.Response, retryOn429 bool) Result {
	defer io.CopyN(io.Discard, resp.Body, maxDrain)
	r := Result{Status: resp.StatusCode}
	if resp.StatusCode/100 == 2 {
		return r
	}
	r.Err = fmt.Errorf("server returned HTTP status %s%s", status(resp), reason(resp.Body))
	r.Retryable = resp.StatusCode/100 == 5 || retryOn429 && resp.StatusCode == http.StatusTooManyRequests
	if r.Retryable && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable) {
		r.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	}
	return r
}

func status(resp *http.Response) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
}

// reason returns the first line of an answer, as the end of an error message.
func reason(body io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(body, maxReason))
	line, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	line = bytes.TrimSpace(bytes.ToValidUTF8(line, []byte("?")))
	if len(line) == 0 {
		return ""
	}
	return ": " + string(line)
}

// retryAfter reads the header of that name: whole seconds, or a date. What is unusable, not positive or past counts as
// nothing.
func retryAfter(header string, now time.Time) time.Duration {
	const most = 1 << 31 // seconds, 68 years: no date is meant by more, and it does not overflow
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), most)) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
