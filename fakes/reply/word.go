package reply

import (
	"fmt"
	"strconv"
	"strings"
)

// word is one word of a text, its quotes resolved.
type word struct {
	text         string
	line, column int
	ends         bool // a colon outside quotes ended it: it is the last of a selector
	quoted       bool // some of it was in quotes
}

func (w word) errorf(format string, args ...any) error {
	return &ParseError{Line: w.line, Column: w.column, Word: w.text, Reason: fmt.Sprintf(format, args...)}
}

// split cuts a text into sections of words.
func split(text string) ([][]word, error) {
	var sections [][]word
	for i, line := range strings.Split(text, "\n") {
		sections = append(sections, nil)
		for at := 0; at < len(line); {
			switch c := line[at]; c {
			case ' ', '\t', '\r':
				at++
			case ';':
				sections = append(sections, nil)
				at++
			case '#':
				at = len(line)
			default:
				w, next, err := scan(line, at, i+1)
				if err != nil {
					return nil, err
				}
				last := len(sections) - 1
				sections[last] = append(sections[last], w)
				at = next
			}
		}
	}
	return sections, nil
}

// scan reads the word that begins at a place in a line, and tells where it ends.
func scan(line string, start, number int) (word, int, error) {
	w := word{line: number, column: start + 1}
	var text strings.Builder
	at := start
	for at < len(line) && !strings.ContainsRune(" \t\r;", rune(line[at])) {
		if line[at] != '"' {
			w.ends = line[at] == ':'
			text.WriteByte(line[at])
			at++
			continue
		}
		literal, err := strconv.QuotedPrefix(line[at:])
		if err != nil {
			w.text = line[start:]
			return w, 0, w.errorf("a quote is not closed, or has an escape that Go does not know")
		}
		value, err := strconv.Unquote(literal)
		if err != nil {
			w.text = literal
			return w, 0, w.errorf("not a quoted text: %v", err)
		}
		text.WriteString(value)
		w.ends, w.quoted = false, true
		at += len(literal)
	}
	w.text = text.String()
	if w.ends {
		w.text = strings.TrimSuffix(w.text, ":")
	}
	return w, at, nil
}

// quote writes a value so that split reads it back.
func quote(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\r\n;\"#\\") || strings.HasSuffix(s, ":") || strconv.Quote(s) != `"`+s+`"` {
		return strconv.Quote(s)
	}
	return s
}

// nearest is the known word that is spelt most like this one, as a hint in an error, or nothing.
func nearest(s string, known []string) string {
	best, distance := "", len(s)/2+1
	for _, k := range known {
		if d := edits(s, k); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// edits is how many letters must be put in, taken out or changed to make a of b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := diagonal
			if a[i-1] != b[j-1] {
				change++
			}
			diagonal = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
