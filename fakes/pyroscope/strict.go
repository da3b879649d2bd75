package pyroscope

import (
	"fmt"
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
}

func (l Limits) orDefault() Limits {
	if l.LabelNames <= 0 {
		l.LabelNames = 30
	}
	if l.LabelNameLength <= 0 {
		l.LabelNameLength = 1024
	}
	if l.LabelValueLength <= 0 {
		l.LabelValueLength = 2048
	}
	return l
}

// refuse finds the first profile that Pyroscope would not take.
func (s *Server) refuse(profiles []Profile) *failure {
	for i := range profiles {
		p := profiles[i] // a copy: what is parsed here is not kept
		if f := s.options.Limits.check(p.Labels); f != nil {
			return f
		}
		if p.format != IngestPprof && p.format != ConnectProto && p.format != ConnectJSON {
			continue
		}
		if s.parse(&p); p.ParseError != "" {
			return invalid("%s", p.ParseError)
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
	case set.Get(labels.MetricName) == "":
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
