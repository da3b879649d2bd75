package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
)

// How long waits last when nobody says, and at most.
const (
	defaultWait = 10 * time.Second
	maxWait     = 10 * time.Minute
)

func (s *Server) postWait(c *call, f *fake) error {
	var w api.Wait
	if err := c.read(&w); err != nil {
		return err
	}
	timeout, err := checkWait(&w)
	if err != nil {
		return err
	}
	begun := time.Now()
	found, err := f.waitFor(c.r.Context(), w, timeout)
	if err != nil {
		return err
	}
	found.Waited = time.Since(begun).Round(time.Microsecond).String()
	return c.json(http.StatusOK, found)
}

// checkWait fills in what was left out.
func checkWait(w *api.Wait) (time.Duration, error) {
	subjects := 0
	for _, set := range []bool{w.Samples != nil, w.Exemplars != nil, w.Histograms != nil, w.Series != nil, w.Metadata != nil, w.Profiles != nil,
		w.Scrapes != nil, w.Tokens, w.Target != nil, w.Requests != nil, w.Connections} {
		if set {
			subjects++
		}
	}
	if subjects != 1 {
		return 0, badRequest("wait: %d things to wait for: want one of samples, exemplars, histograms, series, metadata, profiles, scrapes, tokens, "+
			"target, requests and connections", subjects)
	}
	if w.AtLeast < 0 || w.Limit < 0 || w.Limit > maxSeriesSeen {
		return 0, badRequest("wait: atLeast and limit must not be negative, and limit is at most %d", maxSeriesSeen)
	}
	if w.AtLeast == 0 {
		w.AtLeast = 1
	}
	if w.Limit == 0 {
		w.Limit = defaultList
	}
	timeout, err := duration("timeout", w.Timeout, defaultWait)
	if err == nil && timeout > maxWait {
		err = badRequest("timeout %q: want at most %s; wait again for longer", w.Timeout, maxWait)
	}
	return timeout, err
}

// errTimeout is why a wait ends.
type errTimeout struct{ after time.Duration }

func (e errTimeout) Error() string { return fmt.Sprintf("timed out after %s", e.after) }

// waitFor waits until there is what is waited for, the time is over, the client leaves or the fake closes.
func (f *fake) waitFor(ctx context.Context, w api.Wait, timeout time.Duration) (api.Found, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, errTimeout{timeout})
	defer cancel()
	ctx, closed := context.WithCancelCause(ctx)
	defer closed(nil)
	defer context.AfterFunc(f.ctx, func() { closed(errDeleted) })()

	found, mine, err := f.kind.wait(ctx, w)
	if !mine {
		found, err = f.waitForAny(ctx, w)
	}
	switch {
	case errors.As(err, new(errTimeout)):
		text, nearest := split(err.Error())
		return found, &problem{status: http.StatusRequestTimeout, text: text, nearest: nearest}
	case errors.Is(err, errDeleted):
		return found, &problem{status: http.StatusNotFound, text: err.Error()}
	}
	return found, err
}

// split takes the text of a wait that failed apart: what was waited for, and what came in its place.
func split(text string) (first string, rest []string) {
	lines := strings.Split(text, "\n")
	if len(lines) == 1 {
		lines = strings.SplitN(text, "; ", 2)
	}
	for _, line := range lines[1:] {
		rest = append(rest, strings.TrimSpace(line))
	}
	return lines[0], rest
}

// waitForAny waits for what all kinds have.
func (f *fake) waitForAny(ctx context.Context, w api.Wait) (api.Found, error) {
	switch {
	case w.Requests != nil:
		return f.waitForRequests(ctx, w)
	case w.Connections:
		found := api.Found{Condition: plural(w.AtLeast, "connection")}
		return found, f.WaitConnections(ctx, func(all []journal.Connection) bool { return len(all) >= w.AtLeast })
	}
	return api.Found{}, badRequest("wait: that is nothing that a fake of kind %s can have", f.spec.Kind)
}

// waitForRequests waits for requests that ended.
func (f *fake) waitForRequests(ctx context.Context, w api.Wait) (api.Found, error) {
	found := api.Found{Condition: plural(w.AtLeast, "request")}
	matches, err := f.matcher(*w.Requests)
	if err != nil {
		return found, err
	}
	have, others := 0, 0
	t := exchangeTail(f.ExchangeJournal())
	for {
		changed := t.journal.Changed()
		for _, e := range t.next() {
			switch {
			case e.Outcome == "":
			case !matches(&e):
				others++
			default:
				if have++; have <= w.Limit {
					found.Requests = append(found.Requests, f.summary(e, f.describe(e, 1)))
				}
			}
		}
		found.More = have > w.Limit
		if have >= w.AtLeast {
			return found, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return found, fmt.Errorf("wait for %s: %w; so far %d of %d, and %d that the filter leaves out",
				found.Condition, context.Cause(ctx), have, w.AtLeast, others)
		}
	}
}
