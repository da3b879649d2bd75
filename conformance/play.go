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
	// late is how late the machine was at worst with what was to happen at a time; 0 on the virtual lane.
	late time.Duration
	// again says why the case was played a second time; empty for most.
	again string
	// took is measured by the clock of the lane's caller, not of the lane.
	took time.Duration
}

// perform plays one case in this process, inside a bubble or outside. Inside, where time is exact, nobody watches how late things are.
func perform(ctx context.Context, c scenario.Case, agent Agent, act, folder string, late *lateness) outcome {
	p := engine.Play{Case: c, Adapter: agent.Adapter, Info: agent.Info, Folder: folder, Met: check.Holds, Settle: synctest.Wait, Slack: late.slack}
	if act != "" {
		a, err := sabotage.Parse(act)
		if err != nil {
			return outcome{err: err}
		}
		p.Act = a
	}
	began := time.Now()
	seen, err := engine.Run(ctx, p)
	var unsupported *sut.Unsupported
	if errors.As(err, &unsupported) {
		return outcome{unsupported: unsupported.Error()}
	}
	o := outcome{seen: seen, err: err, late: late.since(began)}
	if p.Act != nil {
		o.touched = p.Act.Touched()
	}
	return o
}
