package pyroscope

import (
	"bytes"
	"testing"
)

func TestProfilesOfTooManyPartsAreRefused(t *testing.T) {
	samples := bytes.Repeat([]byte{0x12, 0}, 100)
	labels := append([]byte{0x12, 0xd8, 0x04}, bytes.Repeat([]byte{0x08, 1}, 300)...) // one sample of 300 locations
	for name, data := range map[string][]byte{"samples": samples, "locations of a sample": labels} {
		if err := checkParts(data, 100); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := checkParts(data, 99); err == nil || err.Error() != "it has more than 99 parts" {
			t.Errorf("%s: one more than allowed gives %v", name, err)
		}
	}
	if err := checkParts([]byte{0x12, 9}, 100); err == nil {
		t.Error("a profile that is cut off passes")
	}
}

func TestFirstSampleType(t *testing.T) {
	// Sample type with its name at 1, texts "" and "cpu".
	data := []byte{0x0a, 2, 8, 1, 0x32, 0, 0x32, 3, 'c', 'p', 'u'}
	if got := firstSampleType(data, 100); got != "cpu" {
		t.Errorf("it is %q, want cpu", got)
	}
	for name, data := range map[string][]byte{"nothing": nil, "no texts": data[:4], "no type": data[4:], "too large": data} {
		if got := firstSampleType(data, 10); got != "" {
			t.Errorf("%s: it is %q", name, got)
		}
	}
}
