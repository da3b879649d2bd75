package metricscrape

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// Arguments configure prometheus.scrape. The five pages only use the component; its arguments follow the public page of
// prometheus.scrape of the same releases (clauses MS-*).
type Arguments struct {
	// Targets is the list of label sets to scrape; each needs __address__.
	Targets []map[string]string `river:"targets,attr"`
	// ForwardTo receives every column; null elements are skipped.
	ForwardTo []column.Receiver `river:"forward_to,attr" element:"MetricsReceiver"`
	// JobName is the value of the label job; the component's id if empty.
	JobName string `river:"job_name,attr,optional"`
	// HonorLabels lets labels of the page win over those of the target.
	HonorLabels bool `river:"honor_labels,attr,optional"`
	// HonorTimestamps keeps the times that samples carry. On by default.
	HonorTimestamps bool `river:"honor_timestamps,attr,optional"`
	// Params are query parameters of every request.
	Params map[string][]string `river:"params,attr,optional"`
	// ScrapeInterval is the time between two scrapes of one target, 1m by default.
	ScrapeInterval time.Duration `river:"scrape_interval,attr,optional"`
	// ScrapeTimeout bounds one scrape and is at most the interval; by default 10s, or the interval if that is shorter.
	ScrapeTimeout time.Duration `river:"scrape_timeout,attr,optional"`
	// MetricsPath is the path to request, /metrics by default.
	MetricsPath string `river:"metrics_path,attr,optional"`
	// Scheme is http, the default, or https.
	Scheme string `river:"scheme,attr,optional"`
	// ExtraMetrics adds series about the limits and the size of each scrape.
	ExtraMetrics bool `river:"extra_metrics,attr,optional"`

	// A page beyond one of these limits counts as a failed scrape; 0, the default, is no limit, but for
	// BodySizeLimit: that of 64 MiB. It is in bytes, inflated; the lengths are in bytes too.
	BodySizeLimit         int64 `river:"body_size_limit,attr,optional"`
	SampleLimit           uint  `river:"sample_limit,attr,optional"`
	LabelLimit            uint  `river:"label_limit,attr,optional"`
	LabelNameLengthLimit  uint  `river:"label_name_length_limit,attr,optional"`
	LabelValueLengthLimit uint  `river:"label_value_length_limit,attr,optional"`
	// TargetLimit is how many targets there may be; with more, none is scraped and all are down.
	TargetLimit uint `river:"target_limit,attr,optional"`

	// EnableProtobufNegotiation asks for the protobuf format first, which brings native histograms. (Of later releases.)
	EnableProtobufNegotiation bool `river:"enable_protobuf_negotiation,attr,optional"`
	// ScrapeClassicHistograms also takes the classic form of histograms that have both. (Of later releases.)
	ScrapeClassicHistograms bool `river:"scrape_classic_histograms,attr,optional"`

	HTTPClient httpclient.Config `river:",squash"`
	// Clustering changes nothing, as on an agent that runs alone.
	Clustering *Clustering `river:"clustering,block,optional"`

	jobName string // JobName, or the component's id
}

// Clustering is the block clustering.
type Clustering struct {
	Enabled bool `river:"enabled,attr"`
}

// SetDefaults sets the documented defaults. That of the scrape timeout depends on the interval, so Validate sets it.
func (a *Arguments) SetDefaults() {
	*a = Arguments{
		HonorTimestamps: true,
		ScrapeInterval:  time.Minute,
		ScrapeTimeout:   leftOut,
		MetricsPath:     "/metrics",
		Scheme:          "http",
	}
	a.HTTPClient.SetDefaults()
}

const (
	defaultTimeout = 10 * time.Second
	// leftOut is a timeout that nobody would write.
	leftOut = time.Duration(-1)
)

// Validate refuses intervals, timeouts and schemes that make no sense, and targets that cannot be scraped.
func (a *Arguments) Validate() error {
	if a.ScrapeTimeout == leftOut {
		a.ScrapeTimeout = min(defaultTimeout, max(a.ScrapeInterval, 1))
	}
	all := []error{a.checkTimes(), river.NotNegative("body_size_limit", a.BodySizeLimit)}
	if a.Scheme != "http" && a.Scheme != "https" {
		all = append(all, river.Fieldf("scheme", "scheme must be http or https, not %q", a.Scheme))
	} else if _, err := a.targets(); err != nil {
		all = append(all, err)
	}
	return errors.Join(all...)
}

func (a *Arguments) checkTimes() error {
	err := errors.Join(river.MoreThanZero("scrape_interval", a.ScrapeInterval), river.MoreThanZero("scrape_timeout", a.ScrapeTimeout))
	if err == nil && a.ScrapeTimeout > a.ScrapeInterval {
		return river.Fieldf("scrape_timeout", "scrape_timeout %s is longer than scrape_interval %s",
			river.DurationText(a.ScrapeTimeout), river.DurationText(a.ScrapeInterval))
	}
	return err
}

// targets makes the distinct targets, by key. Errors are joined, each a *river.FieldError.
func (a *Arguments) targets() (map[string]target, error) {
	targets := make(map[string]target, len(a.Targets))
	var all []error
	for i, set := range a.Targets {
		t, err := newTarget(set, a)
		if err != nil {
			all = append(all, river.Fieldf(fmt.Sprintf("targets[%d]", i), "targets[%d]: %w", i, err))
			continue
		}
		targets[t.key()] = t
	}
	return targets, errors.Join(all...)
}

// tooMany is why no target is scraped, nil when there are no more than allowed.
func (a *Arguments) tooMany(targets int) error {
	if a.TargetLimit == 0 || uint(targets) <= a.TargetLimit {
		return nil
	}
	return fmt.Errorf("target_limit %d exceeded: there are %d targets", a.TargetLimit, targets)
}

// pages are the settings of every target's page.
func (a *Arguments) pages() pageSettings {
	return pageSettings{
		limits:      limits{samples: a.SampleLimit, labels: a.LabelLimit, name: a.LabelNameLengthLimit, value: a.LabelValueLengthLimit},
		ignoreTimes: !a.HonorTimestamps,
		native:      a.EnableProtobufNegotiation,
		classic:     a.ScrapeClassicHistograms,
	}
}

// sameLoops tells whether loops made for a may go on for b: everything is the same but targets and receivers.
func (a Arguments) sameLoops(b Arguments) bool {
	a.Targets, a.ForwardTo, b.Targets, b.ForwardTo = nil, nil, nil, nil
	return reflect.DeepEqual(a, b)
}
