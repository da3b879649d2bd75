package scenario

import (
	"maps"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

// expand makes the cases of one lane and tells everything that is wrong with any of them.
func (s *Scenario) expand(lane Lane) ([]Case, []*Error) {
	if s.Lane != "" && s.Lane != string(lane) {
		return nil, nil
	}
	var cases []Case
	var problems []*Error
	for _, texts := range s.cells() {
		if s.excluded(lane, texts) {
			continue
		}
		v := s.values(lane, texts)
		id := s.id(texts)
		if err := s.resolveLets(v); err != nil {
			problems = append(problems, err)
			continue
		}
		c, errs := s.build(v)
		c.ID = id
		cases, problems = append(cases, c), append(problems, errs...)
	}
	return cases, problems
}

// cells are the combinations of the axes, the last axis turning fastest.
func (s *Scenario) cells() []map[string]string {
	cells := []map[string]string{{}}
	for _, axis := range s.Axes {
		var next []map[string]string
		for _, cell := range cells {
			for _, value := range axis.Values {
				c := maps.Clone(cell)
				c[axis.Name.Text] = value.Text
				next = append(next, c)
			}
		}
		cells = next
	}
	return cells
}

func (s *Scenario) excluded(lane Lane, texts map[string]string) bool {
	return slices.ContainsFunc(s.without, func(e exclusion) bool { return all(e.when, lane, texts) })
}

// id names a case by its file and the values of its axes.
func (s *Scenario) id(texts map[string]string) string {
	var parts []string
	for _, axis := range s.Axes {
		parts = append(parts, axis.Name.Text+"="+texts[axis.Name.Text])
	}
	if len(parts) == 0 {
		return s.Path
	}
	return s.Path + "#" + strings.Join(parts, ",")
}

func (s *Scenario) values(lane Lane, axes map[string]string) *values {
	v := &values{s: s, lane: lane, texts: maps.Clone(axes), used: map[string]bool{}, fakes: map[string]Pos{}}
	for _, l := range s.lines {
		if l.verb() == "fake" && len(l.tokens) > 2 {
			v.fakes[l.tokens[2].text] = l.tokens[2].pos
		}
	}
	return v
}

// resolveLets gives the lets their values, in order. Those that have one already keep it.
func (s *Scenario) resolveLets(v *values) *Error {
	for _, let := range s.Lets {
		if _, given := v.texts[let.Name.Text]; given {
			continue
		}
		word := let.Default
		for _, a := range let.Others {
			if all(a.When, v.lane, v.texts) {
				word = a.Value
			}
			for _, c := range a.When {
				v.used[c.Name] = true
			}
		}
		text, err := v.fill(word.Text, word.placed, everything)
		if err != nil {
			return err
		}
		v.texts[let.Name.Text] = text
	}
	return nil
}

// placed is the place of the byte at offset in a word.
func (w Word) placed(offset int) Pos {
	w.Pos.Column += offset
	return w.Pos
}

// builder makes one case, statement by statement.
type builder struct {
	*values
	c         *Case
	kinds     map[string]string // fakes started so far
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
	b := &builder{values: v, c: &c, kinds: map[string]string{}, snapshots: map[string]Pos{},
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
			for _, w := range words[1:] {
				b.c.Needs = append(b.c.Needs, Word{Text: w.text, Pos: w.pos})
			}
			continue
		}
		ids, err := expandClauses(words[1:])
		if err != nil {
			b.problems = append(b.problems, err)
		}
		b.c.Clauses = append(b.c.Clauses, ids...)
	}
}

func expandClauses(words []token) ([]string, *Error) {
	var all []string
	for _, w := range words {
		if !clause.IsID(w.text) {
			return nil, errorf(w.pos, "%q is not the name of a clause: want capitals and digits in groups joined by hyphens", w.text)
		}
		ids, err := clause.Expand(w.text)
		if err != nil {
			return nil, errorf(w.pos, "%v", err)
		}
		all = append(all, ids...)
	}
	return all, nil
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

// Negative tells whether the expectation says that something does not happen, so that an agent which does nothing would meet
// it.
func (e Expect) Negative() bool {
	counts := slices.Contains([]string{"requests", "accepted", "connections", "samples", "profiles", "inflight", "stored"}, e.Subject)
	if e.Subject == "log" || e.Subject == "shows" {
		return e.Op == "lacks"
	}
	if !counts || len(e.Values) == 0 {
		return false
	}
	switch e.Op {
	case "<", "<=":
		return true
	case "=":
		r, err := ParseNumber(e.Values[0])
		return err == nil && r.Low == 0
	case "!=":
		r, err := ParseNumber(e.Values[0])
		return err == nil && !r.Has(0)
	}
	return false
}
