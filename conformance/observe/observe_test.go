package observe_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
)

func TestValueSurvivesJSON(t *testing.T) {
	for _, v := range []observe.Value{0, 1, -1.5, 1e300, 0.1, observe.Value(math.NaN()), observe.Stale(),
		observe.Value(math.Inf(1)), observe.Value(math.Inf(-1))} {
		data, err := json.Marshal(v)
		if err != nil {
			t.Errorf("%s: %v", v, err)
			continue
		}
		var back observe.Value
		if err := json.Unmarshal(data, &back); err != nil || !back.Same(v) {
			t.Errorf("%s became %s by way of %s: %v", v, back, data, err)
		}
	}
	if observe.Stale().Same(observe.Value(math.NaN())) {
		t.Error("the staleness marker is the same as any other NaN")
	}
	var v observe.Value
	if err := json.Unmarshal([]byte(`"much"`), &v); err == nil {
		t.Error("much is read as a value")
	}
}

func TestMarks(t *testing.T) {
	began := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	o := observe.Observation{
		Runs:      []observe.Run{{Started: began, Ready: began.Add(1)}, {Started: began.Add(5), Ready: began.Add(6)}},
		Marks:     []observe.Mark{{Name: "middle", At: began.Add(3)}},
		Snapshots: []observe.Snapshot{{Name: "a"}, {Name: "b"}},
	}
	for name, want := range map[string]time.Duration{"started": 0, "ready": 1, "middle": 3} {
		if at, ok := o.MarkAt(name); !ok || at != began.Add(want) {
			t.Errorf("%s is at %v, %v", name, at, ok)
		}
	}
	for _, name := range []string{"", "other"} {
		if _, ok := o.MarkAt(name); ok {
			t.Errorf("there is a mark %q", name)
		}
	}
	o.Runs[0].Ready = time.Time{}
	if _, ok := o.MarkAt("ready"); ok {
		t.Error("it was never ready at first and is all the same")
	}
	if s := o.Snapshot(""); s == nil || s.Name != "b" {
		t.Errorf("the last snapshot is %+v", s)
	}
	if s := o.Snapshot("a"); s == nil || s.Name != "a" {
		t.Errorf("the snapshot a is %+v", s)
	}
	if o.Snapshot("c") != nil || o.Fake("c") != nil {
		t.Error("what is not there is found")
	}
}

func TestDecodeRefusesOtherVersions(t *testing.T) {
	for text, want := range map[string]string{`{"surprise": 1}`: "unknown field", `{"case": `: "unexpected EOF"} {
		if _, err := observe.Decode(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
