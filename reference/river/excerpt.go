package river

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// userinfo finds the user and password in a URL, sensitiveQuery the parameters of one that hold credentials.
var (
	userinfo       = regexp.MustCompile(`//[^/\s"]*@`)
	sensitiveQuery = regexp.MustCompile(`(?i)([?&][^=&\s"]*(?:auth|token|secret|passw|credential|key|sig|assertion)[^=&\s"]*=)[^&\s"]+`)
)

// hideCredentials takes user, password and credentials out of URLs in a text. Of a text that is no URL, although it may be
// meant for one, nothing before an @ is left.
func hideCredentials(text string) string {
	if u, err := url.Parse(strings.Trim(text, "\"`")); err == nil && u.Host != "" {
		return HideParameters(userinfo.ReplaceAllString(text, "//(secret)@"))
	}
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		quote := text[:len(text)-len(strings.TrimLeft(text, "\"`"))]
		text = quote + "(secret)" + text[at:]
	}
	return HideParameters(text)
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
	masks := newMasks(src, d, from, to)
	before, here, after := masks.text(from, at), masks.text(at, end), masks.text(end, to)
	here = hideCredentials(here)
	if d.secret {
		here = "***"
	}
	before, here, after = lastOf(before), firstOf(here), firstOf(after)
	gutter := fmt.Sprintf("%5d | ", number)
	fmt.Fprintf(out, "%s%s\n", gutter, strings.TrimRight(before+here+after, " \t"))
	fmt.Fprintf(out, "%s%s^%s\n", strings.Repeat(" ", len(gutter)-2)+"| ", blanks(before), tildes(here))
}

// mostShown is how many characters of a line are shown on each side of the place, and of the place itself.
const mostShown = 80

// firstOf is the beginning of a text.
func firstOf(text string) string {
	if r := []rune(text); len(r) > mostShown {
		return string(r[:mostShown]) + "…"
	}
	return text
}

// lastOf is the end of a text.
func lastOf(text string) string {
	if r := []rune(text); len(r) > mostShown {
		return "…" + string(r[len(r)-mostShown:])
	}
	return text
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

// newMasks hides, between two offsets, all strings but object keys, components' labels and the one the diagnostic points at,
// words that stand where only text makes sense, because their quotes are missing, and all comments.
func newMasks(src *source, d Diagnostic, from, to int) masks {
	m := masks{src: src}
	tokens, errs := src.scanned()
	for i, t := range tokens {
		for _, c := range t.comments {
			m.hide = append(m.hide, stretch{c.start.offset, c.end.offset, ""})
		}
		if t.end <= from || t.start >= to {
			continue
		}
		pointed := t.start == d.Pos.offset && t.end == d.End.offset
		switch {
		case t.kind == kindString && !pointed && !isTitle(tokens, i):
			m.hide = append(m.hide, stretch{t.start + 1, t.end - 1, "***"})
		case !pointed && (t.kind == kindName && lacksQuotes(tokens, i) || tornOff(tokens, i)):
			m.hide = append(m.hide, stretch{t.start, t.end, "***"})
		}
	}
	return m.add(errs)
}

// isTitle tells whether a string is an object's key or the label of a block with a dot in its name.
func isTitle(tokens []token, i int) bool {
	switch kindAt(tokens, i-1) {
	case "{", ",":
		return kindAt(tokens, i+1) == "="
	case kindName:
		return kindAt(tokens, i+1) == "{" && kindAt(tokens, i-2) == "."
	}
	return false
}

// lacksQuotes tells whether a word stands in the place of a value, or is no name of this language, and is neither a literal nor the
// beginning of a reference or a call.
func lacksQuotes(tokens []token, i int) bool {
	switch tokens[i].text {
	case "true", "false", "null":
		return false
	}
	switch kindAt(tokens, i+1) {
	case ".", "(", "=", "{":
		return false
	}
	switch kindAt(tokens, i-1) {
	case "=", "[", ",", kindName, kindString:
		return true
	}
	return odd(tokens[i].text)
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
	slices.SortStableFunc(m.hide, func(a, b stretch) int { return a.from - b.from })
	return m
}

// text is the text between two offsets with its hidden stretches replaced. What is hidden on both sides of the place shows its
// stand-in once on each.
func (m masks) text(from, to int) string {
	var out strings.Builder
	at := from
	for _, h := range m.hide {
		if h.from >= to {
			break
		}
		if h.to <= at {
			continue
		}
		if h.from > at {
			out.Write(m.src.text[at:h.from])
		}
		if h.from >= at || at == from {
			out.WriteString(h.shown)
		}
		at = h.to
	}
	if at < to {
		out.Write(m.src.text[at:to])
	}
	return printable(out.String())
}

// printable replaces what is not UTF-8, and what would steer a terminal instead of being shown.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || unicode.IsGraphic(r) {
			return r
		}
		return utf8.RuneError
	}, text)
}
