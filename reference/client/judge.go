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
func judge(resp *http.Response, o *Options) Result {
	defer io.CopyN(io.Discard, resp.Body, maxDrain)
	r := Result{Status: resp.StatusCode}
	if o.Confirmed {
		r.Written = written(resp.Header)
	}
	if resp.StatusCode/100 == 2 {
		if o.Confirmed && (r.Written == nil || *r.Written == Written{}) {
			r.Err = fmt.Errorf("server returned HTTP status %s but does not say that it has written anything: "+
				"it may only know remote write 1.0", status(resp))
		}
		return r
	}
	r.Err = fmt.Errorf("server returned HTTP status %s%s", status(resp), reason(resp.Body))
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
