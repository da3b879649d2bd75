package observe

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Value is a sample's value. Its JSON form keeps every bit that matters: numbers as numbers, the rest as the words NaN, stale, +Inf and
// -Inf.
type Value float64

// staleNaN marks the end of a series in remote write.
const staleNaN uint64 = 0x7ff0000000000002

// Stale is the staleness marker.
func Stale() Value { return Value(math.Float64frombits(staleNaN)) }

// IsStale tells whether v is the staleness marker, bit for bit.
func (v Value) IsStale() bool { return math.Float64bits(float64(v)) == staleNaN }

// String is the shortest text that stands for exactly v, or one of the words above.
func (v Value) String() string {
	if v.IsStale() {
		return "stale"
	}
	return strconv.FormatFloat(float64(v), 'g', -1, 64)
}

// ParseValue reads what String writes.
func ParseValue(text string) (Value, error) {
	if text == "stale" {
		return Stale(), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("parse value %q: not a number", text)
	}
	return Value(f), nil
}

// Same tells whether two values are the same; all NaN but the staleness marker are.
func (v Value) Same(w Value) bool {
	if v.IsStale() || w.IsStale() {
		return v.IsStale() && w.IsStale()
	}
	return v == w || math.IsNaN(float64(v)) && math.IsNaN(float64(w))
}

func (v Value) MarshalJSON() ([]byte, error) {
	f := float64(v)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return json.Marshal(v.String())
	}
	return json.Marshal(f)
}

func (v *Value) UnmarshalJSON(data []byte) error {
	text := string(data)
	if len(data) > 0 && data[0] == '"' {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	parsed, err := ParseValue(text)
	*v = parsed
	return err
}
