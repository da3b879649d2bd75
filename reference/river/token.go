package river

import "strings"

// kind tells tokens apart. Operators and brackets are their own text.
type kind string

const (
	kindEOF     kind = "the end of the file"
	kindNewline kind = "the end of the line"
	kindName    kind = "a name"
	kindNumber  kind = "a number"
	kindString  kind = "a string"
)

// operators of two characters come first, so that the scanner finds the longest.
var operators = []kind{
	"==", "!=", "<=", ">=", "&&", "||",
	"=", "<", ">", "!", "+", "-", "*", "/", "%", "^", ".", ",", "(", ")", "[", "]", "{", "}",
}

// token is one word of the text with the comments that stand between the token before it and itself.
type token struct {
	kind       kind
	text       string
	start, end int
	comments   []Comment
}

// endsStatement tells whether a line end after the token means something. After an operator, a comma or an opening
// bracket the statement goes on.
func (t token) endsStatement() bool {
	switch t.kind {
	case kindName, kindNumber, kindString, ")", "]", "}":
		return true
	}
	return false
}

// describe names the token for a message.
func (t token) describe() string {
	switch t.kind {
	case kindEOF, kindNewline:
		return string(t.kind)
	case kindString:
		// The text of a string may be a secret.
		return "a string"
	}
	return quoted(t.text)
}

// odd tells whether a word is unlike the names of components, blocks and arguments, which are in lower case and short.
func odd(word string) bool { return len(word) > 40 || strings.ToLower(word) != word }

// shownWord is a word for a message.
func shownWord(word string) string {
	if odd(word) {
		return "a word"
	}
	return quoted(word)
}

// tornOff tells whether a word follows a string, but not as the beginning of another statement: rather a quote in the middle has
// ended the string too early.
func tornOff(tokens []token, i int) bool {
	word := tokens[i].kind == kindName || tokens[i].kind == kindNumber
	if !word || kindAt(tokens, i-1) != kindString {
		return false
	}
	switch kindAt(tokens, i+1) {
	case "=", "{", ".":
		return tokens[i-1].end == tokens[i].start
	}
	return true
}

// precedence of the binary operators; 0 for everything else.
func (k kind) precedence() int {
	switch k {
	case "||":
		return 1
	case "&&":
		return 2
	case "==", "!=", "<", "<=", ">", ">=":
		return 3
	case "+", "-":
		return 4
	case "*", "/", "%":
		return 5
	case "^":
		return 6
	}
	return 0
}
