package scenario

import (
	"slices"
	"time"
)

// Step is one thing to do. The concrete types follow.
type Step interface {
	// Place is where the step stands in its file. The line identifies the step within a case.
	Place() Pos
}

// at is the place of a step.
type at struct{ Pos Pos }

func (a at) Place() Pos { return a.Pos }

type (
	// StartFake starts a fake: fake KIND NAME [OPTION...] [reply SCRIPT].
	StartFake struct {
		at
		Kind, Name string
		Options    FakeOptions
		// Script is in the words of package reply; empty for the default.
		Script string
	}
	// Control shows that an agent takes the file without its offending part. Text is already the control.
	Control struct {
		at
		File File
	}
	// Env sets a variable of the environment for the starts that follow. Value may hold templates known at run time.
	Env struct {
		at
		Name, Value string
	}
	// StartAgent starts the agent and waits until it is ready or has exited.
	StartAgent struct {
		at
		File File
		// Refused: the scenario is about an agent that does not start.
		Refused bool
	}
	// StopAgent sends a signal and waits for the exit.
	StopAgent struct {
		at
		Signal Signal
	}
	// RestartAgent stops the agent and starts it again on the same storage.
	RestartAgent struct {
		at
		Signal Signal
		// File is nil to start with the configuration it had.
		File *File
	}
	// ReloadAgent replaces the configuration and asks the agent to load it.
	ReloadAgent struct {
		at
		File     File
		BySignal bool
		Refused  bool
	}
	// Down makes a fake unreachable, Up reachable again, RestartFake does both.
	Down struct {
		at
		Fake string
	}
	Up struct {
		at
		Fake string
	}
	RestartFake struct {
		at
		Fake string
	}
	// Reply replaces what is left of a fake's script.
	Reply struct {
		at
		Fake, Script string
	}
	// Page changes what an exposition fake serves.
	Page struct {
		at
		Fake string
		File File
	}
	// Write puts a file into the scratch folder. Exactly one of File and From is set; From is a path that may hold
	// templates known at run time.
	Write struct {
		at
		Path string
		File *File
		From string
	}
	// Wait goes on as soon as Expect holds, and no later than Within.
	Wait struct {
		at
		Expect
		Within time.Duration
	}
	// Pass lets time go by.
	Pass struct {
		at
		Duration time.Duration
		Because  string
	}
	// Mark names a moment.
	Mark struct {
		at
		Name string
	}
	// Snapshot records the agent's metrics and write-ahead log.
	Snapshot struct {
		at
		Name string
	}
)

// Signal is how an agent is stopped.
type Signal string

const (
	Term Signal = "TERM"
	Int  Signal = "INT"
	Kill Signal = "KILL"
)

func signal(text string) (Signal, bool) {
	s := Signal(text)
	return s, slices.Contains([]Signal{Term, Int, Kill}, s)
}
