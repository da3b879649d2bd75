package scenario

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

// Format writes a scenario file in its usual form: one blank between words, verbs and clauses in columns, at most one blank line
// in a row. Attached files stay as they are. Formatting twice changes nothing more. The error is of type Errors, for lines that
// cannot be split into words.
func Format(name string, src []byte) ([]byte, error) {
	a := txtar.Parse(src)
	story, _ := unpack(name, src)
	var lines []line
	var problems Errors
	for i, text := range story {
		l, err := lex(text, Pos{File: name, Line: i + 1, Column: 1})
		if err != nil {
			problems = append(problems, err)
		}
		lines = append(lines, l)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	a.Comment = []byte(layout(lines))
	for i := range a.Files {
		a.Files[i].Data = trimmed(a.Files[i].Data)
	}
	return txtar.Format(a), nil
}

// trimmed ends a file with exactly one line end; an empty one stays empty.
func trimmed(data []byte) []byte {
	data = bytes.TrimRight(data, "\n")
	if len(data) == 0 {
		return nil
	}
	return append(data, '\n')
}

// layout writes the story.
func layout(lines []line) string {
	var out []string
	for i := 0; i < len(lines); {
		n := block(lines[i:])
		out = append(out, columns(lines[i:i+n])...)
		i += n
	}
	out = slices.CompactFunc(out, func(a, b string) bool { return a == "" && b == "" })
	return strings.Trim(strings.Join(out, "\n"), "\n") + "\n\n"
}

// block is how many lines belong together: up to the next blank line.
func block(lines []line) int {
	n := slices.IndexFunc(lines, func(l line) bool { return len(l.tokens) == 0 && l.comment == "" })
	if n < 0 {
		return len(lines)
	}
	return n + 1
}

// columns writes the lines of one block with their verbs, and what stands behind them, below one another.
func columns(lines []line) []string {
	w := measure(lines)
	texts := make([]string, len(lines))
	clauses := make([]string, len(lines))
	bodies := 0
	for i, l := range lines {
		texts[i], clauses[i] = l.laid(w)
		if clauses[i] != "" && len(texts[i]) <= widest {
			bodies = max(bodies, len(texts[i]))
		}
	}
	for i, l := range lines {
		if clauses[i] != "" {
			texts[i] += strings.Repeat(" ", max(0, bodies-len(texts[i]))) + "  " + clauses[i]
		}
		if l.comment != "" && texts[i] != "" {
			texts[i] += "  "
		}
		texts[i] += comment(l.comment)
	}
	return texts
}

// widths are the widths of the columns of a block: verbs, and names of axes and lets. Lines with a condition do not count.
type widths struct{ verb, name int }

func measure(lines []line) widths {
	var w widths
	for _, l := range lines {
		if len(l.when) == 0 {
			w.verb = max(w.verb, len(l.leading()))
		}
		if l.defines() {
			w.name = max(w.name, len(l.tokens[1].raw))
		}
	}
	return w
}

// defines tells whether the line gives a value to a name.
func (l line) defines() bool { return (l.verb() == "let" || l.verb() == "each") && len(l.tokens) > 2 }

// widest is the longest body that others are lined up with.
const widest = 100

// leading is what stands in the first column: conditions and the verb.
func (l line) leading() string {
	if len(l.tokens) == 0 {
		return ""
	}
	var b strings.Builder
	for _, c := range l.when {
		b.WriteString(c.String() + " ")
	}
	if l.verb() == "killed" && len(l.tokens) > 1 && l.tokens[1].text == "by" {
		return b.String() + "killed by"
	}
	return b.String() + l.verb()
}

// laid is the line without its clauses and comment, and the clauses.
func (l line) laid(w widths) (text, clauses string) {
	if len(l.tokens) == 0 {
		return "", ""
	}
	text = l.leading()
	rest := l.tokens[1:]
	if strings.HasSuffix(text, "killed by") {
		rest = rest[1:]
	}
	body, ids := rest, []token(nil)
	if l.verb() == "check" || l.verb() == "given" {
		body, ids = likelyClauses(rest)
	}
	if len(body) == 0 {
		return text, joined(ids)
	}
	text += strings.Repeat(" ", max(0, w.verb-len(text))+1)
	if l.defines() {
		return text + body[0].raw + strings.Repeat(" ", w.name-len(body[0].raw)+1) + joined(body[1:]), ""
	}
	return text + joined(body), joined(ids)
}

// likelyClauses is clausesOf for a line whose templates have not been filled in.
func likelyClauses(words []token) (body, clauses []token) {
	n := len(words)
	for n > 0 && !words[n-1].quoted {
		text, _ := replace(words[n-1].text, func(string, int) (string, error) { return "X", nil })
		if !clause.IsID(text) {
			break
		}
		n--
	}
	return words[:n], words[n:]
}

// comment puts one blank behind the #.
func comment(text string) string {
	body := strings.TrimSpace(strings.TrimPrefix(text, "#"))
	if body == "" {
		return text
	}
	return "# " + body
}

// String writes the condition as it stands in a file.
func (c Condition) String() string {
	text := strings.Join(c.Values, "|")
	if c.Name != "" {
		text = c.Name + "=" + text
	}
	if c.Not {
		text = "!" + text
	}
	return "[" + text + "]"
}
