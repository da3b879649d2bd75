package metricscrape

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// reportNames are the series that describe a scrape, in the order of report.column's values.
var reportNames = [...]string{
	"up",
	"scrape_duration_seconds",
	"scrape_samples_scraped",
	"scrape_samples_post_metric_relabeling",
	"scrape_series_added",
}

// extraNames are those that extra_metrics adds.
var extraNames = [...]string{
	"scrape_timeout_seconds",
	"scrape_sample_limit",
	"scrape_body_size_bytes",
}

// report is the column that every scrape appends about itself, whether it went well or not.
type report struct {
	layout *column.Layout
	values []float64
	// timeout and limit are the values of extra series; extra tells whether there are any.
	timeout, limit float64
	extra          bool
}

func newReport(l labeller, args *Arguments) *report {
	r := &report{
		layout: &column.Layout{}, extra: args.ExtraMetrics,
		timeout: args.ScrapeTimeout.Seconds(), limit: float64(args.SampleLimit),
	}
	names := reportNames[:]
	if r.extra {
		names = append(names[:len(names):len(names)], extraNames[:]...)
	}
	for _, name := range names {
		r.layout.Series = append(r.layout.Series, l.report(name))
	}
	return r
}

// outcome is what there is to report about one scrape.
type outcome struct {
	up             bool
	took           time.Duration
	samples, added int
	// bytes is the size of the page: 0 if the scrape failed, -1 if it was too large.
	bytes int
}

// column describes one scrape at time t in milliseconds. Its values are valid until the next call.
func (r *report) column(t int64, o outcome) column.Column {
	up := 0.0
	if o.up {
		up = 1
	}
	r.values = append(r.values[:0], up, o.took.Seconds(), float64(o.samples), float64(o.samples), float64(o.added))
	if r.extra {
		r.values = append(r.values, r.timeout, r.limit, float64(o.bytes))
	}
	return column.Column{Layout: r.layout, T: t, Values: r.values}
}

// stale ends the series of a layout at time t in milliseconds.
func stale(l *column.Layout, t int64) column.Column {
	values := make([]float64, len(l.Series))
	for i := range values {
		values[i] = column.Stale()
	}
	return column.Column{Layout: l, T: t, Values: values}
}
