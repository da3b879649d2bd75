package query_test

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
)

// table is what there is by series, as text: {__name__="up", job="a"} has "1000=3ff0000000000000", samples and native histograms. A series'
// exemplars stand under "exemplars of" it, and what is said of a metric under "metadata of" it.
type table map[string][]string

// samples is how many samples and native histograms there are.
func (all table) samples() (n int) {
	for name, list := range all {
		if name[0] == '{' {
			n += len(list)
		}
	}
	return n
}

// has tells whether there is something of a metric: samples, or with a prefix of those below exemplars or metadata.
func (all table) has(prefix, metric string) bool {
	for name := range all {
		if name == prefix+metric || strings.HasPrefix(name, prefix+"{__name__=\""+metric+"\"") {
			return true
		}
	}
	return false
}

const (
	exemplarsOf = "exemplars of "
	metadataOf  = "metadata of "
)

// tidy sorts the lists. What was sent again and again is there once.
func (all table) tidy() table {
	for name, list := range all {
		slices.Sort(list)
		all[name] = slices.Compact(list)
	}
	return all
}

func (all table) sample(name string, at int64, v float64) {
	if math.IsNaN(v) { // JSON does not tell one from another
		v = math.NaN()
	}
	all[name] = append(all[name], fmt.Sprintf("%d=%x", at, math.Float64bits(v)))
}

func (all table) histogram(name string, at int64, h *model.SampleHistogram) {
	var buckets []string
	for _, b := range h.Buckets {
		buckets = append(buckets, fmt.Sprintf("%d:%v..%v:%v", b.Boundaries, float64(b.Lower), float64(b.Upper), float64(b.Count)))
	}
	slices.Sort(buckets)
	all[name] = append(all[name], fmt.Sprintf("%d=count %v sum %v %v", at, float64(h.Count), float64(h.Sum), buckets))
}

func (all table) exemplar(name string, at int64, v float64, set string) {
	all[exemplarsOf+name] = append(all[exemplarsOf+name], fmt.Sprintf("%d=%v %s", at, v, set))
}

func (all table) metadata(metric, kind, help, unit string) {
	all[metadataOf+metric] = append(all[metadataOf+metric], fmt.Sprintf("%s %q %q", kind, help, unit))
}

// sentHistogram enters a histogram of either version as Prometheus' API shows it: empty buckets not, and of the others which of their
// bounds belong to them.
func (all table) sentHistogram(name string, at int64, sent interface {
	IsFloatHistogram() bool
	ToIntHistogram() *histogram.Histogram
	ToFloatHistogram() *histogram.FloatHistogram
},
) {
	h := sent.ToFloatHistogram()
	if value.IsStaleNaN(h.Sum) {
		return
	}
	shown := &model.SampleHistogram{Count: model.FloatString(h.Count), Sum: model.FloatString(h.Sum)}
	for buckets := h.AllBucketIterator(); buckets.Next(); {
		b := buckets.At()
		bounds := map[[2]bool]int32{{false, true}: 0, {true, false}: 1, {false, false}: 2, {true, true}: 3}[[2]bool{b.LowerInclusive, b.UpperInclusive}]
		if b.Count != 0 {
			shown.Buckets = append(shown.Buckets, &model.HistogramBucket{
				Boundaries: bounds, Lower: model.FloatString(b.Lower), Upper: model.FloatString(b.Upper), Count: model.FloatString(b.Count),
			})
		}
	}
	all.histogram(name, at, shown)
}

func (all table) matrix(found model.Matrix) {
	for _, s := range found {
		name := nameOf(model.LabelSet(s.Metric))
		for _, p := range s.Values {
			all.sample(name, int64(p.Timestamp), float64(p.Value))
		}
		for _, p := range s.Histograms {
			all.histogram(name, int64(p.Timestamp), p.Histogram)
		}
	}
}

func nameOf(set model.LabelSet) string {
	pairs := map[string]string{}
	for name, v := range set {
		pairs[string(name)] = string(v)
	}
	return labels.FromMap(pairs).String()
}
