package scenario

import "time"

// Lane says in which kind of world a case is played.
type Lane string

const (
	// Virtual plays the reference in process, on an in-memory network and with time that is made.
	Virtual Lane = "virtual"
	// Real plays any agent as a process, on loopback sockets and by the clock on the wall.
	Real Lane = "real"
)

// Lanes are all lanes, in the order in which they are shown.
var Lanes = []Lane{Virtual, Real}

// Word is a piece of text with its place.
type Word struct {
	Text string
	Pos  Pos
}

// Scenario is one parsed file. Its steps and files still contain templates: [Scenario.Expand] makes cases of it.
type Scenario struct {
	// Path is the name of the file without its ending, with slashes: remote_write/retry.
	Path string
	// Sentence says what is being shown.
	Sentence string
	// Lane restricts the scenario to one lane, Agent to one agent; empty for no restriction. Both have a reason.
	Lane, LaneReason   string
	Agent, AgentReason string
	// KilledBy are names of sabotages.
	KilledBy []Word
	Axes     []Axis
	Lets     []Let
	Files    []File

	without []exclusion
	clauses []line // of the head, with clause or needs
	lines   []line
	source  []byte
}

// Axis is one dimension of the matrix.
type Axis struct {
	Name   Word
	Values []Word
}

// Let is a value stated in one place.
type Let struct {
	Name    Word
	Default Word
	Others  []Alternative
}

// Alternative is the value of a let under a condition.
type Alternative struct {
	When  []Condition
	Value Word
}

// File is an attached file. Pos is the place of its first line.
type File struct {
	Name string
	Text string
	Pos  Pos
}

// Case is one cell of a scenario's matrix on one lane, with all values filled in except those known only at run time.
type Case struct {
	// ID is stable: remote_write/retry#component=pyroscope.write,auth=basic. The lane is not part of it.
	ID       string
	Scenario *Scenario
	Lane     Lane
	// Values are the axes and lets with their values in this case.
	Values map[string]string
	// Clauses are the clauses named in the head, expanded. Needs are the capabilities that an agent must have.
	Clauses []string
	Needs   []Word
	// Steps are to be played in order.
	Steps []Step
	// Checks are to be judged afterwards.
	Checks []Check

	used map[string]bool
}

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

// FakeOptions are the options of a fake step. The zero value is a plain fake that answers 200.
type FakeOptions struct {
	Down bool
	Host string
	// TLS is empty for a plain listener, otherwise the kind of certificate.
	TLS string
	// Min and Max are TLS versions like 1.2; empty for the fake's own limits.
	Min, Max string
	// ClientCert: a client certificate is required.
	ClientCert bool
	// NoHTTP2: HTTP/2 is not offered on TLS.
	NoHTTP2 bool
	// Page is what an exposition fake serves; nil for a generated page.
	Page *File
	// Series is the number of generated series; 0 for the one series scrape_number.
	Series int
	// Client is ID:SECRET of the only client that an oauth2 fake knows, empty for any; Style is header or body, empty for both; Lifetime
	// is that of its tokens, 0 for an hour.
	Client, Style string
	Lifetime      time.Duration
	// User is NAME:PASSWORD that a proxy wants to be shown; empty for none.
	User string
	// Knows are names that only the proxy can reach, with the fakes that they stand for.
	Knows map[string]string
}

// Expect is something that can hold or not: what a wait waits for and a check checks.
type Expect struct {
	// Target is the name of a fake, or agent.
	Target string
	// Subject is a word of [Subjects].
	Subject string
	// Argument is the selector, header name or the like; empty for subjects without one.
	Argument string
	Filter   Filter
	// From and Until are names of marks, At the name of a snapshot; empty when not given.
	From, Until, At string
	// Op is the operator; empty for subjects without one.
	Op string
	// Values may hold templates that are known at run time only: see [Fill].
	Values []string
	// Text is the statement as it stands in the file, without its clauses.
	Text string
}

// Filter picks requests. Zero fields pick everything.
type Filter struct {
	Kind   string `json:"kind,omitempty"`
	Path   string `json:"path,omitempty"`
	Status string `json:"status,omitempty"`
	Tenant string `json:"tenant,omitempty"`
	Body   int    `json:"body,omitempty"`
	Run    int    `json:"run,omitempty"`
}

// Check is one judgement. A check with Given is an assumption and proves no clause.
type Check struct {
	at
	Expect
	Given bool
	// Clauses are the clauses it proves, expanded.
	Clauses []string
}

// Condition restricts a line or a value to some cases. Without a name its values are lanes.
type Condition struct {
	Not    bool
	Name   string
	Values []string
}
