package scenario

import (
	"slices"
	"strings"
)

// FakeKinds are the kinds of fakes that a scenario can start.
func FakeKinds() []string {
	return []string{"mimir", "pyroscope", "pprof", "exposition", "oauth2", "proxy"}
}

// startFake reads KIND NAME [OPTION...] [reply SCRIPT].
func (b *builder) startFake(l line, words []token) (Step, *Error) {
	if err := want(l, words, 2, 1<<20, "KIND NAME [OPTION...] [reply SCRIPT]"); err != nil {
		return nil, err
	}
	kind, name := words[0], words[1]
	if !slices.Contains(FakeKinds(), kind.text) {
		b.kinds[name.text] = "" // what is asked of it later is not another mistake
		return nil, errorf(kind.pos, "unknown kind of fake %q", kind.text).hinted(orKnown(kind.text, FakeKinds()))
	}
	if err := b.newFake(name); err != nil {
		return nil, err
	}
	b.kinds[name.text] = kind.text
	step := &StartFake{at: here(l), Kind: kind.text, Name: name.text}
	given := map[string]bool{}
	for i, w := range words[2:] {
		if w.text == "reply" {
			var err *Error
			if step.Script, err = script(w, words[2+i+1:]); err != nil {
				return nil, err
			}
			break
		}
		key, _, _ := strings.Cut(w.text, "=")
		if given[key] && key != "knows" {
			return nil, errorf(w.pos, "option %s is there twice", key)
		}
		given[key] = true
		if err := b.option(step, w); err != nil {
			return nil, err
		}
	}
	return step, firstOf(step.Options.consistent(name), b.settle(name, step.Options))
}

// settle refuses a fake at a host and port where another one is already.
func (b *builder) settle(name token, o FakeOptions) *Error {
	if o.Port == "" {
		return nil
	}
	place := o.Host + ":" + o.Port
	if other, taken := b.places[place]; taken {
		return errorf(name.pos, "the fake %q is at %s already", other, place)
	}
	b.places[place] = name.text
	return nil
}

func (b *builder) newFake(name token) *Error {
	if !namePattern.MatchString(name.text) || slices.Contains(reserved, name.text) {
		return errorf(name.pos, "%q cannot be the name of a fake: want small letters, digits and _, and none of %s",
			name.text, strings.Join(reserved, ", "))
	}
	if _, twice := b.kinds[name.text]; twice {
		return errorf(name.pos, "a fake called %q has been started already", name.text)
	}
	if slices.Contains(b.s.names(), name.text) {
		return errorf(name.pos, "the name %q is taken by an axis or a let", name.text)
	}
	return nil
}

// fake refuses anything but a fake that has been started.
func (b *builder) fake(name token) *Error {
	kind, err := b.kindOf(name)
	if err == nil && kind == "agent" {
		err = errorf(name.pos, "this is for a fake, not for the agent")
	}
	return err
}

func (b *builder) down(l line, words []token) (Step, *Error) {
	if err := want(l, words, 1, 1, "FAKE"); err != nil {
		return nil, err
	}
	return &Down{at: here(l), Fake: words[0].text}, b.fake(words[0])
}

func (b *builder) up(l line, words []token) (Step, *Error) {
	if err := want(l, words, 1, 1, "FAKE"); err != nil {
		return nil, err
	}
	return &Up{at: here(l), Fake: words[0].text}, b.fake(words[0])
}

func (b *builder) reply(l line, words []token) (Step, *Error) {
	if err := want(l, words, 2, 1<<20, "FAKE SCRIPT"); err != nil {
		return nil, err
	}
	if err := b.fake(words[0]); err != nil {
		return nil, err
	}
	text, err := script(words[0], words[1:])
	return &Reply{at: here(l), Fake: words[0].text, Script: text}, err
}

func (b *builder) page(l line, words []token) (Step, *Error) {
	if err := want(l, words, 2, 2, "FAKE FILE"); err != nil {
		return nil, err
	}
	kind, err := b.kindOf(words[0])
	if err != nil {
		return nil, err
	}
	if kind != "exposition" {
		return nil, errorf(words[0].pos, "page: %q is of kind %s, and only exposition serves pages", words[0].text, kind)
	}
	f, err := b.config(words[1], everything)
	return &Page{at: here(l), Fake: words[0].text, File: f}, err
}

// orKnown hints at the nearest word, or at all of them.
func orKnown(text string, known []string) string {
	if hint := nearest(text, known); hint != "" {
		return hint
	}
	return "known are " + strings.Join(known, ", ")
}
