package river

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanner cuts a text into tokens. It never fails: what it cannot read becomes a diagnostic and is skipped.
type scanner struct {
	src      *source
	at       int
	tokens   []token
	comments []Comment
	errs     Diagnostics
}

// scan returns the tokens of the text; the last one is always kindEOF. A text with a byte 0 is no text and has no others.
func scan(src *source) ([]token, Diagnostics) {
	s := &scanner{src: src}
	if at := bytes.IndexByte(src.text, 0); at >= 0 {
		s.failSecret(at, at, "give a text file in UTF-8", "the file is not a text: it has a byte 0")
		s.at = len(src.text)
	}
	if bytes.HasPrefix(src.text, []byte("\uFEFF")) {
		s.at = len("\uFEFF")
	}
	for s.at < len(src.text) {
		s.next()
	}
	s.newline(len(src.text), len(src.text))
	s.emit(kindEOF, len(src.text))
	return s.tokens, s.errs
}

// emit adds the token that goes from start to where the scanner stands.
func (s *scanner) emit(k kind, start int) {
	s.tokens = append(s.tokens, token{
		kind: k, text: string(s.src.text[start:s.at]), start: start, end: s.at, comments: s.comments,
	})
	s.comments = nil
}

func (s *scanner) fail(from, to int, hint, format string, args ...any) {
	s.errs = append(s.errs, Diagnostic{
		Pos: s.src.pos(from), End: s.src.pos(to), Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// failSecret is fail for a place whose text may be a secret.
func (s *scanner) failSecret(from, to int, hint, message string) {
	s.fail(from, to, hint, "%s", message)
	s.errs[len(s.errs)-1].secret = true
}

// failUnclosed is failSecret for something that has no end.
func (s *scanner) failUnclosed(from, to int, hint, message string) {
	s.failSecret(from, to, hint, message)
	s.errs[len(s.errs)-1].unclosed = true
}

func (s *scanner) rest() []byte { return s.src.text[s.at:] }

func (s *scanner) next() {
	start, rest := s.at, s.rest()
	r, size := utf8.DecodeRune(rest)
	switch {
	case r == '\n':
		s.at++
		s.newline(start, s.at)
	case r == ' ' || r == '\t' || r == '\r':
		s.at++
	case bytes.HasPrefix(rest, []byte("//")):
		s.lineComment()
	case bytes.HasPrefix(rest, []byte("/*")):
		s.blockComment()
	case isNameStart(r):
		s.name()
	case isDigit(r) || r == '.' && s.numberAfterDot():
		s.number()
	case r == '"':
		s.quotedString()
	case r == '`':
		s.rawString()
	default:
		s.operator(r, size)
	}
}

// newline ends the statement, unless the last token says that it goes on.
func (s *scanner) newline(from, to int) {
	if n := len(s.tokens); n > 0 && s.tokens[n-1].endsStatement() {
		s.tokens = append(s.tokens, token{kind: kindNewline, start: from, end: to, comments: s.comments})
		s.comments = nil
	}
}

func (s *scanner) lineComment() {
	length := bytes.IndexByte(s.rest(), '\n')
	if length < 0 {
		length = len(s.rest())
	}
	s.comment(length)
}

func (s *scanner) blockComment() {
	length := bytes.Index(s.rest()[2:], []byte("*/"))
	if length < 0 {
		s.failUnclosed(s.at, s.at+2, "end it with */", "comment is never closed")
		s.at = len(s.src.text)
		return
	}
	start := s.at
	s.comment(length + 4)
	if bytes.IndexByte(s.src.text[start:s.at], '\n') >= 0 {
		s.newline(s.at, s.at)
	}
}

func (s *scanner) comment(length int) {
	text := strings.TrimRight(strings.ReplaceAll(string(s.rest()[:length]), "\r\n", "\n"), " \t\r")
	if !utf8.ValidString(text) {
		s.fail(s.at, s.at+length, "save the file as UTF-8", "comment is not valid UTF-8")
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	s.comments = append(s.comments, Comment{
		span: span{s.src.pos(s.at), s.src.pos(s.at + length)}, Text: text, Blank: s.blankBefore(s.at),
	})
	s.at += length
}

// blankBefore tells whether the line above the offset is empty.
func (s *scanner) blankBefore(offset int) bool {
	before := bytes.TrimRight(s.src.text[:offset], " \t\r\n")
	return bytes.Count(s.src.text[len(before):offset], []byte("\n")) > 1
}

func isNameStart(r rune) bool { return r == '_' || r != utf8.RuneError && unicode.IsLetter(r) }
func isNamePart(r rune) bool {
	return isNameStart(r) || r != utf8.RuneError && unicode.IsDigit(r)
}
func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// isName tells whether the text can stand as a name: letters, digits and underscores, no digit first.
func isName(text string) bool {
	for i, r := range text {
		if i == 0 && !isNameStart(r) || !isNamePart(r) {
			return false
		}
	}
	return text != ""
}

func (s *scanner) name() {
	start := s.at
	s.skip(isNamePart)
	s.emit(kindName, start)
}

// skip moves on while the runes are wanted.
func (s *scanner) skip(wanted func(rune) bool) {
	for s.at < len(s.src.text) {
		r, size := utf8.DecodeRune(s.rest())
		if !wanted(r) {
			return
		}
		s.at += size
	}
}

// numberAfterDot tells whether a dot begins a number (.5) instead of the access to a field (a.b).
func (s *scanner) numberAfterDot() bool {
	rest := s.rest()
	if len(rest) < 2 || !isDigit(rune(rest[1])) {
		return false
	}
	n := len(s.tokens)
	return n == 0 || !s.tokens[n-1].endsStatement() || s.tokens[n-1].end < s.at
}

func (s *scanner) number() {
	start := s.at
	s.skip(isDigit)
	if rest := s.rest(); len(rest) > 1 && rest[0] == '.' && isDigit(rune(rest[1])) {
		s.at++
		s.skip(isDigit)
	}
	s.exponent()
	if r, _ := utf8.DecodeRune(s.rest()); isNamePart(r) {
		s.skip(isNamePart)
		s.failSecret(start, s.at, "write a decimal number like 15, 0.5 or 1e6, or put it in quotes", "malformed number")
		return
	}
	if s.emit(kindNumber, start); parseNumber(s.tokens[len(s.tokens)-1].text) == nil {
		s.fail(start, s.at, "", "number is too large")
	}
}

func (s *scanner) exponent() {
	rest := s.rest()
	if len(rest) == 0 || rest[0] != 'e' && rest[0] != 'E' {
		return
	}
	digits := 1
	if len(rest) > 1 && (rest[1] == '+' || rest[1] == '-') {
		digits = 2
	}
	if len(rest) > digits && isDigit(rune(rest[digits])) {
		s.at += digits
		s.skip(isDigit)
	}
}

// parseNumber returns an int64 where it fits, else a float64, else nil.
func parseNumber(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if strings.Trim(text, "0123456789.eE+-") != "" {
		return nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f
	}
	return nil
}

func (s *scanner) quotedString() {
	start := s.at
	s.at++
	for s.at < len(s.src.text) && s.src.text[s.at] != '\n' {
		switch s.src.text[s.at] {
		case '"':
			s.at++
			s.emitString(start)
			return
		case '\\':
			s.escape()
		default:
			s.at++
		}
	}
	s.failUnclosed(start, s.at, "end it with a double quote on the same line, or use `raw quotes`", "string is never closed")
}

// escape steps over one escape sequence.
func (s *scanner) escape() {
	line, _, _ := bytes.Cut(s.rest(), []byte("\n"))
	_, _, tail, err := strconv.UnquoteChar(string(line), '"')
	if err == nil {
		s.at += len(line) - len(tail)
		return
	}
	_, size := utf8.DecodeRune(line[1:])
	s.fail(s.at, s.at+1+size, `write \\ for a backslash, or use `+"`raw quotes`", "unknown escape sequence in string")
	s.at += 1 + size
}

func (s *scanner) rawString() {
	start := s.at
	length := bytes.IndexByte(s.src.text[start+1:], '`')
	if length < 0 {
		s.failUnclosed(start, start+1, "end it with another `", "raw string is never closed")
		s.at = len(s.src.text)
		return
	}
	s.at = start + length + 2
	s.emitString(start)
}

func (s *scanner) emitString(start int) {
	if !utf8.Valid(s.src.text[start:s.at]) {
		s.failSecret(start, s.at, "save the file as UTF-8", "string is not valid UTF-8")
	}
	s.emit(kindString, start)
}

func (s *scanner) operator(r rune, size int) {
	start := s.at
	for _, k := range operators {
		if bytes.HasPrefix(s.rest(), []byte(k)) {
			s.at += len(k)
			s.emit(k, start)
			return
		}
	}
	s.at += size
	hint := ""
	switch r {
	case ':':
		hint = "write = between a name and its value, also in a map"
	case ';':
		hint = "statements are separated by line ends"
	case '#':
		hint = "comments begin with //"
	case '\'':
		hint = `strings are written in double quotes`
	case '$':
		hint = `write env("NAME") for an environment variable`
	case utf8.RuneError:
		hint = "save the file as UTF-8"
	}
	s.fail(start, s.at, hint, "unexpected character %q", r)
}
