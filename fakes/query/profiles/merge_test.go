package profiles

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// TestAdd: a merge that comes out too large is an error, and so is one that the library cannot make.
func TestAdd(t *testing.T) {
	made := func(name string) *profile.Profile {
		f := &profile.Function{ID: 1, Name: name}
		l := &profile.Location{ID: 1, Line: []profile.Line{{Function: f}}}
		return &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "cpu"}}, PeriodType: &profile.ValueType{},
			Sample: []*profile.Sample{{Location: []*profile.Location{l}, Value: []int64{1}}}, Location: []*profile.Location{l}, Function: []*profile.Function{f},
		}
	}
	if merged, err := add([]*profile.Profile{made("a"), made("b"), made("a")}, 6); err != nil || len(merged.Sample) != 2 {
		t.Errorf("merged %v (%v)", merged, err)
	}
	if _, err := add([]*profile.Profile{made("a"), made("b")}, 5); !errors.Is(err, errTooMuch) {
		t.Errorf("the error is %v, want %v", err, errTooMuch)
	}
	other := made("c")
	other.SampleType[0].Type = "memory"
	if _, err := add([]*profile.Profile{made("a"), other}, 100); err == nil || !strings.HasPrefix(err.Error(), "merge profiles: ") {
		t.Errorf("the error is %v", err)
	}
	broken := made("d")
	broken.PeriodType = nil
	if _, err := add([]*profile.Profile{made("a"), broken}, 100); err == nil || !strings.Contains(err.Error(), "gave up") {
		t.Errorf("the error is %v", err)
	}
}
