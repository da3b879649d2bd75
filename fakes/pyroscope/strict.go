package pyroscope

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Limits are what strict mode allows. A zero field has Pyroscope's default.
type Limits struct {
	// LabelNames is how many labels a series may have; 0 means 30.
	LabelNames int
	// LabelNameLength and LabelValueLength are in bytes; 0 means 1024 and 2048.
	LabelNameLength  int
	LabelValueLength int
	// ProfileBytes is how large a profile may be once inflated; 0 means 4 MiB.
	ProfileBytes int
	// ProfileSamples is how many samples a profile may have, SampleLabels how many labels each of them; 0 means 16,000 and 100.
	ProfileSamples int
	SampleLabels   int
	// IngestionRate is how many bytes of inflated profiles and labels a tenant may send in a second, beyond IngestionBurst of them at once: more is
	// answered resource_exhausted. 0 does not limit them, where Pyroscope has 4 MB. A burst of 0 means 2 MiB.
	IngestionRate  float64
	IngestionBurst int
}

func (l Limits) orDefault() Limits {
	for _, limit := range []struct {
		value     *int
		otherwise int
	}{
		{&l.LabelNames, 30}, {&l.LabelNameLength, 1024}, {&l.LabelValueLength, 2048},
		{&l.ProfileBytes, 4 << 20}, {&l.ProfileSamples, 16_000}, {&l.SampleLabels, 100}, {&l.IngestionBurst, 2 << 20},
	} {
		if *limit.value <= 0 {
			*limit.value = limit.otherwise
		}
	}
	return l
}

// refuse finds the first profile that Pyroscope would not take.
func (s *Server) refuse(tenant string, profiles []Profile) *failure {
	limits, bytes := s.Limits(), 0
	for i := range profiles {
		p := profiles[i] // a copy: what is parsed here is not kept
		if f := limits.check(p.Labels); f != nil {
			return f
		}
		bytes += len(p.Raw) + labelBytes(p.Labels)
		if p.format != IngestPprof && p.format != ConnectProto && p.format != ConnectJSON {
			continue
		}
		if s.parse(&p); p.ParseError != "" {
			return invalid("%s", p.ParseError)
		}
		if f := limits.checkProfile(&p); f != nil {
			return f
		}
		bytes += p.inflated - len(p.Raw)
	}
	if limits.IngestionRate > 0 && !s.rates.Allow(tenant, int64(bytes), limits.IngestionRate, limits.IngestionBurst, time.Now()) {
		return &failure{"resource_exhausted", fmt.Sprintf("push rate limit (%s) exceeded while adding %s", byteText(limits.IngestionRate), byteText(float64(bytes)))}
	}
	return nil
}

func labelBytes(set labels.Labels) int {
	n := 0
	for _, l := range set {
		n += len(l.Name) + len(l.Value)
	}
	return n
}

// byteText writes a number of bytes as Pyroscope does: 4.0 MiB.
func byteText(n float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; n >= 1024 && i < len(units)-1; i++ {
		n /= 1024
	}
	if i == 0 || n >= 10 {
		return fmt.Sprintf("%.0f %s", n, units[i])
	}
	return fmt.Sprintf("%.1f %s", n, units[i])
}

// checkProfile looks at a profile that was parsed.
func (l Limits) checkProfile(p *Profile) *failure {
	about := braced(p.Labels)
	if p.inflated > l.ProfileBytes {
		return invalid("the profile with labels '%s' exceeds the size limit (max_profile_size_byte, actual: %d, limit: %d)", about, p.inflated, l.ProfileBytes)
	}
	if n := len(p.Parsed.Sample); n > l.ProfileSamples {
		return invalid("the profile with labels '%s' exceeds the samples count limit (max_profile_stacktrace_samples, actual: %d, limit: %d)", about, n, l.ProfileSamples)
	}
	for _, sample := range p.Parsed.Sample {
		if n := len(sample.Label) + len(sample.NumLabel); n > l.SampleLabels {
			return invalid("the profile with labels '%s' exceeds the sample labels limit (max_profile_stacktrace_sample_labels, actual: %d, limit: %d)",
				about, n, l.SampleLabels)
		}
	}
	for _, t := range p.Parsed.SampleType {
		if strings.Contains(t.Type, "-") {
			return invalid("sample type contains -")
		}
	}
	return nil
}

func (l Limits) check(set labels.Labels) *failure {
	switch {
	case len(set) == 0:
		return invalid("error at least one label pair is required per profile")
	case len(set) > l.LabelNames:
		return invalid("profile series '%s' has %d label names; limit %d", braced(set), len(set), l.LabelNames)
	case !isMetricName(set.Get(labels.MetricName)):
		return invalid("invalid labels '%s' with error: invalid metric name", braced(set))
	case set.Get("service_name") == "":
		return invalid("invalid labels '%s' with error: service name is not provided", braced(set))
	}
	last := ""
	for _, label := range set.Sorted() {
		if f := l.checkLabel(set, label, last); f != nil {
			return f
		}
		last = label.Name
	}
	return nil
}

func (l Limits) checkLabel(set labels.Labels, label labels.Label, last string) *failure {
	switch {
	case len(label.Name) > l.LabelNameLength:
		return invalid("profile with labels '%s' has label name too long: '%s'", braced(set), label.Name)
	case len(label.Value) > l.LabelValueLength:
		return invalid("profile with labels '%s' has label value too long: '%s'", braced(set), label.Value)
	case !isLabelName(label.Name):
		return invalid("invalid labels '%s' with error: invalid label name '%s'", braced(set), label.Name)
	case !utf8.ValidString(label.Value):
		return invalid("invalid labels '%s' with error: invalid label value '%s'", braced(set), label.Value)
	case label.Name == last:
		return invalid("profile with labels '%s' has duplicate label name: '%s'", braced(set), label.Name)
	}
	return nil
}

// isMetricName is the rule of Prometheus: letters, digits, underscores and colons, no digit first.
func isMetricName(name string) bool {
	return isLabelName(strings.ReplaceAll(name, ":", "_")) && !strings.Contains(name, ".")
}

// isLabelName is Pyroscope's rule: letters, digits, underscores and dots, no digit first.
func isLabelName(name string) bool {
	for i, c := range name {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != ""
}

// braced writes labels as Pyroscope does: all in braces, sorted.
func braced(set labels.Labels) string {
	text := ""
	for i, l := range set.Sorted() {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s=%q", l.Name, l.Value)
	}
	return "{" + text + "}"
}
