package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// Condition is something to wait for: see [Fake.WaitFor]. The functions below make the common ones; every [api.Wait] may be one.
type Condition api.Wait

// Samples waits until at least n samples were accepted that a selector finds, such as `up{job="a"}`.
func Samples(selector string, n int) Condition { return Condition{Samples: &selector, AtLeast: n} }

// Exemplars waits for n exemplars.
func Exemplars(selector string, n int) Condition { return Condition{Exemplars: &selector, AtLeast: n} }

// Histograms waits for n native histograms.
func Histograms(selector string, n int) Condition {
	return Condition{Histograms: &selector, AtLeast: n}
}

// DistinctSeries waits for n different series, of a mimir or a pyroscope.
func DistinctSeries(selector string, n int) Condition {
	return Condition{Series: &selector, AtLeast: n}
}

// MetadataOf waits until something was said about a metric.
func MetadataOf(metric string) Condition { return Condition{Metadata: &metric} }

// Profiles waits until at least n profiles were accepted that a selector finds.
func Profiles(selector string, n int) Condition { return Condition{Profiles: &selector, AtLeast: n} }

// Scrapes waits until a path of a pprof was served n times; the path of an exposition is empty.
func Scrapes(path string, n int) Condition { return Condition{Scrapes: &path, AtLeast: n} }

// Tokens waits until an oauth2 gave n tokens out.
func Tokens(n int) Condition { return Condition{Tokens: true, AtLeast: n} }

// Target waits until n requests for a host, or host:port, have arrived at a proxy.
func Target(host string, n int) Condition { return Condition{Target: &host, AtLeast: n} }

// Requests waits until n requests ended that a filter lets through, however they were answered.
func Requests(filter api.Filter, n int) Condition {
	return Condition{Requests: &filter, AtLeast: n}
}

// Connections waits until n connections were accepted.
func Connections(n int) Condition { return Condition{Connections: true, AtLeast: n} }

// How long one call to wait may take, and how much of the caller's time is kept for its answer, which tells what came nearest.
const (
	longestCall = 5 * time.Minute
	forAnswer   = 200 * time.Millisecond
)

// WaitFor returns what was waited for as soon as it is there, at once if it is there already. The context limits how long; then the error is a *[Error]
// of 408 that tells what came nearest. On a fake of [Client.StartT], an error ends the test.
func (f *Fake) WaitFor(ctx context.Context, c Condition) (api.Found, error) {
	if f.t != nil {
		f.t.Helper()
	}
	found, err := f.waitFor(ctx, c)
	if err != nil && f.t != nil {
		f.t.Fatalf("fake %s: %v", f.ID(), err)
	}
	return found, err
}

func (f *Fake) waitFor(ctx context.Context, c Condition) (api.Found, error) {
	for {
		timeout := longestCall
		deadline, limited := ctx.Deadline()
		if limited {
			left := time.Until(deadline)
			timeout = min(timeout, max(left-min(forAnswer, left/4), 0))
		}
		c.Timeout = timeout.String()
		var found api.Found
		err := f.client.call(ctx, http.MethodPost, f.path+"/wait", api.Wait(c), &found)
		var refused *Error
		if errors.As(err, &refused) && refused.Status == http.StatusRequestTimeout && timeout == longestCall {
			continue
		}
		return found, err
	}
}
