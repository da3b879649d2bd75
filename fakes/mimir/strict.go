package mimir

import (
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// Limits are what strict mode allows. A zero field has Mimir's default.
type Limits struct {
	// LabelNames is how many labels a series may have, the metric's name among them; 0 means 30.
	LabelNames int
	// LabelNameLength and LabelValueLength are in bytes; 0 means 1024 and 2048.
	LabelNameLength  int
	LabelValueLength int
	// OutOfOrder is how much older than a series' newest sample another may be; 0 means not at all.
	OutOfOrder time.Duration
	// Future is how far ahead of the fake's clock a sample may be; 0 means ten minutes.
	Future time.Duration
}

func (l Limits) orDefault() Limits {
	l.LabelNames = orDefault(l.LabelNames, 30)
	l.LabelNameLength = orDefault(l.LabelNameLength, 1024)
	l.LabelValueLength = orDefault(l.LabelValueLength, 2048)
	l.Future = orDefault(l.Future, 10*time.Minute)
	return l
}

func orDefault[T int | time.Duration](value, otherwise T) T {
	if value <= 0 {
		return otherwise
	}
	return value
}

// refused is a request that strict mode does not take.
type refused struct {
	status  int
	message string
}

func badRequest(format string, args ...any) *refused {
	return &refused{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// refuse finds the first thing that Mimir would not take. If there is none, the samples count as stored from here on.
func (h *handler) refuse(r *server.Request, w *write) *refused {
	if r.Tenant == "" {
		return &refused{http.StatusUnauthorized, "no org id"}
	}
	if w.err != nil || w.batch == nil {
		return nil
	}
	limits := h.options.Limits.orDefault()
	newest := time.Now().Add(limits.Future).UnixMilli()
	var bad *refused
	w.batch.each(func(one Series, _ *series) {
		if bad == nil {
			bad = limits.check(one, newest)
		}
	})
	if bad != nil {
		return bad
	}
	return h.order.store(r.Tenant, w.batch)
}

// check looks at one series by itself.
func (l Limits) check(one Series, newest int64) *refused {
	set := one.Labels
	name := set.Get(labels.MetricName)
	switch {
	case name == "":
		return badRequest("received series has no metric name (err-mimir-missing-metric-name)")
	case !utf8.ValidString(name):
		return badRequest("received a series with invalid metric name: '%.200s' (err-mimir-metric-name-invalid)", name)
	case len(set) > l.LabelNames:
		return badRequest("received a series whose number of labels exceeds the limit (actual: %d, limit: %d) series: '%.200s' "+
			"(err-mimir-max-label-names-per-series)."+adjust, len(set), l.LabelNames, set, "validation.max-label-names-per-series")
	}
	for i, label := range set {
		if bad := l.checkLabel(set, i, label); bad != nil {
			return bad
		}
	}
	return checkFuture(one, newest)
}

// adjust ends messages about limits that a tenant can have raised.
const adjust = " To adjust the related per-tenant limit, configure -%s, or contact your service administrator."

func (l Limits) checkLabel(set labels.Labels, i int, label labels.Label) *refused {
	switch {
	case len(label.Name) > l.LabelNameLength:
		return badRequest("received a series whose label name length exceeds the limit, label: '%.200s' series: '%.200s' "+
			"(err-mimir-label-name-too-long)."+adjust, label.Name, set, "validation.max-length-label-name")
	case len(label.Value) > l.LabelValueLength:
		return badRequest("received a series whose label value length exceeds the limit, label: '%s', value: '%.200s' (truncated) series: '%.200s' "+
			"(err-mimir-label-value-too-long)."+adjust, label.Name, label.Value, set, "validation.max-length-label-value")
	case label.Name == "" || !utf8.ValidString(label.Name):
		return badRequest("received a series with an invalid label: '%.200s' series: '%.200s' (err-mimir-label-invalid)", label.Name, set)
	case !utf8.ValidString(label.Value):
		return badRequest("received a series with invalid value in label '%.200s': '%.200s' metric: '%.200s' (err-mimir-label-value-invalid)",
			label.Name, label.Value, set.Get(labels.MetricName))
	case i > 0 && label.Name == set[i-1].Name:
		return badRequest("received a series with duplicate label name, label: '%.200s' series: '%.200s' (err-mimir-duplicate-label-names)", label.Name, set)
	case i > 0 && label.Name < set[i-1].Name:
		return badRequest("received a series where the label names are not alphabetically sorted, label: '%.200s' series: '%.200s' "+
			"(err-mimir-labels-not-sorted)", label.Name, set)
	}
	return nil
}

func checkFuture(one Series, newest int64) *refused {
	const tooFar = "received a sample whose timestamp is too far in the future, timestamp: %d series: '%.200s' (err-mimir-too-far-in-future)." + adjust
	for _, s := range one.Samples {
		if s.Timestamp > newest {
			return badRequest(tooFar, s.Timestamp, one.Labels, "validation.create-grace-period")
		}
	}
	for _, hist := range one.Histograms {
		if hist.Timestamp > newest {
			return badRequest(tooFar, hist.Timestamp, one.Labels, "validation.create-grace-period")
		}
	}
	return nil
}
