package conformance

import (
	"context"
	"errors"
	"testing/synctest"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/check"
	"github.com/touchstone-telemetry/touchstone/conformance/engine"
	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/sabotage"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
)

// outcome is what came of playing a unit.
type outcome struct {
	// seen is nil unless the case was played to its end.
	seen *observe.Observation
	// touched counts how often the sabotage found something to make wrong.
	touched int
	// unsupported is what the agent cannot be asked.
	unsupported string
	// err is why the harness failed.
	err error
	// took is measured by the clock of the lane's caller, not of the lane.
	took time.Duration
}

// perform plays one case in this process, inside a bubble or outside.
func perform(ctx context.Context, c scenario.Case, agent Agent, act, folder string, slack time.Duration) outcome {
	p := engine.Play{Case: c, Adapter: agent.Adapter, Info: agent.Info, Folder: folder, Met: check.Holds, Settle: synctest.Wait, Slack: slack}
	if act != "" {
		a, err := sabotage.Parse(act)
		if err != nil {
			return outcome{err: err}
		}
		p.Act = a
	}
	seen, err := engine.Run(ctx, p)
	var unsupported *sut.Unsupported
	if errors.As(err, &unsupported) {
		return outcome{unsupported: unsupported.Error()}
	}
	o := outcome{seen: seen, err: err}
	if p.Act != nil {
		o.touched = p.Act.Touched()
	}
	return o
}

// slackFloor is more than an idle machine was seen to need; see the record of real agents in docs/decisions.md.
const slackFloor = 300 * time.Millisecond

// measureSlack finds out how late this machine is with what it was asked to do at a time. Some of the rest of a run happens at
// once, so several times what was seen are allowed.
func measureSlack() time.Duration {
	const tries, short = 20, 2 * time.Millisecond
	var worst time.Duration
	for range tries {
		began := time.Now()
		time.Sleep(short)
		worst = max(worst, time.Since(began)-short)
	}
	return slackFloor + 10*worst
}
