package mimir

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// staleBits is the NaN with which remote write marks the end of a series.
const staleBits uint64 = 0x7ff0000000000002

// IsStale reports whether the sample is the marker that ends a series, and not a value.
func (s Sample) IsStale() bool { return math.Float64bits(s.Value) == staleBits }

// number is a float in JSON, which has no words for NaN and the infinities: they are the texts "NaN", "stale", "+Inf" and "-Inf".
type number float64

// MarshalJSON writes a number, or one of the four texts.
func (n number) MarshalJSON() ([]byte, error) {
	f := float64(n)
	switch {
	case math.Float64bits(f) == staleBits:
		return []byte(`"stale"`), nil
	case math.IsNaN(f), math.IsInf(f, 0):
		return []byte(strconv.Quote(strconv.FormatFloat(f, 'g', -1, 64))), nil
	default:
		return json.Marshal(f)
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *number) UnmarshalJSON(data []byte) error {
	text := string(data)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	if text == "stale" {
		*n = number(math.Float64frombits(staleBits))
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("read %q as a number: %w", text, err)
	}
	*n = number(f)
	return nil
}

// In the types below the fields that stand first hide those of the same name in the type that is embedded.
type (
	plainSample    Sample
	plainExemplar  Exemplar
	plainHistogram Histogram

	jsonSample struct {
		Value number `json:"value"`
		plainSample
	}
	jsonExemplar struct {
		Value number `json:"value"`
		plainExemplar
	}
	jsonHistogram struct {
		CountFloat     number   `json:"countFloat,omitempty"`
		Sum            number   `json:"sum"`
		ZeroThreshold  number   `json:"zeroThreshold"`
		ZeroCountFloat number   `json:"zeroCountFloat,omitempty"`
		NegativeCounts []number `json:"negativeCounts,omitempty"`
		PositiveCounts []number `json:"positiveCounts,omitempty"`
		CustomValues   []number `json:"customValues,omitempty"`
		plainHistogram
	}
)

// MarshalJSON writes values that JSON has no word for as texts: "NaN", "stale", "+Inf", "-Inf".
func (s Sample) MarshalJSON() ([]byte, error) {
	return json.Marshal(jsonSample{number(s.Value), plainSample(s)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Sample) UnmarshalJSON(data []byte) error {
	var j jsonSample
	err := json.Unmarshal(data, &j)
	*s = Sample(j.plainSample)
	s.Value = float64(j.Value)
	return err
}

// MarshalJSON is that of [Sample].
func (e Exemplar) MarshalJSON() ([]byte, error) {
	return json.Marshal(jsonExemplar{number(e.Value), plainExemplar(e)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Exemplar) UnmarshalJSON(data []byte) error {
	var j jsonExemplar
	err := json.Unmarshal(data, &j)
	*e = Exemplar(j.plainExemplar)
	e.Value = float64(j.Value)
	return err
}

// MarshalJSON is that of [Sample].
func (h Histogram) MarshalJSON() ([]byte, error) {
	return json.Marshal(jsonHistogram{
		CountFloat:     number(h.CountFloat),
		Sum:            number(h.Sum),
		ZeroThreshold:  number(h.ZeroThreshold),
		ZeroCountFloat: number(h.ZeroCountFloat),
		NegativeCounts: convert[number](h.NegativeCounts),
		PositiveCounts: convert[number](h.PositiveCounts),
		CustomValues:   convert[number](h.CustomValues),
		plainHistogram: plainHistogram(h),
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var j jsonHistogram
	err := json.Unmarshal(data, &j)
	*h = Histogram(j.plainHistogram)
	h.CountFloat, h.Sum = float64(j.CountFloat), float64(j.Sum)
	h.ZeroThreshold, h.ZeroCountFloat = float64(j.ZeroThreshold), float64(j.ZeroCountFloat)
	h.NegativeCounts = convert[float64](j.NegativeCounts)
	h.PositiveCounts = convert[float64](j.PositiveCounts)
	h.CustomValues = convert[float64](j.CustomValues)
	return err
}

func convert[To, From ~float64](from []From) []To {
	if from == nil {
		return nil
	}
	to := make([]To, len(from))
	for i, f := range from {
		to[i] = To(f)
	}
	return to
}
