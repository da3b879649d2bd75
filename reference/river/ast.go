package river

// Node is any piece of a parsed file. Start is its first character and End the one after its last; both are the zero Pos
// for pieces that a program made.
type Node interface {
	Start() Pos
	End() Pos
}

// span is what every node remembers about its place.
type span struct{ start, end Pos }

func (s span) Start() Pos { return s.start }
func (s span) End() Pos   { return s.end }

// File is one configuration.
type File struct {
	// Name is the file name given to Parse.
	Name string
	// Body holds the statements of the file.
	Body Body
}

// Body is the inside of a file or of a block: statements in their order.
type Body struct {
	Statements []Statement
	// Trailing are the comments after the last statement.
	Trailing []Comment
}

// Statement is an *Attribute or a *Block.
type Statement interface {
	Node
	statement() *decoration
	name() (string, fieldKind)
}

// Comment is one // or /* */ comment.
type Comment struct {
	span
	// Text is the comment as written, with its slashes.
	Text string
	// Blank is set when an empty line stands before it.
	Blank bool
}

// decoration is the part of a statement or element that means nothing: comments and empty lines.
type decoration struct {
	// Above are the comments on the lines before.
	Above []Comment
	// Beside are the comments after it on its last line.
	Beside []Comment
	// Blank is set when an empty line stands before it and its comments, Gap when one stands between them and it.
	Blank, Gap bool
}

// Attribute is `name = value`.
type Attribute struct {
	span
	decoration
	Name  Name
	Value Expr
}

// Block is `name "label" { body }`.
type Block struct {
	span
	decoration
	// Name may be dotted: "prometheus.scrape".
	Name Name
	// Label is the quoted word after the name, or empty. It is always an identifier.
	Label Name
	Body  Body
}

// Name is a word with its place.
type Name struct {
	span
	Text string
}

// String returns the word.
func (n Name) String() string { return n.Text }

// ID is the name of the block, with its label if it has one: "prometheus.scrape.demo".
func (b *Block) ID() string {
	if b.Label.Text == "" {
		return b.Name.Text
	}
	return b.Name.Text + "." + b.Label.Text
}

func (a *Attribute) statement() *decoration { return &a.decoration }
func (b *Block) statement() *decoration     { return &b.decoration }

func (a *Attribute) name() (string, fieldKind) { return a.Name.Text, attributeField }
func (b *Block) name() (string, fieldKind)     { return b.Name.Text, blockField }

// Expr is an expression: *Literal, *Identifier, *Access, *Index, *Call, *List, *Object, *Unary, *Binary or *Paren.
type Expr interface {
	Node
	expr()
}

// Literal is a number, a string, true, false or null.
type Literal struct {
	span
	// Text is the literal as written, strings with their quotes.
	Text string
	// Value is nil, bool, int64, float64 or string.
	Value any
}

// Identifier is a name that the scope must know.
type Identifier struct{ Name }

// Access is `value.name`.
type Access struct {
	span
	Value Expr
	Name  Name
}

// Index is `value[index]`.
type Index struct {
	span
	Value Expr
	Index Expr
}

// Call is `function(arguments)`.
type Call struct {
	span
	Function  Expr
	Arguments []Expr
}

// List is `[a, b]`.
type List struct {
	span
	Elements []Element
	// Multiline lists are printed with one element a line.
	Multiline bool
	// Trailing are the comments after the last element.
	Trailing []Comment
}

// Element is one element of a list.
type Element struct {
	decoration
	Value Expr
}

// Object is `{ key = value, "other key" = value }`.
type Object struct {
	span
	Fields []Field
	// Multiline objects are printed with one field a line.
	Multiline bool
	// Trailing are the comments after the last field.
	Trailing []Comment
}

// Field is one `key = value` of an object.
type Field struct {
	decoration
	Key Name
	// Quoted keys are written as a string; keys that are not identifiers always are.
	Quoted bool
	Value  Expr
}

// Unary is `!value` or `-value`.
type Unary struct {
	span
	Operator string
	Value    Expr
}

// Binary is `left operator right`. Printing adds no parentheses: wrap operands that need them in a Paren.
type Binary struct {
	span
	Operator string
	// OperatorPos is where the operator stands.
	OperatorPos Pos
	Left, Right Expr
}

// Paren is `(value)`.
type Paren struct {
	span
	Value Expr
}

func (*Literal) expr()    {}
func (*Identifier) expr() {}
func (*Access) expr()     {}
func (*Index) expr()      {}
func (*Call) expr()       {}
func (*List) expr()       {}
func (*Object) expr()     {}
func (*Unary) expr()      {}
func (*Binary) expr()     {}
func (*Paren) expr()      {}
