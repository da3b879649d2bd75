package scenario

import "fmt"

// Pos is a place in a scenario file. Line and Column count from 1.
type Pos struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String is file:line:column, as editors understand it.
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Error is something wrong in a scenario file, with its place and, where one can be guessed, the way out.
type Error struct {
	Pos  Pos
	Text string
	// Hint says what would be right; empty when nothing is near.
	Hint string
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Pos.String() + ": " + e.Text
	}
	return e.Pos.String() + ": " + e.Text + " (" + e.Hint + ")"
}

func errorf(pos Pos, format string, args ...any) *Error {
	return &Error{Pos: pos, Text: fmt.Sprintf(format, args...)}
}

// hinted sets the hint.
func (e *Error) hinted(hint string) *Error {
	e.Hint = hint
	return e
}
