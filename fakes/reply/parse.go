package reply

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxRepeat bounds "*N", so that a short text cannot take all memory.
const maxRepeat = 100_000

// Parse reads a script in the syntax described at the top of this package. The error is a [*ParseError].
func Parse(text string) (Plan, error) {
	sections, err := split(text)
	if err != nil {
		return Plan{}, err
	}
	var p Plan
	for _, words := range sections {
		if len(words) == 0 {
			continue
		}
		if err := p.addSection(words); err != nil {
			return Plan{}, err
		}
	}
	return p, nil
}

func (p *Plan) addSection(words []word) error {
	end := slices.IndexFunc(words, func(w word) bool { return w.ends })
	if end == 0 && words[0].text == "connections" && !words[0].quoted {
		return p.addLinks(words[1:])
	}
	match, err := parseMatch(words[:end+1])
	if err != nil {
		return err
	}
	groups, err := parseGroups(words[end+1:], parseHead, modify)
	if err != nil {
		return err
	}
	s := Section{Match: match}
	s.Replies, s.Default = expand(groups)
	p.Sections = append(p.Sections, s)
	return nil
}

func (p *Plan) addLinks(words []word) error {
	for _, w := range words {
		if strings.HasPrefix(w.text, "delay=") {
			return w.errorf("a connection has no delay; what comes later is latency=")
		}
	}
	groups, err := parseGroups(words, parseLinkHead, modifyLink)
	if err != nil {
		return err
	}
	links, last := expand(groups)
	p.Links = append(p.Links, links...)
	if last != nil {
		p.LinkDefault = last
	}
	return nil
}

var matchKeys = []string{"kind", "path", "tenant", "token"}

func parseMatch(words []word) (Match, error) {
	var m Match
	for _, w := range words {
		key, value, ok := strings.Cut(w.text, "=")
		field := map[string]*string{"kind": &m.Kind, "path": &m.Path, "tenant": &m.Tenant, "token": &m.Token}[key]
		switch {
		case field == nil:
			return m, w.errorf("a selector has words key=value with the keys kind, path, tenant and token%s", nearest(key, matchKeys))
		case !ok || value == "":
			return m, w.errorf("the selector's key %q has no value", key)
		case *field != "":
			return m, w.errorf("the selector names %q twice", key)
		}
		*field = value
	}
	return m, nil
}

// group is one word of a section with what belongs to it.
type group[T any] struct {
	value T
	count int // 0 is for ever
}

// parseGroups reads a section: words that begin something, by head, and words that change it, by modify. What modify does not know
// it leaves to head.
func parseGroups[T any](words []word, head func(word, string) (T, error), modify func(w word, v *T) (bool, error)) ([]group[T], error) {
	var groups []group[T]
	before := &waiting{}
	for _, w := range words {
		if taken, err := before.take(w); err != nil || taken {
			if err != nil {
				return nil, err
			}
			continue
		}
		if last := len(groups) - 1; last >= 0 && before.word == nil {
			if known, err := modify(w, &groups[last].value); err != nil {
				return nil, err
			} else if known {
				continue
			}
		}
		if last := len(groups) - 1; last >= 0 && groups[last].count == 0 {
			return nil, w.errorf(`nothing can follow what has a bare "*": it comes for ever`)
		}
		text, count, err := repeats(w)
		if err != nil {
			return nil, err
		}
		value, err := head(w, text)
		if err != nil {
			return nil, err
		}
		before.give(&value)
		groups = append(groups, group[T]{value, count})
	}
	if before.word != nil {
		return nil, before.word.errorf("a delay stands before the reply that it delays, and none follows")
	}
	return groups, nil
}

// waiting is a delay that waits for its reply.
type waiting struct {
	word  *word
	delay time.Duration
}

func (p *waiting) take(w word) (bool, error) {
	value, ok := strings.CutPrefix(w.text, "delay=")
	if !ok {
		return false, nil
	}
	if p.word != nil {
		return true, w.errorf("a second delay before one reply")
	}
	d, err := parseDuration(w, value)
	p.word, p.delay = &w, d
	return true, err
}

func (p *waiting) give(v any) {
	if r, ok := v.(*Reply); ok {
		r.Pause = p.delay
	}
	*p = waiting{}
}

// repeats cuts "*N" or "*" off the end of a word.
func repeats(w word) (string, int, error) {
	text, times, ok := strings.Cut(w.text, "*")
	if !ok {
		return text, 1, nil
	}
	if times == "" {
		return text, 0, nil
	}
	n, err := strconv.Atoi(times)
	if err != nil || n < 1 || n > maxRepeat {
		return "", 0, w.errorf(`after "*" comes a number from 1 to %d, or nothing for "ever after"`, maxRepeat)
	}
	return text, n, nil
}

func expand[T any](groups []group[T]) (list []T, last *T) {
	for _, g := range groups {
		if g.count == 0 {
			return list, &g.value
		}
		list = append(list, slices.Repeat([]T{g.value}, g.count)...)
	}
	return list, nil
}
