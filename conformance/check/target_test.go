package check

import (
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

func TestToldTargets(t *testing.T) {
	o := seen(push(0, "a", 200))
	target := func(app string) observe.Target {
		return observe.Target{
			Labels: labels.Labels{{Name: "__name__", Value: "memory"}, {Name: "app", Value: app}}, URL: "http://x/" + app, State: "up",
			Scraped: began.Add(50 * time.Second), Succeeded: began.Add(50 * time.Second),
		}
	}
	bad := target("bad")
	bad.State, bad.Error, bad.Succeeded = "down", "status 500", began.Add(30*time.Second)
	silent := target("silent")
	silent.Scraped, silent.Succeeded = time.Time{}, time.Time{}
	o.Snapshots = []observe.Snapshot{{Name: "snap", At: began.Add(time.Minute), Targets: []observe.Target{target("good"), bad, silent}}}
	table(t, o, []row{
		{`agent target-state memory{app="good"} = up`, Pass, ""},
		{`agent target-state {app="bad"} at snap = up`, Fail, `got "down", want "up"`},
		{`agent target-state * = up`, Fail, `app="bad"`},
		{`agent target-state {app="other"} = up`, Fail, "no target that fits, but of 3 others"},
		{`agent target-url {app="bad"} = http://x/bad`, Pass, ""},
		{`agent target-url {app="good"} = http://x/bad`, Fail, "want"},
		{`agent target-labels {app="good"} = app=good`, Pass, ""},
		{`agent target-labels {app="good"} has region=north`, Fail, "region"},
		{`agent target-error {app="bad"} has 500`, Pass, ""},
		{`agent target-error {app="bad"} has 404`, Fail, `"status 500"`},
		{`agent target-error {app="bad"} absent`, Fail, "status 500"},
		{`agent target-error {app="good"} absent`, Pass, ""},
		{`agent target-error {app="good"} present`, Fail, "no error"},
		{`agent target-scraped {app="bad"} <= 10s`, Pass, ""},
		{`agent target-succeeded {app="bad"} <= 10s`, Fail, "last success was 30s ago"},
		{`agent target-succeeded {app="bad"} >= 30s`, Pass, ""},
		{`agent target-scraped {app="silent"} <= 1h`, Fail, "no time of its last scrape"},
	})
	o.Snapshots[0].Targets, o.Snapshots[0].TargetsError = nil, "status 404"
	table(t, o, []row{
		{"agent target-state * = up", Inconclusive, "status 404"},
		{"agent target-error * absent", Inconclusive, "status 404"},
	})
}
