package metricscrape

import (
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
	"github.com/touchstone-telemetry/touchstone/reference/httpclient"
)

// target is one thing to scrape: an address and the labels its series get.
type target struct {
	url    *url.URL
	labels []column.Label // public labels, job and instance included, sorted by name
}

// newTarget reads one element of the argument targets. The labels __address__, __scheme__, __metrics_path__ and
// __param_<name> say what to request; other labels starting with __ are internal and go no further.
func newTarget(set map[string]string, args *Arguments) (target, error) {
	u, err := baseURL(set, args)
	if err != nil {
		return target{}, err
	}
	u.Path = firstOf(set["__metrics_path__"], args.MetricsPath)
	u.RawQuery = query(set, args.Params).Encode()
	return target{url: u, labels: publicLabels(set, u.Host, args.jobName)}, nil
}

// baseURL is scheme, host and port of a target. An address that is refused is not quoted when it may hold a password.
func baseURL(set map[string]string, args *Arguments) (*url.URL, error) {
	scheme, address := firstOf(set["__scheme__"], args.Scheme), set["__address__"]
	port, known := map[string]string{"http": "80", "https": "443"}[scheme]
	switch {
	case address == "":
		return nil, fmt.Errorf("target has no __address__; its labels are %s", names(set))
	case strings.Contains(address, "@"):
		return nil, errors.New("__address__ holds a user: write it as host:port and give the user with basic_auth")
	case !known:
		return nil, fmt.Errorf("target %q has the scheme %q: use http or https", address, scheme)
	}
	hostPort := withPort(address, port)
	u, err := url.Parse(scheme + "://" + hostPort)
	if err != nil || u.Host != hostPort || u.Hostname() == "" || !httpclient.PortExists(u.Port()) {
		return nil, fmt.Errorf("__address__ %q is not host:port with a port from 1 to 65535", address)
	}
	return u, nil
}

func query(set map[string]string, params map[string][]string) url.Values {
	values := url.Values{}
	for name, list := range params {
		values[name] = slices.Clone(list)
	}
	for label, value := range set {
		if name, is := strings.CutPrefix(label, "__param_"); is {
			if len(values[name]) > 0 {
				values[name][0] = value
			} else {
				values[name] = []string{value}
			}
		}
	}
	return values
}

func publicLabels(set map[string]string, address, job string) []column.Label {
	public := map[string]string{"instance": address, "job": job}
	for name, value := range set {
		if !strings.HasPrefix(name, "__") && value != "" {
			public[name] = value
		}
	}
	series, _ := flatten(public)
	return series.Labels
}

// withPort adds the port that the scheme implies.
func withPort(address, port string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(strings.TrimSuffix(strings.TrimPrefix(address, "["), "]"), port)
}

// shown is the URL as it may be shown: without credentials in its parameters.
func (t target) shown() string { return httpclient.ShownURL(t.url.String()) }

// key identifies a target: two with one key are the same.
func (t target) key() string {
	var b strings.Builder
	b.WriteString(t.url.String())
	for _, label := range t.labels {
		b.WriteByte(0xff)
		b.WriteString(label.Name)
		b.WriteByte(0xff)
		b.WriteString(label.Value)
	}
	return b.String()
}

// offset spreads first scrapes over the interval: the same for the same target at every start, so that a restart does
// not shift its samples. The result lies in [0, interval).
func (t target) offset(interval time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(t.key()))
	return time.Duration(h.Sum64() % uint64(interval))
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// names lists the labels of a set for an error; their values may be secret.
func names(set map[string]string) string {
	if len(set) == 0 {
		return "none"
	}
	return fmt.Sprintf("%.120q", strings.Join(slices.Sorted(maps.Keys(set)), ", "))
}
