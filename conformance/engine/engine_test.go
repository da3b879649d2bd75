package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/sabotage"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// play plays the only case of a scenario with a scripted agent in a bubble, and hands the observation to check.
func play(t *testing.T, story string, a *actorAgent, act string, check func(t *testing.T, o *observe.Observation)) {
	t.Helper()
	s, err := scenario.Parse("area/name.txtar", []byte(story))
	if err != nil {
		t.Fatal(err)
	}
	cases, err := s.Expand(scenario.Virtual)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		p := Play{Case: cases[0], Adapter: a, Info: sut.Info{Name: "scripted"}, Folder: folder, Met: accepted, Settle: synctest.Wait}
		if act != "" {
			if p.Act, err = sabotage.Parse(act); err != nil {
				t.Fatal(err)
			}
		}
		o, err := Run(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		check(t, o)
	})
}

// accepted is the only expectation that these tests wait for: at least one request was answered with 2xx.
func accepted(e scenario.Expect, o *observe.Observation) (bool, string) {
	f := o.Fake(e.Target)
	for i := range f.Requests {
		if f.Requests[i].Accepted() {
			return true, ""
		}
	}
	return false, "nothing was accepted"
}

const story = `# A scripted agent pushes once a minute.
clause X-Y
killed by never-retries

fake mimir m reply 503 200
start agent config.river
wait m accepted >= 1 within 10m
mark arrived
snapshot one
restart agent KILL
check m accepted >= 1 X-Y
-- config.river --
url = "{{m.url}}/push"
`

func TestRunRecordsWhatHappened(t *testing.T) {
	play(t, story, &actorAgent{}, "", func(t *testing.T, o *observe.Observation) {
		f := o.Fake("m")
		if len(f.Requests) != 3 || f.Requests[0].Status != 503 || f.Requests[1].Status != 200 || f.Requests[1].DecodeError == "" {
			t.Errorf("requests %+v", f.Requests)
		}
		if len(o.Runs) != 2 || o.Runs[0].Ready.IsZero() || o.Runs[0].Signal == "" || o.Runs[0].Stopping.IsZero() || o.Runs[1].Killed {
			t.Errorf("runs %+v", o.Runs)
		}
		if o.Runs[0].Log != "hello\n" || !strings.Contains(o.Runs[0].Config, o.Values["m.url"]+"/push") {
			t.Errorf("log %q, configuration %q", o.Runs[0].Log, o.Runs[0].Config)
		}
		if len(o.Waits) != 1 || !o.Waits[0].Met || len(o.Marks) != 1 || !o.Marks[0].At.Equal(f.Requests[1].Replied) {
			t.Errorf("waits %+v, marks %+v", o.Waits, o.Marks)
		}
		if len(o.Snapshots) != 2 || o.Snapshots[0].Name != "one" || o.Snapshots[0].Metrics[0].Value != 7 || o.Snapshots[1].Name != "end" {
			t.Errorf("snapshots %+v", o.Snapshots)
		}
		if o.Snapshots[0].Types["answer"] != "gauge" || o.Snapshots[0].LogsError == "" {
			t.Errorf("types %v, logs %q", o.Snapshots[0].Types, o.Snapshots[0].LogsError)
		}
	})
}

func TestUnmetWaitEndsTheSteps(t *testing.T) {
	play(t, story, &actorAgent{silent: true}, "", func(t *testing.T, o *observe.Observation) {
		if len(o.Waits) != 1 || o.Waits[0].Met || o.Waits[0].Detail != "nothing was accepted" || len(o.Marks) != 0 || len(o.Runs) != 1 {
			t.Errorf("waits %+v, marks %+v, %d runs", o.Waits, o.Marks, len(o.Runs))
		}
		if took := o.Waits[0].At.Sub(o.Runs[0].Ready); took != 10*time.Minute {
			t.Errorf("waited %s, want 10m", took)
		}
	})
}

func TestAgentThatEndsIsNotWaitedFor(t *testing.T) {
	play(t, story, &actorAgent{dies: true}, "", func(t *testing.T, o *observe.Observation) {
		if took := o.Ended.Sub(o.Began); took > time.Minute || !o.Runs[0].Over() || o.Runs[0].Code != 3 {
			t.Errorf("took %s, run %+v", took, o.Runs[0])
		}
	})
	play(t, story, &actorAgent{refuses: "url"}, "", func(t *testing.T, o *observe.Observation) {
		if len(o.Waits) != 0 || !o.Runs[0].Ready.IsZero() || o.Runs[0].Code != 1 {
			t.Errorf("waits %+v, run %+v", o.Waits, o.Runs[0])
		}
	})
}

