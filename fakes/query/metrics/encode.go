package metrics

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/stats"
)

// raw is JSON that is written already. It is made by hand where there is much of it: a million samples take a tenth of the time.
type raw []byte

// MarshalJSON hands out what is written.
func (r raw) MarshalJSON() ([]byte, error) { return r, nil }

// queryData is the data of an evaluated expression.
type queryData struct {
	ResultType string           `json:"resultType"`
	Result     raw              `json:"result"`
	Stats      stats.QueryStats `json:"stats,omitempty"`
}

// encodeValue writes what an expression came to, in the form of its type.
func encodeValue(value parser.Value) raw {
	switch v := value.(type) {
	case promql.Vector:
		b := []byte{'['}
		for i, s := range v {
			b = appendSample(comma(b, i), s)
		}
		return append(b, ']')
	case promql.Matrix:
		b := []byte{'['}
		for i, s := range v {
			b = appendSeries(comma(b, i), s)
		}
		return append(b, ']')
	case promql.Scalar:
		return appendPoint(nil, v.T, v.V)
	case promql.String:
		b := append(appendTime([]byte{'['}, v.T), ',')
		return append(appendText(b, v.V), ']')
	default: // there is no other type
		return raw("null")
	}
}

// comma separates the elements of a list.
func comma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

func appendSample(b []byte, s promql.Sample) []byte {
	b = appendLabels(append(b, `{"metric":`...), s.Metric)
	if s.H != nil {
		b = appendHistogramPoint(append(b, `,"histogram":`...), s.T, s.H)
	} else {
		b = appendPoint(append(b, `,"value":`...), s.T, s.F)
	}
	return append(b, '}')
}

func appendSeries(b []byte, s promql.Series) []byte {
	b = appendLabels(append(b, `{"metric":`...), s.Metric)
	if len(s.Floats) > 0 {
		b = append(b, `,"values":[`...)
		for i, p := range s.Floats {
			b = appendPoint(comma(b, i), p.T, p.F)
		}
		b = append(b, ']')
	}
	if len(s.Histograms) > 0 {
		b = append(b, `,"histograms":[`...)
		for i, p := range s.Histograms {
			b = appendHistogramPoint(comma(b, i), p.T, p.H)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendPoint(b []byte, t int64, value float64) []byte {
	b = append(appendTime(append(b, '['), t), ',')
	return append(appendFloat(b, value), ']')
}

func appendHistogramPoint(b []byte, t int64, h *histogram.FloatHistogram) []byte {
	b = append(appendTime(append(b, '['), t), ',')
	return append(appendHistogram(b, h), ']')
}

// appendTime writes milliseconds as seconds.
func appendTime(b []byte, t int64) []byte {
	if t < 0 {
		b, t = append(b, '-'), -t
	}
	b = strconv.AppendInt(b, t/1000, 10)
	if rest := t % 1000; rest != 0 {
		b = append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
	}
	return b
}

// appendFloat writes a number as a text, since JSON has no words for NaN and the infinities.
func appendFloat(b []byte, f float64) []byte {
	format := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	return append(strconv.AppendFloat(append(b, '"'), f, format, -1, 64), '"')
}

// appendHistogram writes count, sum and the buckets that are not empty. A bucket begins with a number for its bounds: 0 the upper one
// belongs to it, 1 the lower one, 2 none, 3 both.
func appendHistogram(b []byte, h *histogram.FloatHistogram) []byte {
	b = appendFloat(append(b, `{"count":`...), h.Count)
	b = appendFloat(append(b, `,"sum":`...), h.Sum)
	n := 0
	for it := h.AllBucketIterator(); it.Next(); {
		bucket := it.At()
		if bucket.Count == 0 {
			continue
		}
		if n == 0 {
			b = append(b, `,"buckets":[`...)
		}
		b = append(comma(b, n), '[', bounds(bucket.LowerInclusive, bucket.UpperInclusive), ',')
		b = append(appendFloat(b, bucket.Lower), ',')
		b = append(appendFloat(b, bucket.Upper), ',')
		b = append(appendFloat(b, bucket.Count), ']')
		n++
	}
	if n > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

func bounds(lower, upper bool) byte {
	switch {
	case lower && upper:
		return '3'
	case lower:
		return '1'
	case upper:
		return '0'
	default:
		return '2'
	}
}

func appendLabels(b []byte, set labels.Labels) []byte {
	b = append(b, '{')
	i := 0
	set.Range(func(l labels.Label) {
		b = append(appendText(comma(b, i), l.Name), ':')
		b = appendText(b, l.Value)
		i++
	})
	return append(b, '}')
}

// appendText writes a JSON text; most need nothing but quotes.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(text)
			if err != nil { // a text can always be written
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

// encodeExemplars writes series with their exemplars.
func encodeExemplars(all []found) raw {
	b := []byte{'['}
	for i, one := range all {
		b = appendLabels(append(comma(b, i), `{"seriesLabels":`...), one.labels)
		b = append(b, `,"exemplars":[`...)
		for j, e := range one.exemplars {
			b = appendLabels(append(comma(b, j), `{"labels":`...), convert(e.Labels))
			b = appendFloat(append(b, `,"value":`...), e.Value)
			b = appendTime(append(b, `,"timestamp":`...), e.Timestamp)
			b = append(b, '}')
		}
		b = append(b, "]}"...)
	}
	return append(b, ']')
}
