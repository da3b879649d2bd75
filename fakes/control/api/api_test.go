package api

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"1.5": 1.5, "-0": math.Copysign(0, -1), `"NaN"`: math.NaN(), `"+Inf"`: math.Inf(1), `"-Inf"`: math.Inf(-1), `"stale"`: math.Float64frombits(staleBits),
	} {
		var n Number
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		if got := float64(n); got != want && !(math.IsNaN(got) && math.IsNaN(want)) || n.IsStale() != (text == `"stale"`) {
			t.Errorf("%s is read as %v", text, got)
		}
		if again, err := json.Marshal(n); err != nil || string(again) != text {
			t.Errorf("%s is written as %s, %v", text, again, err)
		}
	}
	var n Number
	if err := json.Unmarshal([]byte(`"much"`), &n); err == nil || !strings.Contains(err.Error(), `read "much" as a number`) {
		t.Errorf("a word is read as %v, %v", n, err)
	}
}

func TestBytes(t *testing.T) {
	text, err := json.Marshal(ServedProfile{Path: "/", File: Bytes("\x00hello")})
	if err != nil || string(text) != `{"path":"/","file":"AGhlbGxv"}` {
		t.Errorf("it is written as %s, %v", text, err)
	}
	var p ServedProfile
	if err := json.Unmarshal(text, &p); err != nil || string(p.File) != "\x00hello" {
		t.Errorf("it is read as %q, %v", p.File, err)
	}
	if err := json.Unmarshal([]byte(`{"file":""}`), &p); err != nil || p.File == nil || len(p.File) != 0 {
		t.Errorf("an empty file is read as %v, %v", p.File, err)
	}
}
