package check

import (
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

func TestAgentRuns(t *testing.T) {
	o := seen(push(0, "a", 200))
	o.Runs[0].Log = "level=info msg=started\n"
	table(t, o, []row{
		{"agent ready", Pass, ""},
		{"agent alive", Pass, ""},
		{"agent exit = 0", Pass, ""},
		{"agent exit = 1", Fail, "got 0 as status, want 1"},
		{"agent log has started", Pass, ""},
		{"agent log has stopped", Fail, `does not say "stopped"`},
		{"agent log lacks secret", Pass, ""},
		{"agent log lacks started", Fail, `the log says "started"`},
		{"agent reload accepted", Inconclusive, "there was no reload"},
	})
	o.Runs[0].Log = ""
	expect(t, o, "agent log lacks secret", Inconclusive, "wrote nothing at all")
	o.Runs[0].Killed = true
	expect(t, o, "agent exit = 0", Fail, "did not stop when told to")
	o.Runs[0] = observe.Run{Meant: true, Started: began, Ready: began, Exited: after(time.Minute), Code: 3}
	table(t, o, []row{{"agent alive", Fail, "ended by itself with status 3"}, {"agent exit = 3", Pass, ""}})
	o.Runs[0] = observe.Run{Line: 4, Meant: true, Started: began, Exited: after(time.Minute), Code: 1, Log: "one\nbad luck\n"}
	expect(t, o, "agent ready", Fail, "the agent started at line 4 did not get ready; it printed: bad luck")
}

func TestReload(t *testing.T) {
	o := seen(push(0, "a", 200))
	o.Reloads = []observe.Reload{{Refused: true, Reason: "line 3: Unknown argument"}}
	table(t, o, []row{
		{"agent reload refused", Pass, ""},
		{`agent reload refused "unknown ARGUMENT"`, Pass, ""},
		{"agent reload refused other", Fail, `does not say "other"`},
		{"agent reload accepted", Fail, "refused: line 3"},
	})
	o.Reloads = []observe.Reload{{}}
	table(t, o, []row{{"agent reload accepted", Pass, ""}, {"agent reload refused", Fail, "the new configuration was accepted"}})
}

func TestRefused(t *testing.T) {
	s, err := scenario.Parse("t.txtar", []byte("# Test.\ncontrol a\nstart agent a refused\ncheck agent refused Number\n-- a --\n"))
	if err != nil {
		t.Fatal(err)
	}
	cases, err := s.Expand(scenario.Virtual)
	if err != nil {
		t.Fatal(err)
	}
	ready := observe.Run{Started: began, Ready: began, Exited: began}
	tests := []struct {
		name         string
		control, run observe.Run
		want         Verdict
	}{
		{"refused", ready, observe.Run{Started: began, Exited: began, Code: 1, Log: "bad number"}, Pass},
		{"another reason", ready, observe.Run{Started: began, Exited: began, Code: 1, Log: "bad luck"}, Fail},
		{"accepted", ready, observe.Run{Started: began, Ready: began, Exited: began}, Fail},
		{"exit 0", ready, observe.Run{Started: began, Exited: began, Log: "bad number"}, Fail},
		{"neither", ready, observe.Run{Started: began, Log: "bad number"}, Fail},
		{"hung", ready, observe.Run{Started: began, Exited: began, Killed: true, Code: 1, Log: "bad number"}, Fail},
		{"crash by signal", ready, observe.Run{Started: began, Exited: began, Code: -1, Signal: "SEGV", Log: "bad number"}, Fail},
		{"panic", ready, observe.Run{Started: began, Exited: began, Code: 2, Log: "panic: bad number\n\ngoroutine 1 [running]:"}, Fail},
		{"control refused too", observe.Run{Started: began, Exited: began, Code: 1}, observe.Run{Started: began, Exited: began, Code: 1, Log: "bad number"}, Inconclusive},
	}
	for _, test := range tests {
		o := &observe.Observation{Lane: "virtual", Runs: []observe.Run{test.run}, Controls: []observe.Run{test.control}}
		if got := Judge(cases[0], o)[0]; got.Verdict != test.want {
			t.Errorf("%s: got %s: %s", test.name, got.Verdict, got.Detail)
		}
	}
	without := &observe.Observation{Lane: "virtual", Runs: []observe.Run{tests[0].run}}
	if got := Judge(cases[0], without)[0]; got.Verdict != Inconclusive {
		t.Errorf("no control: got %s", got.Verdict)
	}
}

func TestMetrics(t *testing.T) {
	metric := func(name, queue string, v observe.Value) observe.Metric {
		return observe.Metric{Labels: labels.Labels{{Name: "__name__", Value: name}, {Name: "queue", Value: queue}}, Value: v}
	}
	o := seen(push(0, "a", 200))
	o.Agent.Metrics = map[string]string{"documented": "real_name"}
	o.Snapshots = []observe.Snapshot{{Name: "snap", At: began, Types: map[string]string{"real_name": "counter"},
		Metrics: []observe.Metric{metric("sent", "a", 2), metric("sent", "b", 3), metric("real_name", "a", 7)}}}
	table(t, o, []row{
		{"agent metric sent = 5", Pass, ""},
		{`agent metric sent{queue="b"} at snap = 3`, Pass, ""},
		{"agent metric sent > 5", Fail, "got 5, want > 5"},
		{"agent metric sent present", Pass, ""},
		{"agent metric sent absent", Fail, "got 2 series, want none"},
		{"agent metric gone absent", Pass, ""},
		{"agent metric gone = 0", Fail, "the metric gone is not there"},
		{"agent metric documented = 7", Pass, ""},
		{"agent metric-type documented = counter", Pass, ""},
		{"agent metric-type documented = gauge", Fail, "got counter, want gauge"},
		{"agent metric-type gone = gauge", Fail, "the metric gone is not there"},
	})
	o.Snapshots[0].MetricsError = "connection refused"
	expect(t, o, "agent metric gone absent", Inconclusive, "connection refused")
}

func TestStorage(t *testing.T) {
	one := 1
	o := seen(push(0, "a", 200))
	o.Snapshots = []observe.Snapshot{{Name: "snap", At: after(time.Hour), Logs: []observe.Log{{Folder: "x/wal", Segments: []int{2, 3}, Checkpoint: &one,
		Samples: []observe.StoredSeries{{Labels: up(0).Labels, Times: []int64{after(time.Minute).UnixMilli(), after(2 * time.Minute).UnixMilli()}}}}}}}
	table(t, o, []row{
		{"agent segments = 2 3", Pass, ""},
		{"agent segments lacks 2", Fail, ""},
		{"agent segment-count = 2", Pass, ""},
		{"agent checkpoint = 1", Pass, ""},
		{"agent checkpoint = 2", Fail, "got 1 as checkpoint"},
		{"agent checkpoint absent", Fail, "got checkpoint 1, want none"},
		{"agent stored up = 2", Pass, ""},
		{"agent stored down = 0", Pass, ""},
		{"agent stored up < 2", Fail, "got 2 samples in the log"},
		{"agent oldest up <= 59m", Pass, ""},
		{"agent oldest up <= 58m", Fail, "got 59m0s"},
		{"agent oldest up >= 59m", Pass, ""},
		{"agent oldest down <= 1h", Inconclusive, "no sample that fits"},
		{"agent folder = x/wal", Pass, ""},
		{"agent folder has wal", Pass, ""},
		{"agent folder = wal", Fail, "got x/wal, want wal"},
	})
	o.Snapshots[0].Logs[0].Checkpoint = nil
	table(t, o, []row{{"agent checkpoint absent", Pass, ""}, {"agent checkpoint present", Fail, "there is no checkpoint"}})
	o.Snapshots[0].Logs = append(o.Snapshots[0].Logs, observe.Log{Folder: "y/wal"})
	expect(t, o, "agent segments = 2 3", Inconclusive, "there are 2 write-ahead logs")
	expect(t, o, "agent folder = y/wal", Pass, "")
}
