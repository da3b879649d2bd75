package river

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// userinfo finds the user and password in a URL, anyUserinfo in what should have been one, sensitiveQuery the parameters of
// one that hold credentials.
var (
	userinfo       = regexp.MustCompile(`//[^/\s"]*@`)
	anyUserinfo    = regexp.MustCompile(`[^\s"]*@`)
	sensitiveQuery = regexp.MustCompile(`(?i)([?&][^=&\s"]*(?:auth|token|secret|passw|credential|key|sig|assertion)[^=&\s"]*=)[^&\s"]+`)
)

// hideCredentials takes user, password and credentials out of URLs in a text. Of a text that is no URL, although it may be
// meant for one, nothing before an @ is left.
func hideCredentials(text string) string {
	if u, err := url.Parse(strings.Trim(text, `"`)); err == nil && u.Host != "" {
		return HideParameters(userinfo.ReplaceAllString(text, "//(secret)@"))
	}
	return HideParameters(anyUserinfo.ReplaceAllString(text, "(secret)@"))
}

// HideParameters returns a text in which, in each URL, the query parameters whose name sounds like that of a credential have
// the value "(secret)".
func HideParameters(text string) string {
	return sensitiveQuery.ReplaceAllString(text, "${1}(secret)")
}

// excerpt writes the line of the configuration that a diagnostic is about, with a caret under the place.
//
// Everything in a string is masked unless the diagnostic points at that very string, and comments are left out: a line of
// a configuration may hold passwords, and the message goes to logs and terminals.
func excerpt(out *strings.Builder, d Diagnostic) {
	src := d.Pos.src
	number := d.Pos.Line()
	from, to := src.bounds(number)
	at := min(max(d.Pos.offset, from), to)
	end := min(max(d.End.offset, at), to)
	masks := newMasks(src, d)
	before, here, after := masks.text(from, at), masks.text(at, end), masks.text(end, to)
	here = hideCredentials(here)
	if d.secret {
		here = "***"
	}
	gutter := fmt.Sprintf("%5d | ", number)
	fmt.Fprintf(out, "%s%s\n", gutter, strings.TrimRight(before+here+after, " \t"))
	fmt.Fprintf(out, "%s%s^%s\n", strings.Repeat(" ", len(gutter)-2)+"| ", blanks(before), tildes(here))
}

// blanks is as wide as the text when printed: tabs stay tabs.
func blanks(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, text)
}

func tildes(text string) string {
	return strings.Repeat("~", max(0, utf8.RuneCountInString(text)-1))
}

// masks are the stretches of a text that must not be shown, in order.
type masks struct {
	src  *source
	hide []stretch
}

// stretch is hidden text and what is shown in its place.
type stretch struct {
	from, to int
	shown    string
}

// newMasks hides all strings but object keys, components' labels and the one the diagnostic points at, words that stand where
// only text makes sense, because their quotes are missing, and all comments.
func newMasks(src *source, d Diagnostic) masks {
	m := masks{src: src}
	tokens, errs := scan(src)
	for i, t := range tokens {
		for _, c := range t.comments {
			m.hide = append(m.hide, stretch{c.start.offset, c.end.offset, ""})
		}
		pointed := t.start == d.Pos.offset && t.end == d.End.offset
		switch {
		case t.kind == kindString && !pointed && !isTitle(tokens, i):
			m.hide = append(m.hide, stretch{t.start + 1, t.end - 1, "***"})
		case t.kind == kindName && !pointed && lacksQuotes(tokens, i):
			m.hide = append(m.hide, stretch{t.start, t.end, "***"})
		}
	}
	return m.add(errs)
}

// isTitle tells whether a string is an object's key or the label of a block with a dot in its name.
func isTitle(tokens []token, i int) bool {
	next := kindAt(tokens, i+1)
	return next == "=" || next == "{" && kindAt(tokens, i-2) == "."
}

// lacksQuotes tells whether a word stands in the place of a value and is neither a literal nor the beginning of a reference or
// a call.
func lacksQuotes(tokens []token, i int) bool {
	switch tokens[i].text {
	case "true", "false", "null":
		return false
	}
	next := kindAt(tokens, i+1)
	switch kindAt(tokens, i-1) {
	case "=", "[", ",", kindName, kindString:
		return next != "." && next != "(" && next != "=" && next != "{"
	}
	return false
}

// kindAt is the kind of a token, empty where there is none.
func kindAt(tokens []token, i int) kind {
	if i < 0 || i >= len(tokens) {
		return ""
	}
	return tokens[i].kind
}

// add hides what could not be scanned as a string to the end of its line.
func (m masks) add(errs Diagnostics) masks {
	for _, e := range errs {
		if e.secret {
			_, to := m.src.bounds(e.Pos.Line())
			m.hide = append(m.hide, stretch{e.Pos.offset + 1, to, "***"})
		}
	}
	return m
}

// text is the text between two offsets with its hidden stretches replaced.
func (m masks) text(from, to int) string {
	var out strings.Builder
	for at := from; at < to; {
		next, hidden := m.at(at)
		if hidden != nil {
			// What is hidden on both sides of the place shows its stand-in once on each.
			out.WriteString(hidden.shown)
			at = hidden.to
			continue
		}
		out.Write(m.src.text[at:min(next, to)])
		at = next
	}
	return strings.ToValidUTF8(out.String(), "\uFFFD")
}

// at returns the stretch that hides the offset, or where the next one begins.
func (m masks) at(offset int) (next int, hidden *stretch) {
	next = len(m.src.text)
	for i, h := range m.hide {
		if h.from <= offset && offset < h.to {
			return 0, &m.hide[i]
		}
		if h.from > offset {
			next = min(next, h.from)
		}
	}
	return next, nil
}
