package reply

import (
	"math"
	"slices"
	"strconv"
	"strings"
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
	if end == 0 && !words[0].quoted {
		switch words[0].text {
		case linkSection:
			return p.addLinks(words[1:])
		case seedSection:
			return p.addSeed(words[0], words[1:])
		}
	}
	match, err := parseMatch(words[:end+1])
	if err != nil {
		return err
	}
	s := Section{Match: match}
	if s.Replies, s.Default, err = replyWordsOf.read(words[end+1:]); err != nil {
		return err
	}
	p.Sections = append(p.Sections, s)
	return nil
}

// The sections that are none of replies.
const (
	linkSection = "connections"
	seedSection = "seed"
)

func (p *Plan) addSeed(head word, words []word) error {
	if len(words) != 1 || p.Seed != 0 {
		return head.errorf("a script has one seed, and it is one number")
	}
	n, err := strconv.ParseUint(words[0].text, 10, 32)
	if err != nil || n == 0 {
		return words[0].errorf("a seed is a number from 1 to %d", uint32(math.MaxUint32))
	}
	p.Seed = uint32(n)
	return nil
}

func (p *Plan) addLinks(words []word) error {
	for _, w := range words {
		if strings.HasPrefix(w.text, "delay=") {
			return w.errorf("a connection has no delay; what comes later is latency=")
		}
	}
	links, last, err := linkWordsOf.read(words)
	if err != nil {
		return err
	}
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
