package api

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// staleBits is the NaN with which remote write marks the end of a series.
const staleBits uint64 = 0x7ff0000000000002

// Number is a float whose JSON is the text "NaN", "stale", "+Inf" or "-Inf" where JSON has no word for it.
type Number float64

// IsStale reports whether the number is the marker that ends a series.
func (n Number) IsStale() bool { return math.Float64bits(float64(n)) == staleBits }

// MarshalJSON writes a number, or one of the four texts.
func (n Number) MarshalJSON() ([]byte, error) {
	f := float64(n)
	switch {
	case n.IsStale():
		return []byte(`"stale"`), nil
	case math.IsNaN(f), math.IsInf(f, 0):
		return []byte(strconv.Quote(strconv.FormatFloat(f, 'g', -1, 64))), nil
	default:
		return json.Marshal(f)
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *Number) UnmarshalJSON(data []byte) error {
	text := string(data)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	if text == "stale" {
		*n = Number(math.Float64frombits(staleBits))
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("read %q as a number: %w", text, err)
	}
	*n = Number(f)
	return nil
}
