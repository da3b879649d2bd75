package profilewrite

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/backoff"
	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// PhlareArguments configure phlare.write as phlare.write@v0.31 has it.
type PhlareArguments struct {
	// ExternalLabels are set on every profile, in place of its own labels of the same names.
	ExternalLabels map[string]string `river:"external_labels,attr,optional"`
	Endpoints      []PhlareEndpoint  `river:"endpoint,block,optional"`
}

// PhlareEndpoint is one destination of phlare.write. A push that fails is not tried again.
type PhlareEndpoint struct {
	// URL is where the push procedure is found below.
	URL string `river:"url,attr"`
	// Name tells endpoints apart in metrics and across reloads. Optional, but not twice in one component.
	Name string `river:"name,attr,optional"`
	// RemoteTimeout bounds one push; 30s by default.
	RemoteTimeout time.Duration `river:"remote_timeout,attr,optional"`
	// Headers are sent with every push.
	Headers httpclient.Headers `river:"headers,attr,optional"`
	HTTP    httpclient.Phlare  `river:"http_client_config,block,optional"`
}

// SetDefaults sets the documented defaults.
func (e *PhlareEndpoint) SetDefaults() {
	*e = PhlareEndpoint{RemoteTimeout: 30 * time.Second}
	e.HTTP.SetDefaults()
}

// Validate refuses what [PyroscopeEndpoint.Validate] refuses, as far as the arguments exist here.
func (e *PhlareEndpoint) Validate() error {
	return checkEndpoint(e.URL, e.RemoteTimeout, e.Headers)
}

// Validate refuses external labels without a name and names of endpoints that are not unique.
func (a *PhlareArguments) Validate() error {
	return checkTogether(a.ExternalLabels, a.settings().endpoints)
}

// PyroscopeArguments configure pyroscope.write: the union of pyroscope.write@v0.38 and pyroscope.write@alloy-1.7.
type PyroscopeArguments struct {
	// ExternalLabels are set on every profile, in place of its own labels of the same names.
	ExternalLabels map[string]string   `river:"external_labels,attr,optional"`
	Endpoints      []PyroscopeEndpoint `river:"endpoint,block,optional"`
}

// PyroscopeEndpoint is one destination of pyroscope.write.
type PyroscopeEndpoint struct {
	// URL is where the push procedure is found below.
	URL string `river:"url,attr"`
	// Name tells endpoints apart in metrics and across reloads. Optional, but not twice in one component.
	Name string `river:"name,attr,optional"`
	// RemoteTimeout bounds each attempt of a push; 10s by default.
	RemoteTimeout time.Duration `river:"remote_timeout,attr,optional"`
	// Headers are sent with every push.
	Headers httpclient.Headers `river:"headers,attr,optional"`
	// MinBackoff is the wait before the first retry, 500ms by default; it doubles with each further one.
	MinBackoff time.Duration `river:"min_backoff_period,attr,optional"`
	// MaxBackoff is the longest wait, 5m by default.
	MaxBackoff time.Duration `river:"max_backoff_period,attr,optional"`
	// MaxRetries is how many retries may follow the first attempt, 10 by default; 0 means any number.
	MaxRetries int `river:"max_backoff_retries,attr,optional"`
	// RetryOnHTTP429 says whether rate-limited pushes are tried again; true by default. It is not on the pages, but in the
	// releases after them.
	RetryOnHTTP429 bool `river:"retry_on_http_429,attr,optional"`

	HTTP httpclient.Config `river:",squash"`
}

// SetDefaults sets the documented defaults.
func (e *PyroscopeEndpoint) SetDefaults() {
	*e = PyroscopeEndpoint{
		RemoteTimeout:  10 * time.Second,
		MinBackoff:     500 * time.Millisecond,
		MaxBackoff:     5 * time.Minute,
		MaxRetries:     10,
		RetryOnHTTP429: true,
	}
	e.HTTP.SetDefaults()
}

// Validate refuses a URL without scheme or host, times that are not positive, a maximum below the minimum, a negative
// number of retries, and headers that cannot be sent.
func (e *PyroscopeEndpoint) Validate() error {
	return errors.Join(
		checkEndpoint(e.URL, e.RemoteTimeout, e.Headers),
		river.Range("min_backoff_period", e.MinBackoff, "max_backoff_period", e.MaxBackoff),
		river.NotNegative("max_backoff_retries", e.MaxRetries),
	)
}

// Validate refuses external labels without a name and names of endpoints that are not unique.
func (a *PyroscopeArguments) Validate() error {
	return checkTogether(a.ExternalLabels, a.settings().endpoints)
}

// settings is what both kinds of arguments come down to.
type settings struct {
	external  map[string]string
	endpoints []endpointSettings
}

// endpointSettings describe one destination. They are compared as a whole to find out what a reload leaves alone.
type endpointSettings struct {
	url     string
	name    string
	timeout time.Duration
	headers map[string]string
	retry   retryPolicy
	http    *httpclient.Config
	// httpBlock is the block that http is written in; empty when it is the endpoint's own.
	httpBlock string
}

// retryPolicy says whether and when a failed push is tried again.
type retryPolicy struct {
	enabled  bool
	limit    int // retries after the first attempt, 0 for any number
	schedule backoff.Schedule
	on429    bool
}

// allows tells whether the n-th retry, counted from 1, may happen.
func (p retryPolicy) allows(n int) bool {
	return p.enabled && (p.limit == 0 || n <= p.limit)
}

func (a *PhlareArguments) settings() settings {
	s := settings{external: a.ExternalLabels}
	for _, e := range a.Endpoints {
		s.endpoints = append(s.endpoints, endpointSettings{
			url: e.URL, name: e.Name, timeout: e.RemoteTimeout, headers: e.Headers,
			http: e.HTTP.Config(), httpBlock: "http_client_config",
		})
	}
	return s
}

func (a *PyroscopeArguments) settings() settings {
	s := settings{external: a.ExternalLabels}
	for _, e := range a.Endpoints {
		s.endpoints = append(s.endpoints, endpointSettings{
			url: e.URL, name: e.Name, timeout: e.RemoteTimeout, headers: e.Headers, http: &e.HTTP,
			retry: retryPolicy{
				enabled:  true,
				limit:    e.MaxRetries,
				schedule: backoff.Schedule{Min: e.MinBackoff, Max: e.MaxBackoff},
				on429:    e.RetryOnHTTP429,
			},
		})
	}
	return s
}

func checkEndpoint(url string, timeout time.Duration, headers map[string]string) error {
	return errors.Join(
		httpclient.CheckEndpointURL("url", url),
		river.MoreThanZero("remote_timeout", timeout),
		httpclient.CheckHeaders("headers", headers),
	)
}

func checkTogether(external map[string]string, endpoints []endpointSettings) error {
	var all []error
	if _, nameless := external[""]; nameless {
		all = append(all, river.Fieldf("external_labels", "external_labels has a label without a name"))
	}
	var names []string
	for i, e := range endpoints {
		if e.name != "" && slices.Contains(names, e.name) {
			all = append(all, river.Fieldf(fmt.Sprintf("endpoint[%d].name", i), "name %q is that of another endpoint already", e.name))
		}
		names = append(names, e.name)
	}
	return errors.Join(all...)
}
