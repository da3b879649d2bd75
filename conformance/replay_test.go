package conformance

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/adapter"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// starved stands in for an agent on a machine that is busy while the first of its cases is played: that time it ends at once.
type starved struct {
	sut.Adapter
	starts int
	first  func()
}

func (a *starved) Start(ctx context.Context, s sut.Setup) (sut.Process, error) {
	if a.starts++; a.starts == 1 {
		a.first()
		for _, empty := range adapter.Empties() {
			if empty.Name() == "exits-1" {
				return empty.Start(ctx, s)
			}
		}
	}
	return a.Adapter.Start(ctx, s)
}

func TestFailuresOfABusyMachineArePlayedAgain(t *testing.T) {
	real := strings.NewReplacer("lane virtual because it is quick", "lane real because processors are meant", `"{{interval}}"`, `"1s"`, "each interval = 15s, 30s\n", "",
		"wait s profiles * >= 2 within 5m", "wait s profiles * >= 2 within 20s").Replace(quickScenario)
	for _, row := range []struct {
		name   string
		late   time.Duration
		starts int
		want   report.Verdict
		told   string
	}{
		{"busy", 200 * time.Millisecond, 2, report.Pass, "this machine was up to 200ms late"},
		{"idle", 0, 1, report.Inconclusive, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			agent := &starved{Adapter: adapter.Reference()}
			o := options(t, suiteOf(t, map[string]string{"area/push.txtar": real}))
			o.Adapters, o.Virtual = []sut.Adapter{agent}, nil
			r, err := newRunner(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			r.late.close() // of the machine that this test runs on
			r.late = &lateness{began: time.Now()}
			agent.first = func() { r.late.note(time.Now(), row.late) }
			units, err := r.suite.plan(r.agents, o.Filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []report.Case
			r.twice(t.Context(), units, nil, func(_ int, u unit, o outcome, _ string) { got = append(got, r.judge(u, o)) })
			if len(got) != 1 || got[0].Verdict != row.want || agent.starts != row.starts || !strings.HasPrefix(got[0].Replayed, row.told) {
				t.Errorf("%d starts: %+v", agent.starts, got)
			}
			if (got[0].Replayed == "") != (row.told == "") {
				t.Errorf("played twice: %q", got[0].Replayed)
			}
		})
	}
}
