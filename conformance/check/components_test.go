package check

import (
	"testing"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

func TestComponents(t *testing.T) {
	o := seen(push(0, "a", 200))
	o.Runs[0].Log = "started\n"
	o.Snapshots = []observe.Snapshot{{Name: "snap", At: began,
		Metrics: []observe.Metric{{Labels: labels.Labels{{Name: "__name__", Value: "sent"}, {Name: "url", Value: "http://x"}}, Value: 1}},
		Components: []observe.Component{
			{ID: "a.b.c", Health: "healthy", Arguments: `{"token": "(secret)"}`, Exports: []string{"receiver"}},
			{ID: "d.e.f", Health: "unhealthy", Reason: "no url", Debug: `{"targets": 1}`},
		}}}
	table(t, o, []row{
		{"agent health a.b.c = healthy", Pass, ""},
		{"agent health d.e.f at snap = healthy", Fail, "got unhealthy (no url), want healthy"},
		{"agent health x.y.z = healthy", Fail, "the component x.y.z is not there"},
		{"agent arguments a.b.c has (secret)", Pass, ""},
		{"agent arguments a.b.c lacks (secret)", Fail, ""},
		{"agent exports a.b.c = receiver", Pass, ""},
		{"agent exports d.e.f has receiver", Fail, ""},
		{"agent debug a.b.c absent", Pass, ""},
		{"agent debug d.e.f absent", Fail, "targets"},
		{"agent debug d.e.f has targets", Pass, ""},
		{"agent shows lacks hunter2", Pass, ""},
		{"agent shows lacks http://x", Fail, "http://x"},
		{"agent shows lacks started", Fail, "started"},
		{"agent shows has url", Pass, ""},
	})
	o.Snapshots[0].Components, o.Snapshots[0].ComponentsError = nil, "status 404"
	table(t, o, []row{
		{"agent health a.b.c = healthy", Inconclusive, "status 404"},
		{"agent debug a.b.c absent", Inconclusive, "status 404"},
		{"agent shows lacks hunter2", Inconclusive, "told nothing"},
	})
}
