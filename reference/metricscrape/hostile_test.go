package metricscrape

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

func (w *world) statuses() []Status {
	return w.built.(*scraper).DebugInfo().(map[string]any)["targets"].([]Status)
}

// endless is a page that never ends.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	e.read += len(b)
	return copy(b, bytes.Repeat([]byte("\n"), len(b))), nil
}

// TestPagesWithoutEnd reads pages that never end, plain and inside gzip.
func TestPagesWithoutEnd(t *testing.T) {
	for _, encoding := range []string{"", "gzip", "GZip"} {
		page := &endless{}
		body := io.Reader(page)
		if encoding != "" {
			packed, out := io.Pipe()
			t.Cleanup(func() { packed.Close() })
			go func() { io.Copy(gzip.NewWriter(out), page) }()
			body = packed
		}
		f := &fetcher{limit: 1 << 20}
		err := f.read(&http.Response{Header: http.Header{"Content-Encoding": {encoding}}, Body: io.NopCloser(body)})
		if want := "body_size_limit exceeded: it has more than 1048576 bytes"; fmt.Sprint(err) != want {
			t.Errorf("%q: got error %v, want %q", encoding, err, want)
		}
		if f.body.Len() > 2<<20 {
			t.Errorf("%q: %d bytes were kept", encoding, f.body.Len())
		}
	}
}

// TestLargePages reads a page that is just not too large.
func TestLargePages(t *testing.T) {
	text := strings.Repeat("\n", 1<<20)
	f := &fetcher{limit: 1 << 20}
	if err := f.read(&http.Response{Body: io.NopCloser(strings.NewReader(text))}); err != nil || f.body.String() != text {
		t.Errorf("got %d bytes and %v, want %d", f.body.Len(), err, len(text))
	}
}

// TestErrorsAreShortAndHideSecrets scrapes pages that cannot be read, with a token in the URL: the log and the status quote
// little of the page and nothing of the token. What repeats is logged once.
func TestErrorsAreShortAndHideSecrets(t *testing.T) {
	long := strings.Repeat("\xfex", 1<<16)
	pages := map[string]http.HandlerFunc{
		"/garbage": func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, long) },
		"/value": func(rw http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(rw, "a{b=\""+strings.Repeat("x", 1<<16)+"\"} "+long)
		},
		"/time":     func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, "a 1 "+long) },
		"/redirect": func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, r.URL.String(), http.StatusFound) },
		"/slow":     func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"/refused":  func(rw http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) },
		"/openmetrics": func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/openmetrics-text; version=1.0.0")
			fmt.Fprint(rw, "a{"+long)
		},
	}
	for path, page := range pages {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			w := newIdleWorld(t, page, func(a *Arguments) {
				a.MetricsPath, a.Params = path, map[string][]string{"token": {"hunter2"}}
			})
			w.built.(*scraper).opts.Logger = slog.New(slog.NewTextHandler(&log, nil))
			w.run()
			time.Sleep(3 * time.Minute)
			status := w.statuses()[0]
			w.stop()
			if status.Health != "down" || len(status.LastError) > 1000 {
				t.Errorf("%s: got %s with an error of %d bytes: %.100s", path, status.Health, len(status.LastError), status.LastError)
			}
			if n := strings.Count(log.String(), "scrape failed"); n != 1 {
				t.Errorf("%s: logged %d times, want once", path, n)
			}
			for _, text := range []string{log.String(), status.LastError, status.URL} {
				if strings.Contains(text, "hunter2") {
					t.Errorf("%s: the token is shown: %.300s", path, text)
				}
			}
		})
	}
}

// TestCommitNeedsNoRun reloads a scraper that does not run yet.
func TestCommitNeedsNoRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connections := map[string]bool{}
		page := func(rw http.ResponseWriter, r *http.Request) {
			connections[r.RemoteAddr] = true
			fmt.Fprintln(rw, "n", len(connections))
		}
		w := newIdleWorld(t, page, nil)
		w.update(func(a *Arguments) { a.JobName = "first" })
		w.update(func(a *Arguments) { a.JobName, a.ScrapeInterval = "second", time.Second })
		w.run()
		time.Sleep(10 * time.Second)
		if status := w.statuses(); len(status) != 1 || status[0].Labels["job"] != "second" {
			t.Errorf("got %v, want one target of the job second", status)
		}
		w.stop()
		if len(connections) != 1 {
			t.Errorf("%d connections, want one for all scrapes", len(connections))
		}
	})
}

// fullDisk is a receiver that takes nothing.
type fullDisk struct{}

func (fullDisk) Append(context.Context, ...column.Column) error { return errors.New("no space left") }

// TestLostSamplesAreLoggedOnceAMinute scrapes every second for five minutes.
func TestLostSamplesAreLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		w := newIdleWorld(t, func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprintln(rw, "a 1") }, func(a *Arguments) {
			a.ScrapeInterval, a.ForwardTo = time.Second, []column.Receiver{fullDisk{}, nil}
		})
		w.built.(*scraper).opts.Logger = slog.New(slog.NewTextHandler(&log, nil))
		w.run()
		time.Sleep(5 * time.Minute)
		w.stop()
		if text := log.String(); strings.Count(text, "no space left") != 5 || strings.Count(text, "unlogged=59") != 4 {
			t.Errorf("want five lines, got\n%s", text)
		}
	})
}

// TestPageOfTooManySamples stops reading where it begins to take more memory than a page is worth.
func TestPageOfTooManySamples(t *testing.T) {
	p := newPage(testTarget, pageSettings{})
	text := bytes.Repeat([]byte("a 1\n"), mostSamples)
	if err := p.scan(text, "text/plain"); err != nil {
		t.Error(err)
	}
	p.lines = p.lines[:0]
	want := "line 1048577: the page has more than 1048576 samples: let the target expose fewer, or split it"
	if err := p.scan(append(text, "b 1\n"...), "text/plain"); fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
