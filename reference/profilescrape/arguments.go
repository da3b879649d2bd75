package profilescrape

import (
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
	"github.com/touchstone-telemetry/touchstone/reference/profile"
	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// PhlareArguments configure phlare.scrape as phlare.scrape@v0.31 has it.
type PhlareArguments struct {
	// Targets are the label sets of what is scraped; each needs __address__.
	Targets []map[string]string `river:"targets,attr"`
	// ForwardTo gets every profile; null elements are skipped.
	ForwardTo []profile.Receiver `river:"forward_to,attr"`
	// JobName replaces the label job, which otherwise is the component's id unless a target has one of its own.
	JobName string `river:"job_name,attr,optional"`
	// Params are query parameters of every request.
	Params map[string][]string `river:"params,attr,optional"`
	// ScrapeInterval is the time between two scrapes of one profile; 15s by default.
	ScrapeInterval time.Duration `river:"scrape_interval,attr,optional"`
	// ScrapeTimeout bounds each scrape; 15s by default.
	ScrapeTimeout time.Duration `river:"scrape_timeout,attr,optional"`
	// Scheme is http, the default, or https.
	Scheme    string             `river:"scheme,attr,optional"`
	HTTP      *httpclient.Phlare `river:"http_client_config,block,optional"`
	Profiling Profiling          `river:"profiling_config,block,optional"`
}

// SetDefaults sets the documented defaults.
func (a *PhlareArguments) SetDefaults() {
	*a = PhlareArguments{ScrapeInterval: 15 * time.Second, ScrapeTimeout: 15 * time.Second, Scheme: "http"}
	a.Profiling.SetDefaults()
}

// Validate refuses times and a scheme that make no sense.
func (a *PhlareArguments) Validate() error { return a.settings().validate() }

func (a *PhlareArguments) settings() settings {
	return settings{
		targets: a.Targets, receivers: a.ForwardTo, jobName: a.JobName, params: a.Params,
		interval: a.ScrapeInterval, timeout: a.ScrapeTimeout, scheme: a.Scheme,
		http: a.HTTP.Config(), httpBlock: "http_client_config", profiling: a.Profiling,
	}
}

// PyroscopeArguments configure pyroscope.scrape: as phlare.scrape, but with the HTTP client's arguments at the top level, a
// default timeout of 10s to which profiles that take their time get that time added, and a service_name for each target.
type PyroscopeArguments struct {
	Targets        []map[string]string `river:"targets,attr"`
	ForwardTo      []profile.Receiver  `river:"forward_to,attr"`
	JobName        string              `river:"job_name,attr,optional"`
	Params         map[string][]string `river:"params,attr,optional"`
	ScrapeInterval time.Duration       `river:"scrape_interval,attr,optional"`
	// ScrapeTimeout is 10s by default; requests with the parameter seconds get scrape_interval - 1s on top.
	ScrapeTimeout time.Duration     `river:"scrape_timeout,attr,optional"`
	Scheme        string            `river:"scheme,attr,optional"`
	HTTP          httpclient.Config `river:",squash"`
	Profiling     Profiling         `river:"profiling_config,block,optional"`
}

// SetDefaults sets the documented defaults.
func (a *PyroscopeArguments) SetDefaults() {
	*a = PyroscopeArguments{ScrapeInterval: 15 * time.Second, ScrapeTimeout: 10 * time.Second, Scheme: "http"}
	a.HTTP.SetDefaults()
	a.Profiling.SetDefaults()
}

// Validate refuses times and a scheme that make no sense.
func (a *PyroscopeArguments) Validate() error { return a.settings().validate() }

func (a *PyroscopeArguments) settings() settings {
	return settings{
		targets: a.Targets, receivers: a.ForwardTo, jobName: a.JobName, params: a.Params,
		interval: a.ScrapeInterval, timeout: a.ScrapeTimeout, scheme: a.Scheme,
		http: &a.HTTP, profiling: a.Profiling,
		waitsForSeconds: true, namesServices: true,
	}
}

// settings is what both kinds of arguments come down to.
type settings struct {
	targets   []map[string]string
	receivers []profile.Receiver
	jobName   string
	params    map[string][]string
	interval  time.Duration
	timeout   time.Duration
	scheme    string
	http      *httpclient.Config
	// httpBlock is the block that http is written in; empty when its arguments are the component's own.
	httpBlock string
	profiling Profiling
	// waitsForSeconds adds the time that a profile takes to its timeout.
	waitsForSeconds bool
	// namesServices adds the label service_name.
	namesServices bool
}

func (s settings) validate() error {
	switch {
	case s.interval <= 0:
		return river.Fieldf("scrape_interval", "scrape_interval must be more than 0, not %s", s.interval)
	case s.timeout <= 0:
		return river.Fieldf("scrape_timeout", "scrape_timeout must be more than 0, not %s", s.timeout)
	case s.scheme != "http" && s.scheme != "https":
		return river.Fieldf("scheme", "scheme must be http or https, not %q", s.scheme)
	}
	for _, k := range s.profiling.enabled() {
		if k.delta && s.interval < 2*time.Second {
			return river.Fieldf("scrape_interval", "scrape_interval %s is too short for the profile %q, which takes the interval less one second: "+
				"use 2s or more, or give that profile delta = false or enabled = false", s.interval, k.name)
		}
	}
	return nil
}

// seconds is how long a target is asked to collect a delta profile: the interval less one second.
func (s settings) seconds() int { return int(s.interval/time.Second) - 1 }
