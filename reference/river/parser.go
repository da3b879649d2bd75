package river

import (
	"fmt"
	"strconv"
	"strings"
)

// maxDepth bounds how deep blocks and expressions may nest, and how long one chain of operators may be.
const maxDepth = 500

// maxErrors bounds how much is said about a text that is no configuration at all.
const maxErrors = 20

// Parse reads a configuration. The name is used in positions only. The error is of type Diagnostics and holds one entry
// for each statement that could not be read.
func Parse(filename string, src []byte) (*File, error) {
	p := newParser(filename, src)
	file := &File{Name: filename}
	if len(p.errs) < maxErrors {
		file.Body = p.body(kindEOF)
	}
	if err := p.errs.upToUnclosed().err(); err != nil {
		return nil, err
	}
	return file, nil
}

// ParseExpr reads a single expression, for example `[prometheus.remote_write.m.receiver]`. The error is of type
// Diagnostics.
func ParseExpr(src string) (Expr, error) {
	p := newParser("expression", []byte(src))
	e := p.expr()
	p.skipNewline()
	p.expect(kindEOF, "after the expression", "")
	if err := p.errs.err(); err != nil {
		return nil, err
	}
	return e, nil
}

// parser reads statements from tokens. After a mistake it sees nothing but the end of the file until the statement around
// has recovered, so that no function in between needs to look.
type parser struct {
	src    *source
	tokens []token
	at     int
	// open are the brackets still to come that close those read; depth is how deep the parser's own functions nest.
	open  []kind
	depth int
	// loose are the comments read inside the current statement, where there is no better place for them.
	loose  []Comment
	errs   Diagnostics
	failed bool
	// resumed is set when the mistake was seen at its very end, so that the next statement begins at once.
	resumed bool
	// sawUnclosed is set once a block without its closing brace was reported.
	sawUnclosed bool
	// labels is set while what fails is a component's label, which is shown although it is a string.
	labels bool
}

func newParser(filename string, src []byte) *parser {
	p := &parser{src: newSource(filename, src)}
	p.tokens, p.errs = scan(p.src)
	return p
}

// closing gives each opening bracket its partner.
var closing = map[kind]kind{"(": ")", "[": "]", "{": "}"}

func (p *parser) peek() token {
	if p.failed {
		return token{kind: kindEOF}
	}
	return p.tokens[p.at]
}

func (p *parser) is(k kind) bool { return p.peek().kind == k }

// next takes the token. The comments before it are kept as loose ones.
func (p *parser) next() token {
	if p.failed {
		return token{kind: kindEOF}
	}
	t := p.tokens[p.at]
	p.loose = append(p.loose, t.comments...)
	p.tokens[p.at].comments = nil
	switch t.kind {
	case "(", "[", "{":
		p.open = append(p.open, closing[t.kind])
	case ")", "]", "}":
		if n := len(p.open); n > 0 && p.open[n-1] == t.kind {
			p.open = p.open[:n-1]
		}
	}
	if t.kind != kindEOF {
		p.at++
	}
	return t
}

// accept takes the token if it is of that kind.
func (p *parser) accept(k kind) bool {
	if p.is(k) {
		p.next()
		return true
	}
	return false
}

func (p *parser) skipNewline() { p.accept(kindNewline) }

// expect takes a token of that kind or fails; where says where in the text it was expected.
func (p *parser) expect(k kind, where, hint string) token {
	if p.is(k) {
		return p.next()
	}
	want := string(k)
	if len(k) <= 2 {
		want = quoted(want)
	}
	t := p.peek()
	p.fail(t, hint, "expected %s %s, got %s", want, where, p.describe(t))
	return t
}

func (p *parser) fail(t token, hint, format string, args ...any) {
	if p.failed {
		return
	}
	p.failed = true
	// One scanner error usually makes the parser stumble too; the first is enough.
	for _, e := range p.errs {
		if p.src.lineOf(e.Pos.offset) == p.src.lineOf(t.start) {
			return
		}
	}
	p.errs = append(p.errs, Diagnostic{
		Pos: p.src.pos(t.start), End: p.src.pos(t.end), Message: fmt.Sprintf(format, args...), Hint: hint,
		secret: t.kind == kindString && !p.labels || p.tornOff(t),
	})
}

