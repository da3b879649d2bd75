package river

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// indent is what one level of nesting is moved in by: two spaces, as on the pages that describe the components.
const indent = "  "

// Format returns the configuration in its canonical form: one statement a line, two spaces for each level, the equals
// signs of neighbouring attributes in one column, at most one empty line in a row. Formatting twice changes nothing. The
// error is of type Diagnostics.
func Format(src []byte) ([]byte, error) { return FormatFile("configuration", src) }

// FormatFile is Format with a file name for the positions of errors.
func FormatFile(filename string, src []byte) ([]byte, error) {
	file, err := Parse(filename, src)
	if err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// Bytes prints the file in its canonical form, comments included.
func (f *File) Bytes() []byte {
	p := &printer{}
	p.body(&f.Body)
	return p.out.Bytes()
}

// String prints the block in its canonical form.
func (b *Block) String() string {
	p := &printer{}
	p.block(b)
	return p.out.String()
}

// ExprString prints an expression in its canonical form.
func ExprString(e Expr) string {
	p := &printer{}
	p.expr(e)
	return p.out.String()
}

// printer writes the canonical form. It knows the current indentation and nothing about where nodes came from.
type printer struct {
	out   bytes.Buffer
	level int
}

func (p *printer) write(text ...string) {
	for _, t := range text {
		p.out.WriteString(t)
	}
}

// line begins a line at the current indentation.
func (p *printer) line() {
	p.out.WriteString(strings.Repeat(indent, p.level))
}

func (p *printer) body(b *Body) {
	widths := statementWidths(b.Statements)
	for i, s := range b.Statements {
		d := s.statement()
		p.above(d, i == 0)
		p.line()
		switch s := s.(type) {
		case *Attribute:
			p.write(s.Name.Text, padding(s.Name.Text, widths[i]), " = ")
			p.expr(s.Value)
		case *Block:
			p.block(s)
		}
		p.beside(d)
		p.write("\n")
	}
	p.trailing(b.Trailing, len(b.Statements) == 0)
}

// above writes the empty line and the comments before a statement or element.
func (p *printer) above(d *decoration, first bool) {
	if d.Blank && !first {
		p.write("\n")
	}
	for i, c := range d.Above {
		if i > 0 && c.Blank {
			p.write("\n")
		}
		p.line()
		p.write(c.Text, "\n")
	}
	if d.Gap {
		p.write("\n")
	}
}

func (p *printer) beside(d *decoration) {
	for _, c := range d.Beside {
		p.write(" ", c.Text)
	}
}

func (p *printer) trailing(comments []Comment, first bool) {
	for i, c := range comments {
		if c.Blank && !(first && i == 0) {
			p.write("\n")
		}
		p.line()
		p.write(c.Text, "\n")
	}
}

func (p *printer) block(b *Block) {
	p.write(b.Name.Text, " ")
	if b.Label.Text != "" {
		p.write(quoted(b.Label.Text), " ")
	}
	if len(b.Body.Statements) == 0 && len(b.Body.Trailing) == 0 {
		p.write("{ }")
		return
	}
	p.write("{\n")
	p.level++
	p.body(&b.Body)
	p.level--
	p.line()
	p.write("}")
}

// statementWidths gives each attribute the width of the longest name among its neighbours. An empty line or a block
// divides neighbours.
func statementWidths(statements []Statement) []int {
	return groupWidths(len(statements), func(i int) (string, bool) {
		a, ok := statements[i].(*Attribute)
		if !ok {
			return "", false
		}
		return a.Name.Text, true
	}, func(i int) bool { return statements[i].statement().Blank })
}

// groupWidths gives each of n lines the width of the longest name in its group. A group ends before a line that divides
// and at a line that has no name.
func groupWidths(n int, name func(int) (string, bool), divides func(int) bool) []int {
	widths := make([]int, n)
	for from := 0; from < n; {
		to, widest := from, 0
		for ; to < n && (to == from || !divides(to)); to++ {
			text, ok := name(to)
			if !ok {
				break
			}
			widest = max(widest, utf8.RuneCountInString(text))
		}
		for i := from; i < to; i++ {
			widths[i] = widest
		}
		from = max(to, from+1)
	}
	return widths
}

func padding(text string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

func (p *printer) expr(e Expr) {
	switch e := e.(type) {
	case *Literal:
		p.write(e.Text)
	case *Identifier:
		p.write(e.Text)
	case *Access:
		p.expr(e.Value)
		p.write(".", e.Name.Text)
	case *Index:
		p.expr(e.Value)
		p.write("[")
		p.expr(e.Index)
		p.write("]")
	case *Call:
		p.call(e)
	case *Unary:
		p.write(e.Operator)
		p.expr(e.Value)
	case *Binary:
		p.expr(e.Left)
		p.write(" ", e.Operator, " ")
		p.expr(e.Right)
	case *Paren:
		p.write("(")
		p.expr(e.Value)
		p.write(")")
	case *List:
		p.list(e)
	case *Object:
		p.object(e)
	}
}

func (p *printer) call(e *Call) {
	p.expr(e.Function)
	p.write("(")
	for i, argument := range e.Arguments {
		if i > 0 {
			p.write(", ")
		}
		p.expr(argument)
	}
	p.write(")")
}

// sequence is what lists and objects have in common for printing.
type sequence struct {
	open, end string
	n         int
	multiline bool
	trailing  []Comment
	// decorated returns the comments of the i-th element, print writes it.
	decorated func(i int) *decoration
	print     func(i int)
}

func (p *printer) list(l *List) {
	p.sequence(sequence{
		open: "[", end: "]", n: len(l.Elements), multiline: l.Multiline, trailing: l.Trailing,
		decorated: func(i int) *decoration { return &l.Elements[i].decoration },
		print:     func(i int) { p.expr(l.Elements[i].Value) },
	})
}

func (p *printer) object(o *Object) {
	s := sequence{
		open: "{", end: "}", n: len(o.Fields), multiline: o.Multiline, trailing: o.Trailing,
		decorated: func(i int) *decoration { return &o.Fields[i].decoration },
	}
	widths := make([]int, s.n)
	if s.spread() {
		widths = groupWidths(s.n,
			func(i int) (string, bool) { return o.Fields[i].key(), true },
			func(i int) bool { return o.Fields[i].Blank })
	}
	s.print = func(i int) {
		key := o.Fields[i].key()
		p.write(key, padding(key, widths[i]), " = ")
		p.expr(o.Fields[i].Value)
	}
	p.sequence(s)
}

// key is the key as it is printed.
func (f *Field) key() string {
	if f.Quoted || !isName(f.Key.Text) {
		return quoted(f.Key.Text)
	}
	return f.Key.Text
}

// spread tells whether there is one element a line: because it was so, or because a comment needs it.
func (s sequence) spread() bool {
	if s.multiline && s.n > 0 || len(s.trailing) > 0 {
		return true
	}
	for i := range s.n {
		if d := s.decorated(i); len(d.Above)+len(d.Beside) > 0 {
			return true
		}
	}
	return false
}

func (p *printer) sequence(s sequence) {
	p.write(s.open)
	if s.spread() {
		p.write("\n")
		p.level++
		p.lines(s)
		p.level--
		p.line()
	} else {
		p.words(s)
	}
	p.write(s.end)
}

func (p *printer) words(s sequence) {
	for i := range s.n {
		if i > 0 {
			p.write(", ")
		}
		s.print(i)
	}
}

func (p *printer) lines(s sequence) {
	for i := range s.n {
		d := s.decorated(i)
		p.above(d, i == 0)
		p.line()
		s.print(i)
		p.write(",")
		p.beside(d)
		p.write("\n")
	}
	p.trailing(s.trailing, s.n == 0)
}
