package scenario

import (
	"regexp"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// Expect is something that can hold or not: what a wait waits for and a check checks.
type Expect struct {
	// Target is the name of a fake, or agent.
	Target string
	// Subject is a word of [Subjects].
	Subject string
	// Argument is the selector, header name or the like; empty for subjects without one.
	Argument string
	Filter   Filter
	// From and Until are names of marks, At the name of a snapshot; empty when not given.
	From, Until, At string
	// Op is the operator; empty for subjects without one.
	Op string
	// Values may hold templates that are known at run time only: see [Fill].
	Values []string
	// Text is the statement as it stands in the file, without its clauses.
	Text string
}

// Negative tells whether the expectation says that something does not happen, so that an agent which does nothing would meet
// it.
func (e Expect) Negative() bool {
	counts := slices.Contains([]string{"requests", "accepted", "connections", "samples", "profiles", "exemplars", "histograms", "inflight", "stored"}, e.Subject)
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

// expectation reads TARGET SUBJECT [ARGUMENT] [of FILTER...] [from MARK] [until MARK] [at SNAPSHOT] [OPERATOR [VALUE...]].
func (b *builder) expectation(l line, words []token) (Expect, *Error) {
	e := Expect{Text: joined(words)}
	if len(words) < 2 {
		return e, errorf(l.end(), "%s: want NAME SUBJECT ...", l.verb())
	}
	target := words[0]
	kind, err := b.kindOf(target)
	if err != nil {
		return e, err
	}
	e.Target, e.Subject = target.text, words[1].text
	subject, ok := subjectFor(e.Subject, kind)
	if !ok {
		return e, unknownSubject(words[1], kind)
	}
	words = words[2:]
	if subject.Argument != "" {
		if len(words) == 0 {
			return e, errorf(l.end(), "%s: want a %s", subject.Name, subject.Argument)
		}
		if err := argument(subject, words[0]); err != nil {
			return e, err
		}
		e.Argument, words = words[0].text, words[1:]
	}
	words, err = b.modifiers(&e, words)
	if err != nil {
		return e, err
	}
	return e, b.operation(&e, subject, l, words)
}

// kindOf is the kind of the fake called name, or agent.
func (b *builder) kindOf(name token) (string, *Error) {
	if name.text == "agent" {
		return "agent", nil
	}
	if kind, ok := b.kinds[name.text]; ok {
		return kind, nil
	}
	e := errorf(name.pos, "no fake called %q has been started", name.text)
	e.Hint = nearest(name.text, append(keys(b.kinds), "agent"))
	return "", e
}

func unknownSubject(t token, kind string) *Error {
	var here []string
	for _, s := range subjects {
		if s.Scope.covers(kind) {
			here = append(here, s.Name)
		}
	}
	e := errorf(t.pos, "unknown subject %q for %s", t.text, kind)
	if e.Hint = nearest(t.text, here); e.Hint == "" {
		e.Hint = "known are " + strings.Join(here, ", ")
	}
	return e
}

func argument(s Subject, t token) *Error {
	if s.Argument != "selector" || t.text == "*" {
		return nil
	}
	if _, err := labels.Parse(t.text); err != nil {
		return errorf(t.pos, "%s: %v", s.Name, err)
	}
	return nil
}

// modifiers reads of, from, until and at.
func (b *builder) modifiers(e *Expect, words []token) ([]token, *Error) {
	for len(words) > 0 && !words[0].quoted {
		word := words[0]
		if word.text == "of" {
			n, err := filters(&e.Filter, word, words[1:])
			if err != nil {
				return nil, err
			}
			words = words[1+n:]
			continue
		}
		place := map[string]*string{"from": &e.From, "until": &e.Until, "at": &e.At}[word.text]
		if place == nil {
			return words, nil
		}
		if len(words) < 2 {
			return nil, errorf(word.pos, "%s: want a name behind it", word.text)
		}
		if err := b.moment(word.text, words[1]); err != nil {
			return nil, err
		}
		*place, words = words[1].text, words[2:]
	}
	return words, nil
}

// moment refuses marks and snapshots that no step made.
func (b *builder) moment(word string, name token) *Error {
	made, what := b.marks, "mark"
	if word == "at" {
		made, what = b.snapshots, "snapshot"
	}
	if _, ok := made[name.text]; ok {
		return nil
	}
	e := errorf(name.pos, "no %s called %q was made", what, name.text)
	e.Hint = nearest(name.text, keys(made))
	return e
}

// operation reads the operator and its values.
func (b *builder) operation(e *Expect, s Subject, l line, words []token) *Error {
	here := l.end()
	if len(words) > 0 {
		here = words[0].pos
		if slices.Contains(s.operators(), words[0].text) && !words[0].quoted {
			e.Op, words = words[0].text, words[1:]
		}
	}
	least, most, ok := s.arity(e.Op)
	if !ok {
		err := errorf(here, "%s: want an operator of %s", s.Name, strings.Join(s.operators(), " "))
		if len(words) > 0 {
			err.Hint = nearest(words[0].text, s.operators())
		}
		return err
	}
	if len(words) < least {
		return errorf(l.end(), "%s %s: want a %s", s.Name, e.Op, s.Values)
	}
	if len(words) > most {
		return errorf(words[most].pos, "%s %s: %q is too much: want %s", s.Name, e.Op, words[most].text, count(most, s.Values))
	}
	return b.operands(e, s, words)
}

func count(most int, kind ValueKind) string {
	if most == 0 {
		return "nothing more"
	}
	return "one " + string(kind)
}

func (b *builder) operands(e *Expect, s Subject, words []token) *Error {
	for _, w := range words {
		texts, err := s.Values.repeated(w.text)
		if err != nil {
			return errorf(w.pos, "%s: %v", s.Name, err)
		}
		if err := b.operand(e, s, w, texts[0]); err != nil {
			return err
		}
		e.Values = append(e.Values, texts...)
	}
	return nil
}

func (b *builder) operand(e *Expect, s Subject, w token, text string) *Error {
	if strings.Contains(text, "{{") {
		return nil
	}
	if s.Values == FakeName {
		return b.server(s, w)
	}
	if e.Op == "matches" {
		if _, err := regexp.Compile(text); err != nil {
			return errorf(w.pos, "%s matches: %v", s.Name, err)
		}
	}
	if s.Values == Pair && e.Op != "lacks" && !strings.Contains(text, "=") {
		return errorf(w.pos, "%s: %q: want NAME=VALUE", s.Name, text)
	}
	if err := s.Values.check(text); err != nil {
		return errorf(w.pos, "%s: %v", s.Name, err)
	}
	if always(e.Op, s, text) {
		return errorf(w.pos, "%s %s %s: this always holds, so it shows nothing", s.Name, e.Op, text)
	}
	return nil
}

// server refuses a fake that cannot have given out what is compared with it.
func (b *builder) server(s Subject, name token) *Error {
	kind, err := b.kindOf(name)
	if err != nil {
		return err
	}
	if want := map[string]string{"token": "oauth2", "raw": "pprof"}[s.Name]; kind != want && kind != "" {
		return errorf(name.pos, "%s: %q is of kind %s, and only %s gives that out", s.Name, name.text, kind, want)
	}
	return nil
}

// always tells whether a comparison holds whatever happens: nothing is less than 0, and what is counted per body or request that
// arrived is not less than 1.
func always(op string, s Subject, text string) bool {
	if op != ">=" {
		return false
	}
	switch s.Values {
	case Number:
		least := 0
		if s.Name == "attempts" || s.Name == "inflight" {
			least = 1
		}
		r, err := ParseNumber(text)
		return err == nil && r.Low <= least
	case Duration:
		r, err := ParseDuration(text)
		return err == nil && r.Low <= 0
	}
	return false
}

func joined(words []token) string {
	raws := make([]string, len(words))
	for i, w := range words {
		raws[i] = w.raw
	}
	return strings.Join(raws, " ")
}

func keys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
