// Package engine plays one case: it starts the fakes, starts the agent with the configuration filled in, takes the steps in
// order, stops everything and hands back what was seen. Use [Run] with a [Play].
//
// It does not judge. A wait that is not met is noted and the rest of the steps is left out; whether that matters is for
// package check. Everything runs on plain time and on the network of the case's lane, so the whole play may stand inside a
// bubble of testing/synctest.
package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/sabotage"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
	"github.com/touchstone-telemetry/touchstone/conformance/sut"
	"github.com/touchstone-telemetry/touchstone/fakes/memnet"
)

// Play is one case with everything that playing it depends on.
type Play struct {
	Case scenario.Case
	// Adapter starts the agent; Info is what its Probe said.
	Adapter sut.Adapter
	Info    sut.Info
	// Act makes the agent wrong; nil leaves it as it is.
	Act *sabotage.Act
	// Folder is a private folder that exists. Configurations, storage and scratch files lie in it afterwards.
	Folder string
	// Met tells whether an expectation that is waited for holds, and if not, what there is instead.
	Met func(scenario.Expect, *observe.Observation) (bool, string)
	// Settle returns when every goroutine of the bubble has come to rest: synctest.Wait. Used on the virtual lane only.
	Settle func()
	// Slack tells how much later than possible things may happen on this machine, by what it was seen to do since a time. Not used on
	// the virtual lane; nil means by nothing.
	Slack func(since time.Time) time.Duration
}

// Run plays the case. The error is a *sut.Unsupported when the agent cannot be asked what the case asks, otherwise the harness
// failed or ctx ended. When Run returns, every process and server that it started has ended.
func Run(ctx context.Context, p Play) (*observe.Observation, error) {
	s, err := newStage(p)
	if err != nil {
		return nil, err
	}
	err = s.steps(ctx)
	if err == nil {
		s.freeze(ctx)
	}
	s.clear()
	if err != nil {
		return nil, err
	}
	return s.seen, ctx.Err()
}

func agentOf(i sut.Info) observe.Agent {
	return observe.Agent{Name: i.Name, Version: i.Version, Metrics: i.Metrics, Rewritten: i.RewrittenNames(), Unasked: i.Unasked}
}

// newStage prepares the folders, and on the virtual lane the network.
func newStage(p Play) (*stage, error) {
	s := &stage{
		play: p, adapter: p.Adapter, casts: map[string]*prop{},
		scratch: filepath.Join(p.Folder, "scratch"),
		storage: filepath.Join(p.Folder, "agent", "storage"),
		seen: &observe.Observation{
			Case: p.Case.ID, Lane: string(p.Case.Lane), Began: time.Now(),
			Agent:  agentOf(p.Info),
			Values: map[string]string{},
		},
	}
	if p.Act != nil {
		s.adapter = p.Act.Adapter(p.Adapter)
	}
	if p.Case.Lane == scenario.Virtual {
		s.network = memnet.New()
	}
	s.seen.Slack = s.slack()
	s.seen.Values["dir"] = s.scratch
	for _, folder := range []string{s.scratch, s.storage} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("make the folders of a case: %w", err)
		}
	}
	return s, nil
}

// virtual tells whether the case is played on the virtual lane.
func (s *stage) virtual() bool { return s.network != nil }

// slack is how much later than possible things may have happened until now.
func (s *stage) slack() time.Duration {
	if s.virtual() || s.play.Slack == nil {
		return 0
	}
	return s.play.Slack(s.seen.Began)
}
