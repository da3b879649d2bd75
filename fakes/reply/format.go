package reply

import (
	"strconv"
	"strings"
)

// Text writes the whole script in the syntax of this package, a section a line, what was played already among it; [Parse] reads it back. The seed
// is not in it: see [Script.Seed].
func (s *Script) Text() string {
	var lines []string
	for _, st := range s.States() {
		words := repeated(texts(st.Replies))
		if !st.Default.IsZero() {
			words = append(words, starred(st.Default))
		}
		if len(words) == 0 {
			continue
		}
		line := strings.Join(words, " ")
		if selector := st.Match.String(); selector != "" {
			line = selector + ": " + line
		}
		lines = append(lines, line)
	}
	if line := s.links.text(); line != "" {
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (l *Links) text() string {
	state := l.State()
	words := repeated(texts(state.Links))
	if !state.Default.IsZero() {
		words = append(words, star(state.Default.String(), 0))
	}
	if len(words) == 0 {
		return ""
	}
	return linkSection + ": " + strings.Join(words, " ")
}

func texts[T interface{ String() string }](all []T) []string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = one.String()
	}
	return texts
}

// repeated joins equal replies that follow each other, where the reply is one word.
func repeated(texts []string) []string {
	var words []string
	for i := 0; i < len(texts); {
		n := 1
		for i+n < len(texts) && texts[i+n] == texts[i] && !strings.Contains(texts[i], " ") {
			n++
		}
		word := texts[i]
		if n > 1 {
			word += "*" + strconv.Itoa(n)
		}
		words = append(words, word)
		i += n
	}
	return words
}

// starred is a reply as the default: the star stands behind the word that says what it is, after the delay.
func starred(r Reply) string {
	first := r
	if len(r.Choices) > 0 {
		first = r.Choices[0].Of
	}
	before := 0
	if first.Pause != 0 || first.PauseMax != 0 {
		before = 1
	}
	return star(r.String(), before)
}

// star puts a star behind the word after so many others, none of which contains a space.
func star(text string, before int) string {
	words := strings.SplitN(text, " ", before+2)
	words[before] += "*"
	return strings.Join(words, " ")
}
