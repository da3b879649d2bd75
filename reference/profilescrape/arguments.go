package profilescrape

import (
	"errors"
	"slices"
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
	ForwardTo []profile.Receiver `river:"forward_to,attr" element:"ProfilesReceiver"`
	// JobName replaces the label job, which otherwise is the component's id unless a target has one of its own.
	JobName string `river:"job_name,attr,optional"`
	// Params are query parameters of every request.
	Params map[string][]string `river:"params,attr,optional"`
	// ScrapeInterval is the time between two scrapes of one profile; 15s by default.
	ScrapeInterval time.Duration `river:"scrape_interval,attr,optional"`
	// ScrapeTimeout bounds each scrape; 15s by default.
	ScrapeTimeout time.Duration `river:"scrape_timeout,attr,optional"`
	// Scheme is http, the default, or https.
	Scheme    string            `river:"scheme,attr,optional"`
	HTTP      httpclient.Phlare `river:"http_client_config,block,optional"`
	Profiling Profiling         `river:"profiling_config,block,optional"`
}

// SetDefaults sets the documented defaults.
func (a *PhlareArguments) SetDefaults() {
	*a = PhlareArguments{ScrapeInterval: 15 * time.Second, ScrapeTimeout: 15 * time.Second, Scheme: "http"}
	a.HTTP.SetDefaults()
	a.Profiling.SetDefaults()
}

// Validate refuses times and a scheme that make no sense.
func (a *PhlareArguments) Validate() error { return a.settings().validate() }

func (a *PhlareArguments) settings() settings {
	return settings{
		targets: a.Targets, receivers: a.ForwardTo, jobName: a.JobName, params: a.Params,
		interval: a.ScrapeInterval, timeout: a.ScrapeTimeout, delta: deltaDuration(a.ScrapeInterval), scheme: a.Scheme,
		http: a.HTTP.Config(), httpBlock: "http_client_config", pathPrefix: a.Profiling.PathPrefix, kinds: enabled(a.Profiling.kinds()),
	}
}

// PyroscopeArguments configure pyroscope.scrape: as phlare.scrape, but with the HTTP client's arguments at the top level, a
// default timeout of 10s to which profiles that take their time get that time added, and a service_name for each target.
type PyroscopeArguments struct {
	Targets        []map[string]string `river:"targets,attr"`
	ForwardTo      []profile.Receiver  `river:"forward_to,attr" element:"ProfilesReceiver"`
	JobName        string              `river:"job_name,attr,optional"`
	Params         map[string][]string `river:"params,attr,optional"`
	ScrapeInterval time.Duration       `river:"scrape_interval,attr,optional"`
	// ScrapeTimeout is 10s by default; requests with the parameter seconds get scrape_interval - 1s on top.
	ScrapeTimeout time.Duration `river:"scrape_timeout,attr,optional"`
	// DeltaProfilingDuration is how long targets are asked to collect a delta profile: more than 1s, whole seconds count, and
	// at most scrape_interval - 1s, which is the default.
	DeltaProfilingDuration time.Duration      `river:"delta_profiling_duration,attr,optional"`
	Scheme                 string             `river:"scheme,attr,optional"`
	HTTP                   httpclient.Config  `river:",squash"`
	Profiling              PyroscopeProfiling `river:"profiling_config,block,optional"`
	// Clustering changes nothing, as on an agent that runs alone.
	Clustering *Clustering `river:"clustering,block,optional"`
}

// Clustering is the block clustering.
type Clustering struct {
	Enabled bool `river:"enabled,attr"`
}

// leftOut is a duration that nobody would write.
const leftOut = time.Duration(-1)

// SetDefaults sets the documented defaults. That of delta_profiling_duration depends on the interval, so Validate sets it.
func (a *PyroscopeArguments) SetDefaults() {
	*a = PyroscopeArguments{
		ScrapeInterval: 15 * time.Second, ScrapeTimeout: 10 * time.Second, DeltaProfilingDuration: leftOut, Scheme: "http",
	}
	a.HTTP.SetDefaults()
	a.Profiling.SetDefaults()
}

// Validate refuses times and a scheme that make no sense.
func (a *PyroscopeArguments) Validate() error {
	written := a.DeltaProfilingDuration != leftOut
	if !written {
		a.DeltaProfilingDuration = deltaDuration(a.ScrapeInterval)
	}
	s := a.settings()
	if !written {
		return s.validate()
	}
	return errors.Join(s.validate(), s.checkDuration())
}

func (a *PyroscopeArguments) settings() settings {
	return settings{
		targets: a.Targets, receivers: a.ForwardTo, jobName: a.JobName, params: a.Params,
		interval: a.ScrapeInterval, timeout: a.ScrapeTimeout, delta: a.DeltaProfilingDuration, scheme: a.Scheme,
		http: &a.HTTP, pathPrefix: a.Profiling.PathPrefix, kinds: enabled(a.Profiling.kinds()),
		waitsForSeconds: true, namesServices: true, heedsTargets: true,
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
	delta     time.Duration // how long targets are asked to collect a delta profile
	scheme    string
	http      *httpclient.Config
	// httpBlock is the block that http is written in; empty when its arguments are the component's own.
	httpBlock  string
	pathPrefix string
	kinds      []kind // enabled ones
	// waitsForSeconds adds the time that a profile takes to its timeout.
	waitsForSeconds bool
	// namesServices adds the label service_name.
	namesServices bool
	// heedsTargets lets labels of a target choose path, prefix and name of its profiles.
	heedsTargets bool
}

func (s settings) validate() error {
	all := []error{river.MoreThanZero("scrape_interval", s.interval), river.MoreThanZero("scrape_timeout", s.timeout)}
	if s.scheme != "http" && s.scheme != "https" {
		all = append(all, river.Fieldf("scheme", "scheme must be http or https, not %q", s.scheme))
	}
	return errors.Join(append(all, s.checkInterval())...)
}

// checkInterval refuses delta profiles that would be asked to take no time at all.
func (s settings) checkInterval() error {
	i := slices.IndexFunc(s.kinds, func(k kind) bool { return k.delta })
	if i < 0 || s.interval <= 0 || s.interval >= 2*time.Second {
		return nil
	}
	return river.Fieldf("scrape_interval", "scrape_interval %s is too short for the profile %q, which takes the interval less one second: "+
		"use 2s or more, or give that profile delta = false or enabled = false", river.DurationText(s.interval), s.kinds[i].name)
}

// checkDuration refuses a delta_profiling_duration that no interval has room for. It does not matter without delta profiles.
func (s settings) checkDuration() error {
	const field = "delta_profiling_duration"
	most := deltaDuration(s.interval)
	switch {
	case s.delta <= time.Second:
		return river.Fieldf(field, "%s must be more than 1s, not %s", field, river.DurationText(s.delta))
	case s.delta > most && slices.ContainsFunc(s.kinds, func(k kind) bool { return k.delta }):
		return river.Fieldf(field, "%s %s is too long for scrape_interval %s: use %s at most, or a longer interval", field,
			river.DurationText(s.delta), river.DurationText(s.interval), river.DurationText(most))
	}
	return nil
}

// deltaDuration is how long a target collects a delta profile unless told otherwise: the interval less one second.
func deltaDuration(interval time.Duration) time.Duration { return max(interval-time.Second, 0) }

// seconds is what a target is asked for.
func (s settings) seconds() int { return int(s.delta / time.Second) }
