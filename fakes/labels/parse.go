package labels

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseError is a selector that could not be read.
type ParseError struct {
	Selector string
	Column   int // counted in bytes from 1
	Problem  string
}

// Error shows the selector, the column and what was wrong there.
func (e *ParseError) Error() string {
	return fmt.Sprintf("parse selector %q: column %d: %s", e.Selector, e.Column, e.Problem)
}

// Parse reads a selector: a name, matchers in braces, or both.
//
//	up
//	up{job="a", instance!=""}
//	{__name__=~"http_.*", code!~"5.."}
//	{"a name with spaces", "and.a.label"="x"}
//
// Values stand in double quotes or single quotes with Go's escapes, or in back quotes without. A pattern must match the whole
// value (RE2 syntax). The error is a [*ParseError].
func Parse(selector string) (Selector, error) {
	p := parser{text: selector}
	s, err := p.selector()
	if err != nil {
		return Selector{}, err
	}
	return s, nil
}

type parser struct {
	text string
	pos  int
}

func (p *parser) selector() (Selector, error) {
	s := Selector{text: strings.TrimSpace(p.text)}
	p.space()
	if name := p.word(true); name != "" {
		s.matchers = append(s.matchers, matcher{name: MetricName, op: equal, value: name})
	}
	p.space()
	if p.peek() == '{' {
		matchers, err := p.braces()
		if err != nil {
			return s, err
		}
		s.matchers = append(s.matchers, matchers...)
	}
	p.space()
	switch {
	case p.pos < len(p.text):
		return s, p.unexpected("want the end")
	case s.text == "":
		return s, p.fail("it is empty; {} matches everything")
	}
	return s, nil
}

// braces reads the matchers between { and }, a comma after the last one allowed.
func (p *parser) braces() ([]matcher, error) {
	p.pos++
	var matchers []matcher
	for {
		p.space()
		if p.take("}") {
			return matchers, nil
		}
		m, err := p.matcher()
		if err != nil {
			return nil, err
		}
		matchers = append(matchers, m)
		p.space()
		if !p.take(",") && p.peek() != '}' {
			return nil, p.unexpected(`want "," or "}"`)
		}
	}
}

func (p *parser) matcher() (matcher, error) {
	name, quoted, err := p.labelName()
	if err != nil {
		return matcher{}, err
	}
	p.space()
	if next := p.peek(); quoted && (next == ',' || next == '}') {
		return matcher{name: MetricName, op: equal, value: name}, nil
	}
	op, err := p.operator()
	if err != nil {
		return matcher{}, err
	}
	p.space()
	at := p.pos
	value, err := p.quoted()
	if err != nil {
		return matcher{}, err
	}
	m, err := newMatcher(name, op, value)
	if err != nil {
		p.pos = at
		return m, p.fail(err.Error())
	}
	return m, nil
}

// labelName reads a bare or quoted label name; a quoted one may turn out to be the metric's.
func (p *parser) labelName() (name string, quoted bool, err error) {
	if c := p.peek(); c == '"' || c == '\'' || c == '`' {
		name, err = p.quoted()
		return name, true, err
	}
	if name = p.word(false); name == "" {
		return "", false, p.unexpected("want a label name")
	}
	return name, false, nil
}

func (p *parser) operator() (operator, error) {
	for _, op := range []operator{like, notLike, notEqual, equal} {
		if p.take(string(op)) {
			return op, nil
		}
	}
	return "", p.unexpected("want =, !=, =~ or !~")
}

// quoted reads a quoted text.
func (p *parser) quoted() (string, error) {
	quote := p.peek()
	if quote != '"' && quote != '\'' && quote != '`' {
		return "", p.unexpected("want a quoted value")
	}
	end := p.closing(quote)
	if end < 0 {
		return "", p.fail("the quote is not closed")
	}
	inner := p.text[p.pos+1 : end]
	value, bad := inner, -1
	if quote != '`' {
		value, bad = unescape(inner, quote)
	}
	if bad >= 0 {
		p.pos += 1 + bad
		return "", p.fail("the escape is not one of Go's")
	}
	p.pos = end + 1
	return value, nil
}

// closing finds the quote that ends the text at the parser's position, -1 when there is none.
func (p *parser) closing(quote byte) int {
	for i := p.pos + 1; i < len(p.text); i++ {
		switch {
		case p.text[i] == quote:
			return i
		case p.text[i] == '\\' && quote != '`':
			i++
		}
	}
	return -1
}

// unescape resolves Go's escapes; bad is the offset of one that is wrong, -1 when all is well.
func unescape(inner string, quote byte) (value string, bad int) {
	var b strings.Builder
	for rest := inner; rest != ""; {
		if rest[0] != '\\' {
			_, size := utf8.DecodeRuneInString(rest)
			b.WriteString(rest[:size])
			rest = rest[size:]
			continue
		}
		r, multibyte, tail, err := strconv.UnquoteChar(rest, quote)
		if err != nil {
			return "", len(inner) - len(rest)
		}
		if multibyte {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		rest = tail
	}
	return b.String(), -1
}

// word reads a bare name, "" when there is none.
func (p *parser) word(colons bool) string {
	start := p.pos
	for p.pos < len(p.text) && isNameByte(p.text[p.pos], p.pos == start, colons) {
		p.pos++
	}
	return p.text[start:p.pos]
}

func (p *parser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *parser) take(token string) bool {
	if !strings.HasPrefix(p.text[p.pos:], token) {
		return false
	}
	p.pos += len(token)
	return true
}

// peek returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.pos == len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

func (p *parser) fail(problem string) error {
	return &ParseError{Selector: p.text, Column: p.pos + 1, Problem: problem}
}

func (p *parser) unexpected(want string) error {
	if p.pos == len(p.text) {
		return p.fail(want + ", it ends here")
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return p.fail(fmt.Sprintf("%s, have %q", want, string(r)))
}

func isNameByte(c byte, first, colons bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		return true
	case c >= '0' && c <= '9':
		return !first
	default:
		return c == ':' && colons
	}
}

// isName reports whether the text can stand bare in a selector.
func isName(text string, colons bool) bool {
	for i := range len(text) {
		if !isNameByte(text[i], i == 0, colons) {
			return false
		}
	}
	return text != ""
}

func quoteName(name string) string {
	if isName(name, false) {
		return name
	}
	return quote(name)
}

// quote writes text so that [Parse] reads the same bytes back, invalid UTF-8 included.
func quote(text string) string {
	return strconv.Quote(text)
}
