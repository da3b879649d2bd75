package exposition

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// text writes both text formats; om says which.
type text struct {
	out []byte
	om  bool
}

// writeText writes families in a text format.
func writeText(families []Family, om bool) []byte {
	w := text{om: om}
	for _, f := range families {
		w.family(f)
	}
	if om {
		w.add("# EOF\n")
	}
	return w.out
}

func (w *text) add(parts ...string) {
	for _, p := range parts {
		w.out = append(w.out, p...)
	}
}

func (w *text) family(f Family) {
	name, kind := w.nameAndType(f)
	w.add("# TYPE ", name, " ", kind, "\n")
	if w.om && f.Unit != "" && strings.HasSuffix(name, "_"+f.Unit) {
		w.add("# UNIT ", name, " ", f.Unit, "\n")
	}
	if f.Help != "" {
		w.add("# HELP ", name, " ", w.escapeHelp(f.Help), "\n")
	}
	for _, m := range f.Metrics {
		if m.Histogram != nil {
			w.histogram(f.Name, m)
			continue
		}
		w.sample(f.Name, m.Labels, "", m.Value, m.Time, m.Exemplar)
	}
}

// nameAndType are those of the family's head. In OpenMetrics a counter's name lacks the _total of its samples, and what has none is no counter.
func (w *text) nameAndType(f Family) (name, kind string) {
	kind = string(f.Type)
	if f.Type == "" {
		kind = string(Untyped)
	}
	if !w.om {
		return f.Name, kind
	}
	bare, total := strings.CutSuffix(f.Name, "_total")
	switch {
	case f.Type == Counter && total:
		return bare, kind
	case f.Type == Counter || kind == string(Untyped):
		return f.Name, "unknown"
	}
	return f.Name, kind
}

func (w *text) histogram(name string, m Metric) {
	h := m.Histogram
	last := math.Inf(-1)
	for _, b := range h.Buckets {
		w.sample(name+"_bucket", m.Labels, w.number(b.UpperBound), float64(b.Count), m.Time, b.Exemplar)
		last = b.UpperBound
	}
	if !math.IsInf(last, 1) {
		w.sample(name+"_bucket", m.Labels, "+Inf", float64(h.Count), m.Time, nil)
	}
	w.sample(name+"_sum", m.Labels, "", h.Sum, m.Time, nil)
	w.sample(name+"_count", m.Labels, "", float64(h.Count), m.Time, nil)
}

func (w *text) sample(name string, ls labels.Labels, bound string, value float64, at time.Time, exemplar *Exemplar) {
	w.add(name)
	if bound != "" {
		ls = append(ls[:len(ls):len(ls)], labels.Label{Name: "le", Value: bound})
	}
	if len(ls) > 0 {
		w.labels(ls)
	}
	w.add(" ", w.number(value))
	if !at.IsZero() {
		w.add(" ", w.time(at))
	}
	if exemplar != nil && w.om {
		w.add(" # ")
		w.labels(exemplar.Labels)
		w.add(" ", w.number(exemplar.Value))
		if !exemplar.Time.IsZero() {
			w.add(" ", w.time(exemplar.Time))
		}
	}
	w.add("\n")
}

func (w *text) labels(ls labels.Labels) {
	w.add("{")
	for i, l := range ls {
		if i > 0 {
			w.add(",")
		}
		w.add(l.Name, `="`, escapeValue.Replace(l.Value), `"`)
	}
	w.add("}")
}

var (
	escapeValue = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
	escapeLine  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
)

// escapeHelp escapes quotes in OpenMetrics only.
func (w *text) escapeHelp(help string) string {
	if w.om {
		return escapeValue.Replace(help)
	}
	return escapeLine.Replace(help)
}

// number writes a value. OpenMetrics wants bounds of buckets as 1.0, and takes all numbers so.
func (w *text) number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	case math.IsNaN(v):
		return "NaN"
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if w.om && !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// time is in milliseconds, in OpenMetrics in seconds.
func (w *text) time(t time.Time) string {
	if w.om {
		return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64)
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}
