package scenario

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

	agentPos Pos
	without  []exclusion
	clauses  []line // of the head, with clause or needs
	lines    []line
	source   []byte
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

// placed is the place of the byte at offset in a word.
func (w Word) placed(offset int) Pos {
	w.Pos.Column += offset
	return w.Pos
}
