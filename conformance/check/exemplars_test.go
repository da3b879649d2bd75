package check

import (
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// example is a series up with one exemplar.
func example(at time.Duration, trace string, value observe.Value) observe.Series {
	s := up(1)
	s.Exemplars = []observe.Exemplar{{
		Labels: labels.Labels{{Name: "trace_id", Value: trace}}, Sample: observe.Sample{T: after(at).UnixMilli(), V: value},
	}}
	return s
}

func TestExemplars(t *testing.T) {
	o := seen(
		with(push(time.Second, "1", 200), example(2*time.Second, "b", 0.5)),
		with(push(2*time.Second, "2", 503), example(3*time.Second, "lost", 9)),
		with(push(3*time.Second, "3", 200), example(time.Second, "a", 0.25)),
		with(push(4*time.Second, "4", 200), up(1)),
	)
	table(t, o, []row{
		{"m exemplars up = 2", Pass, ""}, // what was answered 503 does not count
		{"m exemplars up = 3", Fail, "got 2 exemplars, want 3"},
		{"m exemplars down = 0", Pass, ""},
		{"m exemplars up = 0", Fail, "got 2 exemplars"},
		{"m exemplar-values up = 0.25 0.5", Pass, ""}, // in the order of their times
		{"m exemplar-values up starts 0.5", Fail, "got 0.25 0.5"},
		{"m exemplar-values down lacks 1", Inconclusive, "nothing that fits"},
		{"m exemplar-labels up lacks job", Pass, ""},
		{"m exemplar-labels up has trace_id=a", Fail, `label trace_id is "b", want "a"`},
		{"m exemplar-labels up lacks trace_id", Fail, "has the label trace_id"},
		{"m exemplar-labels down lacks trace_id", Inconclusive, "nothing that fits"},
		{"m batch has 2", Pass, ""},
		{"m exemplars up until middle = 2", Pass, ""},
		{"m exemplars up from middle >= 1", Inconclusive, "nothing that fits"},
	})
}
