package pprof

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// defaultLength is how long profiles that are measured over a time take when nobody says, as in net/http/pprof and fgprof.
const defaultLength = 30 * time.Second

// handler is the Server as its base sees it.
type handler Server

// Classify tells scrapes from the rest.
func (h *handler) Classify(r *server.Request) string {
	if r.Exchange.Method == http.MethodGet {
		return KindScrape
	}
	return KindOther
}

// Finish does nothing: the journal has it all.
func (h *handler) Finish(*server.Request) {}

// Answer waits as long as the query says, and serves a profile.
func (h *handler) Answer(r *server.Request) server.Answer {
	if r.Exchange.Kind != KindScrape {
		return server.Text(http.StatusMethodNotAllowed, "only GET is served here\n")
	}
	source, n := h.sources.find(r.Exchange.Path)
	if source == nil {
		return server.Text(http.StatusNotFound, "Unknown profile\n")
	}
	ask := Ask{Host: r.Exchange.Host, Path: r.Exchange.Path, Query: r.HTTP.URL.Query(), N: n}
	var err error
	if ask.Waited, err = seconds(ask); err != nil {
		return server.Text(http.StatusBadRequest, err.Error()+"\n")
	}
	if !measures(source) && !sleep(r.Context(), ask.Waited) {
		return server.Answer{} // nobody is left to see it
	}
	body, err := source(r.Context(), ask)
	if err != nil {
		return server.Text(statusOf(err), err.Error()+"\n")
	}
	return server.Answer{Body: body, Header: http.Header{
		"Content-Type":           {"application/octet-stream"},
		"Content-Disposition":    {fmt.Sprintf("attachment; filename=%q", path.Base(ask.Path))},
		"X-Content-Type-Options": {"nosniff"},
	}}
}

// seconds is how long a scrape takes. As in net/http/pprof a CPU profile takes 30 seconds when the query says nothing or nonsense, and other
// profiles refuse nonsense.
func seconds(ask Ask) (time.Duration, error) {
	text := ask.Query.Get("seconds")
	n, err := strconv.ParseFloat(text, 64)
	valid := err == nil && n > 0 && n < float64(1<<31)
	if base := path.Base(ask.Path); base == "profile" || base == "fgprof" {
		if !valid {
			return defaultLength, nil
		}
		return time.Duration(n * float64(time.Second)), nil
	}
	switch {
	case text == "":
		return 0, nil
	case !valid:
		return 0, fmt.Errorf("invalid value %q for seconds: must be a positive number", text)
	}
	return time.Duration(n * float64(time.Second)), nil
}

// sleep reports false when the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