// describe names the token for a message. What was torn off a string may be a secret.
func (p *parser) describe(t token) string {
	if p.tornOff(t) {
		return "a word"
	}
	return t.describe()
}

// tornOff tells whether the token that is next may belong to the string before it, which has a quote too many.
func (p *parser) tornOff(t token) bool {
	return p.at < len(p.tokens) && p.tokens[p.at].start == t.start && tornOff(p.tokens, p.at)
}

// nested guards against text that nests deeper than any configuration does.
func (p *parser) nested(parse func()) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		p.fail(p.peek(), "", "nested too deeply")
		return
	}
	parse()
}

// span is the place from start to the end of the last token taken.
func (p *parser) span(start int) span {
	end := start
	if p.at > 0 {
		end = max(start, p.tokens[p.at-1].end)
	}
	return span{p.src.pos(start), p.src.pos(end)}
}

func (p *parser) body(end kind) Body {
	var b Body
	for {
		p.skipNewline()
		if p.is(end) || p.is(kindEOF) {
			b.Trailing = p.above()
			return b
		}
		if s := p.statementOrRecover(); s != nil {
			b.Statements = append(b.Statements, s)
		}
	}
}

// above takes the comments that stand before the next token.
func (p *parser) above() []Comment {
	comments := append(p.loose, p.tokens[p.at].comments...)
	p.loose, p.tokens[p.at].comments = nil, nil
	return comments
}

// statementOrRecover reads one statement. After a mistake it goes on at the next line that belongs to the same body.
func (p *parser) statementOrRecover() Statement {
	open, from := len(p.open), p.at
	s := p.statement()
	if !p.failed {
		return s
	}
	p.failed = false
	if len(p.errs) >= maxErrors {
		p.at = len(p.tokens) - 1
	}
	for !p.resumed && !p.is(kindEOF) {
		if len(p.open) <= open && (p.is(kindNewline) || p.is("}") && p.at > from) {
			break
		}
		p.next()
	}
	p.open = p.open[:min(open, len(p.open))]
	p.loose, p.resumed = nil, false
	return nil
}

func (p *parser) statement() Statement {
	first := p.tokens[p.at]
	d := decoration{Blank: p.blankBefore(first), Gap: p.gapBefore(first), Above: p.above()}
	name := p.statementName()
	var s Statement
	if p.is("=") {
		s = p.attribute(name, first)
	} else {
		s = p.block(name)
	}
	if p.failed {
		return nil
	}
	d.Above = append(d.Above, p.loose...)
	p.loose = nil
	d.Beside = p.beside()
	if !p.is("}") && !p.is(kindEOF) {
		p.expect(kindNewline, "after "+shownWord(name.Text), "write each statement on a line of its own")
	}
	*s.statement() = d
	return s
}

// beside takes the comments that follow on the line of the last token.
func (p *parser) beside() []Comment {
	t := &p.tokens[p.at]
	if t.kind == kindNewline {
		comments := t.comments
		t.comments = nil
		return comments
	}
	line := p.src.lineOf(p.tokens[p.at-1].end)
	n := 0
	for n < len(t.comments) && p.src.lineOf(t.comments[n].start.offset) == line {
		n++
	}
	comments := t.comments[:n:n]
	t.comments = t.comments[n:]
	return comments
}

// blankBefore tells whether an empty line stands before the token and its comments.
func (p *parser) blankBefore(t token) bool {
	start := t.start
	if len(t.comments) > 0 {
		return t.comments[0].Blank
	}
	return (&scanner{src: p.src}).blankBefore(start)
}

// gapBefore tells whether an empty line stands between the token and the comments above it.
func (p *parser) gapBefore(t token) bool {
	return len(t.comments) > 0 && (&scanner{src: p.src}).blankBefore(t.start)
}

func (p *parser) statementName() Name {
	start := p.peek().start
	if !p.is(kindName) {
		p.badStatement()
		return Name{}
	}
	text := p.next().text
	for p.accept(".") {
		text += "." + p.expect(kindName, "after the dot", "").text
	}
	return Name{p.span(start), text}
}

