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

// report is the column that every scrape appends about itself, whether it went well or not.
type report struct {
	layout *column.Layout
	values [len(reportNames)]float64
}

func newReport(l labeller) *report {
	r := &report{layout: &column.Layout{}}
	for _, name := range reportNames {
		r.layout.Series = append(r.layout.Series, l.report(name))
	}
	return r
}

// column describes one scrape at time t in milliseconds. Its values are valid until the next call.
func (r *report) column(t int64, up bool, took time.Duration, samples, added int) column.Column {
	r.values = [...]float64{0, took.Seconds(), float64(samples), float64(samples), float64(added)}
	if up {
		r.values[0] = 1
	}
	return column.Column{Layout: r.layout, T: t, Values: r.values[:]}
}

// stale ends the series of a layout at time t in milliseconds.
func stale(l *column.Layout, t int64) column.Column {
	values := make([]float64, len(l.Series))
	for i := range values {
		values[i] = column.Stale()
	}
	return column.Column{Layout: l, T: t, Values: values}
}
