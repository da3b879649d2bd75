package river

import (
	"fmt"
	"sort"
	"sync"
	"unicode/utf8"
)

// Pos is a place in a parsed text. The zero Pos is "nowhere": what statements made by a program have.
type Pos struct {
	src    *source
	offset int
}

// IsValid tells whether the position lies in a parsed text.
func (p Pos) IsValid() bool { return p.src != nil }

// File is the file name that was given to Parse.
func (p Pos) File() string {
	if p.src == nil {
		return ""
	}
	return p.src.name
}

// Offset counts bytes from the start of the text, from 0.
func (p Pos) Offset() int { return p.offset }

// Line counts from 1; it is 0 for the zero Pos.
func (p Pos) Line() int {
	if p.src == nil {
		return 0
	}
	return p.src.lineOf(p.offset)
}

// Column counts characters (not bytes) from 1; it is 0 for the zero Pos.
func (p Pos) Column() int {
	if p.src == nil {
		return 0
	}
	start := p.src.lines[p.Line()-1]
	return utf8.RuneCount(p.src.text[start:p.offset]) + 1
}

// String is file:line:column, or "-" for the zero Pos.
func (p Pos) String() string {
	if p.src == nil {
		return "-"
	}
	return fmt.Sprintf("%s:%d:%d", p.src.name, p.Line(), p.Column())
}

// source is one text with an index of its lines. It is immutable and shared by all positions in it.
type source struct {
	name  string
	text  []byte
	lines []int // offset of the first byte of each line
	// scanned cuts the text into tokens, once for all excerpts. The tokens are read only.
	scanned func() ([]token, Diagnostics)
}

func newSource(name string, text []byte) *source {
	s := &source{name: name, text: text, lines: []int{0}}
	for i, c := range text {
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	s.scanned = sync.OnceValues(func() ([]token, Diagnostics) { return scan(s) })
	return s
}

func (s *source) pos(offset int) Pos {
	return Pos{src: s, offset: min(max(offset, 0), len(s.text))}
}

func (s *source) lineOf(offset int) int {
	return sort.SearchInts(s.lines, offset+1)
}

// bounds are the offsets of the line's text, without its line end.
func (s *source) bounds(line int) (from, to int) {
	from, to = s.lines[line-1], len(s.text)
	if line < len(s.lines) {
		to = s.lines[line] - 1
	}
	if to > from && s.text[to-1] == '\r' {
		to--
	}
	return from, to
}
