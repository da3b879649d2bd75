package reply

import "fmt"

// Plan is a parsed text. It is data: nothing plays until it is loaded into a [Script].
type Plan struct {
	Sections []Section
	Links    []Link
	// LinkDefault is what happens to connections after Links; nil serves them.
	LinkDefault *Link
	// Seed is that of what is drawn; 0 when the text has none.
	Seed uint32
}

// Section is the replies for one selector.
type Section struct {
	Match   Match
	Replies []Reply
	// Default is what a bare "*" asked for; nil when the text has none.
	Default *Reply
}

// ParseError is a mistake in a text, with its place.
type ParseError struct {
	Line, Column int // from 1; the column counts bytes
	Word         string
	Reason       string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("reply script, line %d column %d: %q: %s", e.Line, e.Column, e.Word, e.Reason)
}

// Load appends what a plan says.
func (s *Script) Load(p Plan) {
	if p.Seed != 0 {
		s.SetSeed(p.Seed)
	}
	for _, sec := range p.Sections {
		v := s.For(sec.Match).Then(sec.Replies...)
		if sec.Default != nil {
			v.Default(*sec.Default)
		}
	}
	s.links.Then(p.Links...)
	if p.LinkDefault != nil {
		s.links.Default(*p.LinkDefault)
	}
}

// Play appends what a text in the syntax of this package says. When the text is wrong, the error is a [*ParseError] and nothing changes.
func (s *Script) Play(text string) error {
	p, err := Parse(text)
	if err != nil {
		return err
	}
	s.Load(p)
	return nil
}
