package scenario

import (
	"strconv"
	"strings"
)

// token is one word of a line.
type token struct {
	text   string // without its quotes
	raw    string // as written
	pos    Pos
	quoted bool
}

// line is one statement, or a blank or comment line, of the story.
type line struct {
	pos Pos
	// source is the whole line as written, without its end.
	source string
	// when are the conditions in brackets, tokens what follows them.
	when   []Condition
	tokens []token
	// comment is the comment at the end, from its # on.
	comment string
}

// verb is the first word as written, or "" on a line without any.
func (l line) verb() string {
	if len(l.tokens) == 0 {
		return ""
	}
	return l.tokens[0].raw
}

// rest is the text after the first n words, as written, without the comment, and its place.
func (l line) rest(n int) Word {
	if n >= len(l.tokens) {
		return Word{Pos: l.end()}
	}
	first, last := l.tokens[n], l.tokens[len(l.tokens)-1]
	to := last.pos.Column - 1 + len(last.raw)
	return Word{Text: l.source[first.pos.Column-1 : to], Pos: first.pos}
}

// end is the place just behind the last word.
func (l line) end() Pos {
	if len(l.tokens) == 0 {
		return l.pos
	}
	last := l.tokens[len(l.tokens)-1]
	last.pos.Column += len(last.raw)
	return last.pos
}

// lex splits one line into conditions, words and comment.
func lex(source string, pos Pos) (line, *Error) {
	l := line{pos: pos, source: source}
	if i := strings.IndexFunc(strings.TrimSuffix(source, "\r"), func(r rune) bool { return r < ' ' && r != '\t' }); i >= 0 {
		pos.Column += i
		return l, errorf(pos, "control character %q", source[i])
	}
	x := lexer{text: source, pos: pos}
	for {
		x.blanks()
		switch {
		case x.at == len(x.text):
			return l, nil
		case x.text[x.at] == '#':
			l.comment = strings.TrimRight(x.text[x.at:], " \t\r")
			return l, nil
		}
		t, err := x.word()
		if err != nil {
			return l, err
		}
		if len(l.tokens) > 0 || !strings.HasPrefix(t.raw, "[") {
			l.tokens = append(l.tokens, t)
			continue
		}
		c, err := bracketed(t)
		if err != nil {
			return l, err
		}
		l.when = append(l.when, c)
	}
}

type lexer struct {
	text string
	pos  Pos // of the beginning of text
	at   int
}

func (x *lexer) blanks() {
	for x.at < len(x.text) && strings.IndexByte(" \t\r", x.text[x.at]) >= 0 {
		x.at++
	}
}

func (x *lexer) here() Pos {
	p := x.pos
	p.Column += x.at
	return p
}

// word reads a word: a Go string, or everything up to the next blank outside quotes and braces.
func (x *lexer) word() (token, *Error) {
	start, pos := x.at, x.here()
	if x.text[x.at] == '"' {
		return x.quotedWord()
	}
	depth := 0
	for x.at < len(x.text) {
		c := x.text[x.at]
		switch {
		case c == '"':
			if err := x.skipString(); err != nil {
				return token{}, err
			}
			continue
		case c == '{':
			depth++
		case c == '}':
			depth--
		case depth <= 0 && (c == ' ' || c == '\t' || c == '\r'):
			raw := x.text[start:x.at]
			return token{text: raw, raw: raw, pos: pos}, nil
		}
		x.at++
	}
	if depth > 0 {
		return token{}, errorf(pos, "a brace is opened and not closed on this line")
	}
	raw := x.text[start:]
	return token{text: raw, raw: raw, pos: pos}, nil
}

func (x *lexer) quotedWord() (token, *Error) {
	start, pos := x.at, x.here()
	if err := x.skipString(); err != nil {
		return token{}, err
	}
	raw := x.text[start:x.at]
	text, err := strconv.Unquote(raw)
	if err != nil {
		return token{}, errorf(pos, "%s is not a Go string", raw)
	}
	if x.at < len(x.text) && x.text[x.at] == ',' { // in a list of the head
		x.at++
	}
	if x.at < len(x.text) && strings.IndexByte(" \t\r", x.text[x.at]) < 0 {
		return token{}, errorf(x.here(), "a quoted word must be followed by a blank")
	}
	return token{text: text, raw: x.text[start:x.at], pos: pos, quoted: true}, nil
}

// skipString moves behind the string that begins here.
func (x *lexer) skipString() *Error {
	pos := x.here()
	for x.at++; x.at < len(x.text); x.at++ {
		switch x.text[x.at] {
		case '\\':
			x.at++
		case '"':
			x.at++
			return nil
		}
	}
	return errorf(pos, "a quote is opened and not closed on this line")
}

// commas splits text at commas that stand outside quotes and braces.
func commas(w Word) []Word {
	var parts []Word
	depth, start := 0, 0
	add := func(end int) {
		piece := w.Text[start:end]
		trimmed := strings.TrimLeft(piece, " \t")
		pos := w.Pos
		pos.Column += start + len(piece) - len(trimmed)
		parts = append(parts, Word{Text: strings.TrimSpace(trimmed), Pos: pos})
		start = end + 1
	}
	quoted := false
	for i := 0; i < len(w.Text); i++ {
		switch c := w.Text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == ',' && depth <= 0:
			add(i)
		}
	}
	add(len(w.Text))
	return parts
}

// unquote takes the quotes off a value that is one Go string, and leaves everything else as it is.
func unquote(w Word) (Word, *Error) {
	if !strings.HasPrefix(w.Text, `"`) {
		return w, nil
	}
	text, err := strconv.Unquote(w.Text)
	if err != nil {
		return w, errorf(w.Pos, "%s is not a Go string", w.Text)
	}
	return Word{Text: text, Pos: w.Pos}, nil
}
