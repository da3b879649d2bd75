package metricscrape

import (
	"fmt"
	"hash/fnv"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/reference/column"
)

// target is one thing to scrape: an address and the labels its series get.
type target struct {
	url    string
	labels []column.Label // public labels, job and instance included, sorted by name
}

// newTarget reads one element of the argument targets. The labels __address__, __scheme__, __metrics_path__ and
// __param_<name> say what to request; other labels starting with __ are internal and go no further.
func newTarget(set map[string]string, args *Arguments) (target, error) {
	address := set["__address__"]
	if address == "" {
		return target{}, fmt.Errorf("target %s has no __address__", describe(set))
	}
	if strings.Contains(address, "/") {
		return target{}, fmt.Errorf("__address__ %q is not host:port", address)
	}
	scheme := firstOf(set["__scheme__"], args.Scheme)
	address, err := withPort(address, scheme)
	if err != nil {
		return target{}, err
	}
	u := url.URL{
		Scheme:   scheme,
		Host:     address,
		Path:     firstOf(set["__metrics_path__"], args.MetricsPath),
		RawQuery: query(set, args.Params).Encode(),
	}
	return target{url: u.String(), labels: publicLabels(set, address, args.jobName)}, nil
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
func withPort(address, scheme string) (string, error) {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address, nil
	}
	host := strings.TrimSuffix(strings.TrimPrefix(address, "["), "]")
	switch scheme {
	case "http":
		return net.JoinHostPort(host, "80"), nil
	case "https":
		return net.JoinHostPort(host, "443"), nil
	}
	return "", fmt.Errorf("scheme %q of target %q is neither http nor https", scheme, address)
}

// key identifies a target: two with one key are the same.
func (t target) key() string {
	var b strings.Builder
	b.WriteString(t.url)
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

// describe shows a label set in an error, shortened.
func describe(set map[string]string) string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = fmt.Sprintf("%s=%q", name, set[name])
	}
	text := strings.Join(names, ", ")
	if len(text) > 120 {
		text = text[:120] + "..."
	}
	return "{" + text + "}"
}
