package mimir

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// adjust ends messages about limits that a tenant can have raised.
const adjust = " To adjust the related per-tenant limit, configure -%s, or contact your service administrator."

// check looks at one series by itself, in the order of Mimir's distributor.
func (l Limits) check(one Series, newest int64) *refused {
	set := one.Labels
	name := set.Get(labels.MetricName)
	switch {
	case !set.Has(labels.MetricName):
		return badRequest("received series has no metric name (err-mimir-missing-metric-name)")
	case !l.isName(name, true):
		return badRequest("received a series with invalid metric name: '%.200s' (err-mimir-metric-name-invalid)", onlyASCII(name))
	}
	if bad := l.checkNumber(name, set); bad != nil {
		return bad
	}
	for i, label := range set {
		if bad := l.checkLabel(set, i, label); bad != nil {
			return bad
		}
	}
	return checkFuture(one, newest)
}

// checkNumber looks at how many labels there are.
func (l Limits) checkNumber(metric string, set labels.Labels) *refused {
	n := len(set)
	switch isInfo := strings.HasSuffix(metric, "_info"); {
	case n <= l.LabelNames, isInfo && n <= l.InfoLabelNames:
		return nil
	case isInfo:
		return badRequest("received an info series whose number of labels exceeds the limit (actual: %d, limit: %d) series: '%s' "+
			"(err-mimir-max-label-names-per-info-series)."+adjust, n, l.InfoLabelNames, shortened(set.String()), "validation.max-label-names-per-info-series")
	}
	return badRequest("received a series whose number of labels exceeds the limit (actual: %d, limit: %d) series: '%s' "+
		"(err-mimir-max-label-names-per-series)."+adjust, n, l.LabelNames, shortened(set.String()), "validation.max-label-names-per-series")
}

func (l Limits) checkLabel(set labels.Labels, i int, label labels.Label) *refused {
	switch {
	case !l.isName(label.Name, false):
		return badRequest("received a series with an invalid label: '%.200s' series: '%.200s' (err-mimir-label-invalid)", label.Name, set)
	case len(label.Name) > l.LabelNameLength:
		return badRequest("received a series whose label name length exceeds the limit, label: '%.200s' series: '%.200s' "+
			"(err-mimir-label-name-too-long)."+adjust, label.Name, set, "validation.max-length-label-name")
	case !utf8.ValidString(label.Value):
		return badRequest("received a series with invalid value in label '%.200s': '%.200s' metric: '%.200s' (err-mimir-label-value-invalid)",
			label.Name, label.Value, set.Get(labels.MetricName))
	case len(label.Value) > l.LabelValueLength:
		return badRequest("received a series whose label value length exceeds the limit, label: '%s', value: '%.200s' (truncated) series: '%.200s' "+
			"(err-mimir-label-value-too-long)."+adjust, label.Name, label.Value, set, "validation.max-length-label-value")
	case i > 0 && label.Name == set[i-1].Name:
		return badRequest("received a series with duplicate label name, label: '%.200s' series: '%.200s' (err-mimir-duplicate-label-names)", label.Name, set)
	case i > 0 && label.Name < set[i-1].Name:
		return badRequest("received a series where the label names are not alphabetically sorted, label: '%.200s' series: '%.200s' "+
			"(err-mimir-labels-not-sorted)", label.Name, set)
	}
	return nil
}

// isName reports whether a text may name a label, or a metric.
func (l Limits) isName(text string, metric bool) bool {
	if l.UTF8Names {
		return text != "" && utf8.ValidString(text)
	}
	for i := range len(text) {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || metric && c == ':'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return text != ""
}

// onlyASCII leaves out what Mimir leaves out of this message.
func onlyASCII(text string) string {
	short := strings.Map(func(r rune) rune {
		if r > 0x7f {
			return -1
		}
		return r
	}, text)
	if short != text {
		short += " (non-ascii characters removed)"
	}
	return short
}

// shortened ends a long text with an ellipsis.
func shortened(text string) string {
	short := fmt.Sprintf("%.200s", text)
	if short != text {
		short += "…"
	}
	return short
}
