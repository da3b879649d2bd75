package control

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/mimir"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// mimirKind is the kind mimir.
type mimirKind struct {
	*mimir.Server
	queries http.Handler // of Prometheus' API; nil when none are linked
}

func startMimir(s *Server, spec api.Spec, shared server.Options) (kind, *server.Server, error) {
	o := mimir.Options{Options: shared, Strict: spec.Strict, MaxDecoded: spec.MaxDecoded, Discard: spec.Discard}
	var err error
	if o.Limits, err = mimirLimits(spec.Limits); err != nil {
		return nil, nil, err
	}
	m, err := mimir.Start(o)
	if err != nil {
		return nil, nil, err
	}
	k := &mimirKind{Server: m}
	if attach := s.options.Query.Mimir; attach != nil {
		k.queries = attach(m)
	}
	return k, m.Server, nil
}

func (k *mimirKind) endpoint() string { return k.PushURL() }
func (k *mimirKind) forget()          { k.Forget() }

func (k *mimirKind) accepted() *api.Counts {
	counts := countsOf(k.Counts())
	return &counts
}

func countsOf(c mimir.Counts) api.Counts {
	return api.Counts{
		Requests: c.Requests, Series: c.Series, Samples: c.Samples, Exemplars: c.Exemplars,
		Histograms: c.Histograms, Metadata: c.Metadata, Bytes: c.Bytes,
	}
}

func (k *mimirKind) serve(api.Serve) error {
	return badRequest("a mimir serves nothing that could be set")
}

func (k *mimirKind) asStarted() {}

func (k *mimirKind) describe(e journal.Exchange, limit int) description {
	if e.Kind != mimir.KindSamples && e.Kind != mimir.KindMetadata {
		return requestLine(e)
	}
	r := k.Decode(e)
	d := description{problem: r.DecodeError, content: api.Content{
		Version: int(r.Version), SeriesTotal: len(r.Series), Metadata: metadataOf(r.Metadata),
		Series: seriesOf(r.Series[:min(limit, len(r.Series))]),
	}}
	d.counts = api.Counts{Series: int64(len(r.Series)), Metadata: int64(len(r.Metadata))}
	for _, one := range r.Series {
		d.counts.Samples += int64(len(one.Samples))
		d.counts.Exemplars += int64(len(one.Exemplars))
		d.counts.Histograms += int64(len(one.Histograms))
	}
	d.line = writeLine(r, d.counts)
	return d
}

// wait waits for accepted data.
func (k *mimirKind) wait(ctx context.Context, w api.Wait) (api.Found, bool, error) {
	n := w.AtLeast
	var found api.Found
	var condition mimir.Condition
	selector := ""
	switch {
	case w.Samples != nil:
		selector, condition = *w.Samples, mimir.Samples(*w.Samples, n)
	case w.Exemplars != nil:
		selector, condition = *w.Exemplars, mimir.Exemplars(*w.Exemplars, n)
	case w.Histograms != nil:
		selector, condition = *w.Histograms, mimir.Histograms(*w.Histograms, n)
	case w.Series != nil:
		selector, condition = *w.Series, mimir.DistinctSeries(*w.Series, n)
	case w.Metadata != nil:
		condition = metadataCondition(*w.Metadata, n)
	default:
		return found, false, nil
	}
	found.Condition = condition.String()
	if k.Discards() {
		return found, true, badRequest("this mimir discards what comes and has no data to wait for: wait for requests, or PUT its mode")
	}
	if err := k.WaitFor(ctx, condition); err != nil {
		return found, true, err
	}
	if w.Metadata != nil {
		found.Metadata, found.More = aboutMetric(k.Accepted(), *w.Metadata, w.Limit)
		return found, true, nil
	}
	err := foundSeries(&found, k.Accepted(), selector, w.Limit)
	return found, true, err
}

func metadataCondition(metric string, n int) mimir.Condition {
	if n == 1 {
		return mimir.MetadataOf(metric)
	}
	return mimir.Until(fmt.Sprintf("%d times metadata of %q", n, metric), func(d mimir.Data) bool {
		return len(metadataAbout(d, metric)) >= n
	})
}

func metadataAbout(d mimir.Data, metric string) []mimir.Metadata {
	var about []mimir.Metadata
	for _, m := range d.Metadata() {
		if m.Metric == metric {
			about = append(about, m)
		}
	}
	return about
}

func aboutMetric(d mimir.Data, metric string, limit int) ([]api.Metadata, bool) {
	about := metadataAbout(d, metric)
	return metadataOf(about[:min(limit, len(about))]), len(about) > limit
}

// foundSeries puts the series of a selector into the answer, each with its newest values.
func foundSeries(found *api.Found, d mimir.Data, selector string, limit int) error {
	all, err := d.Series(selector)
	if err != nil {
		return err
	}
	if len(all) > limit {
		all, found.More = all[:limit], true
	}
	for i := range all {
		one := &all[i]
		for _, more := range []bool{newest(&one.Samples, limit), newest(&one.Exemplars, limit), newest(&one.Histograms, limit)} {
			found.More = found.More || more
		}
	}
	found.Series = seriesOf(all)
	return nil
}

// newest leaves the newest values only, and reports whether there were more.
func newest[T any](values *[]T, limit int) bool {
	n := len(*values)
	if n <= limit {
		return false
	}
	*values = (*values)[n-limit:]
	return true
}

// writeLine is a write in words.
func writeLine(r mimir.Request, n api.Counts) string {
	switch {
	case r.DecodeError != "":
		return "not decoded: " + r.DecodeError
	case r.Kind == mimir.KindMetadata && len(r.Metadata) > 0:
		about := r.Metadata[0]
		return fmt.Sprintf("metadata of %s, such as %s: %s, %q", plural(len(r.Metadata), "metric"), about.Metric, about.Type, about.Help)
	case len(r.Series) == 0:
		return "nothing in it"
	}
	parts := []string{plural(int(n.Samples), "sample"), fmt.Sprintf("%d series", n.Series)}
	if n.Histograms > 0 {
		parts = append(parts, plural(int(n.Histograms), "histogram"))
	}
	if n.Exemplars > 0 {
		parts = append(parts, plural(int(n.Exemplars), "exemplar"))
	}
	return strings.Join(parts, ", ") + ", such as " + exampleSeries(r.Series[0])
}
