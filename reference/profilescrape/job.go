package profilescrape

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
	"github.com/touchstone-telemetry/touchstone/reference/profile"
)

// Labels of a target that say how to reach it.
const (
	addressLabel = "__address__"
	schemeLabel  = "__scheme__"
	paramPrefix  = "__param_"

	// Labels that stand in place of what is configured, with pyroscope.scrape only.
	pathLabel       = "__profile_path__"
	pathPrefixLabel = "__profile_path_prefix__"
)

// job is one profile of one target: what one loop scrapes again and again.
type job struct {
	url string
	// labels are sent with each profile, sorted by name.
	labels   []profile.Label
	interval time.Duration
	// seconds tells whether the request asks the target to take its time.
	seconds bool
}

// shown is the URL as it may be shown: without credentials in its parameters.
func (j job) shown() string { return httpclient.ShownURL(j.url) }

// key tells jobs apart. A loop whose job has the same key after a reload goes on.
func (j job) key() string {
	return fmt.Sprintf("%s %s %q", j.interval, j.url, j.labels)
}

// offset is when the first scrape happens after the start: anywhere in [0, interval), and always the same for one job, so
// that many jobs are spread over the interval.
func (j job) offset() time.Duration {
	h := fnv.New64a()
	h.Write([]byte(j.key()))
	return time.Duration(h.Sum64() % uint64(j.interval))
}

// rejected is a target that cannot be scraped.
type rejected struct {
	labels map[string]string // public ones: others may be secret
	err    error
}

// jobs lists what is scraped: each enabled profile of each target, once.
func (s settings) jobs(componentID string) ([]job, []rejected) {
	var jobs []job
	var bad []rejected
	seen := make(map[string]bool)
	for _, target := range s.targets {
		of, err := s.targetJobs(target, componentID)
		if err != nil {
			bad = append(bad, rejected{labels: public(target), err: err})
		}
		for _, j := range of {
			if !seen[j.key()] {
				seen[j.key()] = true
				jobs = append(jobs, j)
			}
		}
	}
	return jobs, bad
}

func (s settings) targetJobs(target map[string]string, componentID string) ([]job, error) {
	base, err := s.baseURL(target)
	if err != nil {
		return nil, err
	}
	labels := s.publicLabels(target, base.Host, componentID)
	var jobs []job
	for _, k := range s.kinds {
		prefix := s.pathPrefix
		if s.heedsTargets {
			prefix = cmp.Or(target[pathPrefixLabel], prefix)
			k.path = cmp.Or(target[pathLabel], k.path)
			k.name = cmp.Or(target[profile.NameLabel], k.name)
		}
		query := s.query(target, k)
		u := base.JoinPath(prefix, k.path)
		u.RawQuery = query.Encode()
		jobs = append(jobs, job{
			url:      u.String(),
			labels:   sortedLabels(labels, k.labels()...),
			interval: s.interval,
			seconds:  query.Has("seconds"),
		})
	}
	return jobs, nil
}

// baseURL is scheme, host and port of a target.
func (s settings) baseURL(target map[string]string) (*url.URL, error) {
	scheme := cmp.Or(target[schemeLabel], s.scheme)
	port, known := map[string]string{"http": "80", "https": "443"}[scheme]
	if !known {
		return nil, fmt.Errorf("target has the scheme %q: use http or https", scheme)
	}
	address := target[addressLabel]
	switch {
	case address == "":
		return nil, errors.New("target has no " + addressLabel)
	case strings.Contains(address, "@"): // not quoted: it may hold a password
		return nil, errors.New("target has an " + addressLabel + " with a user: write it as host:port and give the user with basic_auth")
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(strings.Trim(address, "[]"), port)
	}
	u, err := url.Parse(scheme + "://" + address)
	if err != nil || u.Host != address || u.Hostname() == "" || !httpclient.PortExists(u.Port()) {
		return nil, fmt.Errorf("target has the %s %q: write it as host:port, the port from 1 to 65535", addressLabel, target[addressLabel])
	}
	return u, nil
}

// query joins the configured parameters with those of the target's __param_ labels, which win, and the seconds of a delta
// profile. Each request has a map of its own: what one profile adds never shows up in another.
func (s settings) query(target map[string]string, k kind) url.Values {
	q := make(url.Values)
	maps.Copy(q, s.params)
	for label, value := range target {
		if name, ok := strings.CutPrefix(label, paramPrefix); ok && name != "" {
			q.Set(name, value)
		}
	}
	if k.delta {
		q.Set("seconds", strconv.Itoa(s.seconds()))
	}
	return q
}

// publicLabels are those of the target that do not begin with "__", with job, instance and service_name added.
func (s settings) publicLabels(target map[string]string, hostPort, componentID string) map[string]string {
	labels := map[string]string{"instance": hostPort, "job": componentID}
	if s.namesServices {
		labels["service_name"] = serviceName(target)
	}
	maps.Copy(labels, public(target))
	if s.jobName != "" {
		labels["job"] = s.jobName
	}
	return labels
}

// public returns the labels of a target that are sent.
func public(target map[string]string) map[string]string {
	labels := make(map[string]string, len(target))
	for name, value := range target {
		if !strings.HasPrefix(name, "__") && value != "" {
			labels[name] = value
		}
	}
	return labels
}

// serviceName guesses the name of a target's service from what discovery tells about it.
func serviceName(target map[string]string) string {
	namespace, container := target["__meta_kubernetes_namespace"], target["__meta_kubernetes_pod_container_name"]
	kubernetes := ""
	if namespace != "" && container != "" {
		kubernetes = namespace + "/" + container
	}
	return cmp.Or(
		target["__meta_kubernetes_pod_annotation_pyroscope_io_service_name"],
		kubernetes,
		target["__meta_docker_container_name"],
		target["__meta_dockerswarm_container_label_service_name"],
		target["__meta_dockerswarm_service_name"],
		"unspecified",
	)
}

func sortedLabels(labels map[string]string, more ...profile.Label) []profile.Label {
	all := slices.Clone(more)
	for name, value := range labels {
		all = append(all, profile.Label{Name: name, Value: value})
	}
	slices.SortFunc(all, func(a, b profile.Label) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
