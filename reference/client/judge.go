package client

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
)

const (
	// maxReason is how much of the answer to a refused request is quoted.
	maxReason = 1024
	// maxDrain is how much of an answer is read so that its connection can be used again.
	maxDrain = 64 << 10
)

// judge decides what an answer means and reads as much of it as is of use.
func judge(resp *http.Response, o *Options) Result {
	defer io.CopyN(io.Discard, resp.Body, maxDrain)
	r := Result{Status: resp.StatusCode}
	if o.Confirmed {
		r.Written = written(resp.Header)
	}
	if resp.StatusCode/100 == 2 {
		if o.Confirmed && (r.Written == nil || *r.Written == Written{}) {
			r.Err = fmt.Errorf("server returned HTTP status %s but does not say that it has written anything: "+
				"it may only know remote write 1.0", httpclient.Status(resp))
		}
		return r
	}
	r.Err = fmt.Errorf("server returned HTTP status %s%s", httpclient.Status(resp), reason(resp))
	r.Retryable = resp.StatusCode/100 == 5 || o.RetryOn429 && resp.StatusCode == http.StatusTooManyRequests
	if r.Retryable && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable) {
		r.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	}
	return r
}

// written reads the headers of remote write 2.0. A number that cannot be read counts as 0; nil means that there is none.
func written(header http.Header) *Written {
	const prefix, suffix = "X-Prometheus-Remote-Write-", "-Written"
	var w Written
	said := false
	for name, into := range map[string]*int{"Samples": &w.Samples, "Histograms": &w.Histograms, "Exemplars": &w.Exemplars} {
		text := header.Get(prefix + name + suffix)
		said = said || text != ""
		if n, err := strconv.Atoi(text); err == nil && n > 0 {
			*into = n
		}
	}
	if !said {
		return nil
	}
	return &w
}

// reason returns the first line of an answer, as the end of an error message. Servers that echo credentials are known.
func reason(resp *http.Response) string {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxReason))
	line, _, _ := bytes.Cut(bytes.TrimSpace([]byte(httpclient.Hide(resp, string(text)))), []byte("\n"))
	line = bytes.TrimSpace(bytes.ToValidUTF8(line, []byte("?")))
	if len(line) == 0 {
		return ""
	}
	return ": " + string(line)
}

// longestRetryAfter is the longest wait that a server may ask for. A slip of its clock or of somebody's hand must not stop the
// delivery until samples are too old to be sent.
const longestRetryAfter = 10 * time.Minute

// retryAfter reads the header of that name: whole seconds, or a date. What is unusable, not positive or past counts as
// nothing, more than longestRetryAfter as that.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), int64(longestRetryAfter/time.Second))) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return min(max(date.Sub(now), 0), longestRetryAfter)
	}
	return 0
}
