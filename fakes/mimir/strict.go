package mimir

import (
	"fmt"
	"net/http"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
	"github.com/touchstone-telemetry/touchstone/fakes/server"
)

// Limits are what strict mode allows. A zero field has Mimir's default, unless it says otherwise.
type Limits struct {
	// LabelNames is how many labels a series may have, the metric's name among them; 0 means 30. InfoLabelNames is for metrics whose name ends in
	// _info, where it is the larger; 0 means 80.
	LabelNames     int
	InfoLabelNames int
	// LabelNameLength and LabelValueLength are in bytes; 0 means 1024 and 2048.
	LabelNameLength  int
	LabelValueLength int
	// OutOfOrder is how much older than a series' newest sample another may be; 0 means not at all.
	OutOfOrder time.Duration
	// UTF8Names allows any UTF-8 in the names of metrics and labels, as Mimir does with name_validation_scheme: utf8. Without it they are of letters,
	// digits, underscores and (metrics only) colons.
	UTF8Names bool
	// Series is how many series a tenant may have; 0 does not limit them, where Mimir has 150,000.
	Series int
	// IngestionRate is how many samples, exemplars and metadata a tenant may send in a second, beyond IngestionBurst of them at once: more is answered
	// 429 with Retry-After. 0 does not limit them, where Mimir has 10,000. A burst of 0 means 200,000.
	IngestionRate  float64
	IngestionBurst int
	// Future is how far ahead of the fake's clock a sample may be; 0 means ten minutes.
	Future time.Duration
}

func (l Limits) orDefault() Limits {
	l.LabelNames = orDefault(l.LabelNames, 30)
	l.InfoLabelNames = orDefault(l.InfoLabelNames, 80)
	l.LabelNameLength = orDefault(l.LabelNameLength, 1024)
	l.LabelValueLength = orDefault(l.LabelValueLength, 2048)
	l.IngestionBurst = orDefault(l.IngestionBurst, 200_000)
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
	limits, now := *h.limits.Load(), time.Now()
	newest := now.Add(limits.Future).UnixMilli()
	var bad *refused
	w.batch.each(func(one Series, _ *series) {
		if bad == nil {
			bad = limits.check(one, newest)
		}
	})
	if bad != nil {
		return bad
	}
	if bad := (*Server)(h).checkRate(r.Tenant, w.counts, limits, now); bad != nil {
		return bad
	}
	return h.order.store(r.Tenant, w.batch, limits)
}

func checkFuture(one Series, newest int64) *refused {
	name := one.Labels.Get(labels.MetricName)
	const tooFar = "received a sample whose timestamp is too far in the future, timestamp: %d series: '%.200s' (err-mimir-too-far-in-future)." + adjust
	for _, s := range one.Samples {
		if s.Timestamp > newest {
			return badRequest(tooFar, s.Timestamp, name, "validation.create-grace-period")
		}
	}
	for _, hist := range one.Histograms {
		if hist.Timestamp > newest {
			return badRequest(tooFar, hist.Timestamp, name, "validation.create-grace-period")
		}
	}
	return nil
}
