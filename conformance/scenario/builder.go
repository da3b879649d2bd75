package scenario

import (
	"slices"
	"strings"
)

// builder makes one case, statement by statement.
type builder struct {
	*values
	c         *Case
	kinds     map[string]string // fakes started so far
	places    map[string]string // fakes by the host and port that they are fixed to
	marks     map[string]Pos
	snapshots map[string]Pos
	started   bool // the agent has been
	running   bool
	refusal   bool // a start was meant to be refused
	controls  int
	checking  bool // a check was there
	problems  []*Error
}

func (s *Scenario) build(v *values) (Case, []*Error) {
	c := Case{Scenario: s, Lane: v.lane, Values: v.texts, used: v.used}
	b := &builder{values: v, c: &c, kinds: map[string]string{}, places: map[string]string{}, snapshots: map[string]Pos{},
		marks: map[string]Pos{"started": {}, "ready": {}}}
	b.head()
	for _, l := range s.lines {
		if err := b.line(l); err != nil {
			b.problems = append(b.problems, err)
		}
	}
	b.whole()
	return c, b.problems
}

// head expands the lines of the head with clauses and needs.
func (b *builder) head() {
	for _, l := range b.s.clauses {
		words, err := b.words(l)
		if err != nil {
			b.problems = append(b.problems, err)
			continue
		}
		if len(words) == 0 {
			continue
		}
		if words[0].text == "needs" {
			b.needs(words[1:])
			continue
		}
		ids, err := expandClauses(words[1:])
		if err != nil {
			b.problems = append(b.problems, err)
		}
		for _, id := range ids {
			if slices.Contains(b.c.Clauses, id) {
				b.problems = append(b.problems, errorf(words[0].pos, "the clause %s is named twice", id))
			}
			b.c.Clauses = append(b.c.Clauses, id)
		}
	}
}

func (b *builder) needs(words []token) {
	for _, w := range words {
		if slices.ContainsFunc(b.c.Needs, func(n Word) bool { return n.Text == w.text }) {
			b.problems = append(b.problems, errorf(w.pos, "needs: %s is there twice", w.text))
		}
		b.c.Needs = append(b.c.Needs, Word{Text: w.text, Pos: w.pos})
	}
}

// words fills the templates of a line in. None come back when its conditions do not hold.
func (b *builder) words(l line) ([]token, *Error) {
	for _, c := range l.when {
		if err := b.s.knows(c, l.pos); err != nil {
			return nil, err
		}
		if c.Name != "" {
			b.used[c.Name] = true
		}
	}
	if !all(l.when, b.lane, b.texts) {
		return nil, nil
	}
	var words []token
	for _, t := range l.tokens {
		filled, err := b.fill(t.text, Word{Pos: t.pos}.placed, everything)
		if err != nil {
			return nil, err
		}
		if t.quoted || filled == t.text || !wholly(t.text) {
			raw := t.raw
			if filled != t.text {
				raw = filled
			}
			words = append(words, token{text: filled, raw: raw, pos: t.pos, quoted: t.quoted})
			continue
		}
		spliced, err := lex(filled, t.pos)
		if err != nil {
			return nil, errorf(t.pos, "%s is %q: %s", t.text, filled, err.Text)
		}
		for _, w := range spliced.tokens {
			w.pos = t.pos
			words = append(words, w)
		}
	}
	return words, nil
}

// wholly tells whether a word is one template and nothing else.
func wholly(text string) bool {
	return strings.HasPrefix(text, "{{") && strings.Index(text, "}}") == len(text)-len("}}")
}

func (b *builder) line(l line) *Error {
	words, err := b.words(l)
	if err != nil || len(words) == 0 {
		return err
	}
	word := words[0]
	if word.quoted {
		return unknownVerb(word)
	}
	if word.text == "check" || word.text == "given" {
		b.checking = true
		return b.check(l, words)
	}
	verb, ok := verbs[word.text]
	if !ok {
		return unknownVerb(word)
	}
	if b.checking {
		return errorf(word.pos, "%s stands behind a check: checks come after all steps", word.text)
	}
	step, err := verb(b, l, words[1:])
	if err != nil {
		return err
	}
	b.c.Steps = append(b.c.Steps, step)
	return nil
}

func unknownVerb(word token) *Error {
	known := append(keys(verbs), keys(headWords)...)
	known = append(known, "check", "given")
	e := errorf(word.pos, "unknown verb %q", word.text)
	if e.Hint = nearest(word.text, known); e.Hint == "" {
		e.Hint = "known are " + strings.Join(append(keys(verbs), "check", "given"), ", ")
	}
	return e
}

// whole judges what only the whole case can show.
func (b *builder) whole() {
	if len(b.problems) > 0 {
		return
	}
	top := Pos{File: b.s.Path + ".txtar", Line: 1, Column: 1}
	if !b.started {
		b.problems = append(b.problems, errorf(top, "the agent is never started").hinted("start agent FILE"))
	}
	if !slices.ContainsFunc(b.c.Checks, func(c Check) bool { return !c.Given }) {
		b.problems = append(b.problems, errorf(top, "nothing is checked"))
	}
	if b.refusal && !slices.ContainsFunc(b.c.Checks, func(c Check) bool { return c.Subject == "refused" }) {
		b.problems = append(b.problems, errorf(top, "a start is meant to be refused, and nothing checks that it is").hinted("check agent refused"))
	}
	for _, c := range b.c.Checks {
		if c.Subject == "refused" && (!b.refusal || b.controls == 0) {
			b.problems = append(b.problems, errorf(c.Pos, "a check of refused needs a start that is meant to be refused, and a control"))
		}
		if c.Negative() && !b.positive() {
			b.problems = append(b.problems, errorf(c.Pos, "%s: that something does not happen needs a wait or a given that shows the agent at work",
				c.Text))
		}
	}
}

// positive tells whether a wait, a given or a control shows that the agent did something.
func (b *builder) positive() bool {
	for _, step := range b.c.Steps {
		if _, ok := step.(*Wait); ok {
			return true
		}
	}
	return b.controls > 0 || slices.ContainsFunc(b.c.Checks, func(c Check) bool { return c.Given && !c.Negative() })
}