func TestSabotageStandsInFrontOfTheJournal(t *testing.T) {
	play(t, story, &actorAgent{}, "wrong-path", func(t *testing.T, o *observe.Observation) {
		if got := o.Fake("m").Requests[0].Path; got != "/push/elsewhere" {
			t.Errorf("path %s", got)
		}
	})
	play(t, story, &actorAgent{}, "miscounts-metric:answer", func(t *testing.T, o *observe.Observation) {
		if got := o.Snapshots[0].Metrics[0].Value; got != 8 {
			t.Errorf("metric %v", got)
		}
	})
	play(t, story, &actorAgent{}, "never-ready", func(t *testing.T, o *observe.Observation) {
		if !o.Runs[0].Ready.IsZero() || len(o.Waits) != 0 {
			t.Errorf("run %+v", o.Runs[0])
		}
	})
}

const refusal = `# A mistake is refused, and only it.
clause X-Y
killed by accepts-anything

fake mimir m
control config.river
start agent config.river refused
check agent refused X-Y
-- config.river --
url = "{{m.url}}/push"
mistake = true // offending
`

func TestControlLeavesOutWhatIsOffending(t *testing.T) {
	play(t, refusal, &actorAgent{refuses: "mistake"}, "", func(t *testing.T, o *observe.Observation) {
		if len(o.Controls) != 1 || o.Controls[0].Ready.IsZero() || strings.Contains(o.Controls[0].Config, "mistake") {
			t.Errorf("controls %+v", o.Controls)
		}
		if len(o.Runs) != 1 || o.Runs[0].Meant || !o.Runs[0].Ready.IsZero() || o.Runs[0].Code != 1 {
			t.Errorf("runs %+v", o.Runs)
		}
	})
}

const reloads = `# A new configuration is taken, a bad one refused.
clause X-Y
killed by ignores-reload

fake mimir m down
start agent config.river
write token config.river
reload agent bad.river refused
reload agent config.river by signal
up m
wait m accepted >= 1 within 10m
stop agent
check agent alive X-Y
-- config.river --
url = "{{m.url}}/push"
-- bad.river --
mistake
`

func TestReloads(t *testing.T) {
	a := &actorAgent{refuses: "mistake"}
	play(t, reloads, a, "", func(t *testing.T, o *observe.Observation) {
		if len(o.Reloads) != 2 || !o.Reloads[0].Refused || o.Reloads[0].Reason != "no mistakes" || o.Reloads[1].Refused {
			t.Errorf("reloads %+v", o.Reloads)
		}
		if run := o.Runs[0]; run.Code != 0 || run.Killed || run.Over() || a.hangups != 1 {
			t.Errorf("run %+v, %d hang-ups", run, a.hangups)
		}
	})
}

func TestUnsupportedIsHandedOn(t *testing.T) {
	s, err := scenario.Parse("area/name.txtar", []byte(story))
	if err != nil {
		t.Fatal(err)
	}
	cases, err := s.Expand(scenario.Real)
	if err != nil {
		t.Fatal(err)
	}
	p := Play{Case: cases[0], Adapter: &actorAgent{unsupported: true}, Folder: t.TempDir(), Met: accepted}
	var unsupported *sut.Unsupported
	if _, err := Run(t.Context(), p); !errors.As(err, &unsupported) {
		t.Errorf("got %v", err)
	}
}

func TestParsePage(t *testing.T) {
	metrics, types := parsePage([]byte("# HELP a help\n# TYPE a counter\na{x=\"1\",y=\"q \\\" }\",} 2 1700000000\nb NaN\nbroken{ 1\n\nc\n"))
	if len(metrics) != 2 || metrics[0].Labels.Get("y") != `q " }` || metrics[0].Value != 2 || types["a"] != "counter" {
		t.Errorf("got %+v, %v", metrics, types)
	}
}

func TestLogKeepsItsBeginning(t *testing.T) {
	var b logBuffer
	for range 3 {
		if n, err := b.Write(make([]byte, logLimit/2)); n != logLimit/2 || err != nil {
			t.Fatal(n, err)
		}
	}
	if text := b.text(); len(text) < logLimit || !strings.HasSuffix(text, "(what followed was not kept)\n") {
		t.Errorf("%d bytes", len(text))
	}
}