func (p *parser) badStatement() {
	t := p.peek()
	switch t.kind {
	case "}":
		p.next()
		p.fail(t, "remove it, or look for a block that ends too early", `unexpected "}": no block is open`)
	case kindString:
		p.fail(t, "names of blocks and attributes are written without quotes", "a statement cannot begin with a string")
	default:
		p.fail(t, "write name = value or name { ... }", "expected a block or an attribute, got %s", p.describe(t))
	}
}

func (p *parser) attribute(name Name, first token) Statement {
	if !isName(name.Text) {
		p.fail(first, "only block names have dots", "attribute name %q has a dot", name.Text)
	}
	equals := p.next()
	if p.statementFollows() {
		p.fail(token{start: equals.end, end: equals.end}, "", "attribute %s has no value", shownWord(name.Text))
		p.resumed = true
	}
	value := p.expr()
	return &Attribute{span: p.span(name.start.offset), Name: name, Value: value}
}

// written is a name for a hint.
func written(name Name) string {
	if odd(name.Text) {
		return "NAME"
	}
	return name.Text
}

// hide keeps a word that is no name of this language out of what is shown, if the parser has just failed because of it: it may
// be a line of a key that was pasted without quotes.
func (p *parser) hide(name Name) {
	if n := len(p.errs); odd(name.Text) && n > 0 && p.errs[n-1].Pos.offset >= name.start.offset {
		p.errs[n-1].secret = true
	}
}

// statementFollows tells whether the value of an attribute was forgotten: the next line begins another statement.
func (p *parser) statementFollows() bool {
	if p.is("}") || p.is(kindEOF) {
		return true
	}
	if !p.is(kindName) || !p.opensLine(p.tokens[p.at-1]) {
		return false
	}
	after := p.at + 1
	for p.tokens[after].kind == "." && p.tokens[after+1].kind == kindName {
		after += 2
	}
	k := p.tokens[after].kind
	return k == "=" || k == "{" || k == kindString
}

func (p *parser) block(name Name) Statement {
	label := p.label(name)
	open := p.peek()
	if !p.is("{") {
		p.fail(open, "write name = value or name { ... }", `expected "=" or "{" after %s, got %s`, shownWord(name.Text), p.describe(open))
		p.hide(name)
	}
	p.next()
	b := &Block{Name: name, Label: label}
	p.nested(func() { b.Body = p.body("}") })
	if !p.accept("}") {
		p.unclosed(open, name)
	}
	b.span = p.span(name.start.offset)
	return b
}

// unclosed fails at the innermost block that is still open at the end of the file; the ones around it are not worth
// another message.
func (p *parser) unclosed(open token, name Name) {
	if p.sawUnclosed {
		p.failed = true
	}
	p.sawUnclosed = true
	p.fail(open, "add the missing }", "block %s is never closed", shownWord(name.Text))
}

func (p *parser) label(name Name) Name {
	t := p.peek()
	if !strings.Contains(name.Text, ".") {
		return p.hiddenLabel(t, name)
	}
	if t.kind == kindName {
		p.fail(t, "write the label in double quotes", "label %q of block %q is not quoted", t.text, name.Text)
	}
	if t.kind != kindString {
		return Name{}
	}
	p.next()
	text, err := strconv.Unquote(t.text)
	if err == nil && !isName(text) {
		p.labels = true
		p.fail(t, "use letters, digits and underscores only, and no digit first", "label %q of block %q is not a name", text, name.Text)
		p.labels = false
	}
	return Name{p.span(t.start), text}
}

// hiddenLabel is label for a block of which none has one. It rather is an attribute without its =, so it may be a secret.
func (p *parser) hiddenLabel(t token, name Name) Name {
	if t.kind != kindString && t.kind != kindName {
		return Name{}
	}
	p.next()
	text, err := strconv.Unquote(t.text)
	word := t.kind == kindName
	t.kind = kindString
	switch {
	case p.peek().kind != "{":
		p.fail(t, "write "+written(name)+" = \"...\"", "expected = after %s", shownWord(name.Text))
	case word:
		p.fail(t, "write the label in double quotes", "label of block %s is not quoted", shownWord(name.Text))
	case err == nil && !isName(text):
		p.fail(t, "use letters, digits and underscores only, and no digit first", "label of block %s is not a name", shownWord(name.Text))
	}
	return Name{p.span(t.start), text}
}
