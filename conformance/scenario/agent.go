package scenario

import (
	"regexp"
	"slices"
	"strings"
)

// agentWord refuses anything but the word agent.
func agentWord(t token) *Error {
	if t.text != "agent" {
		return errorf(t.pos, "unknown agent %q", t.text).hinted("there is one agent, called agent")
	}
	return nil
}

// alive refuses a step that needs the agent running, or not running.
func (b *builder) alive(t token, running bool) *Error {
	switch {
	case running && !b.running:
		return errorf(t.pos, "the agent does not run here")
	case !running && b.running:
		return errorf(t.pos, "the agent runs already")
	}
	return nil
}

// env reads NAME=VALUE.
func (b *builder) env(l line, words []token) (Step, *Error) {
	if err := want(l, words, 1, 1, "NAME=VALUE"); err != nil {
		return nil, err
	}
	if err := b.alive(words[0], false); err != nil {
		return nil, err.hinted("the environment is given to the agent when it starts")
	}
	name, value, found := strings.Cut(words[0].text, "=")
	if !found || !envPattern.MatchString(name) {
		return nil, errorf(words[0].pos, "env: %q: want NAME=VALUE", words[0].text)
	}
	return &Env{at: here(l), Name: name, Value: value}, nil
}

// envPattern is what the name of a variable looks like.
var envPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (b *builder) control(l line, words []token) (Step, *Error) {
	if err := want(l, words, 1, 1<<10, "FILE [NAME=VALUE...]"); err != nil {
		return nil, err
	}
	changed, err := b.changed(words[1:])
	if err != nil {
		return nil, err
	}
	f, err := changed.config(words[0], control)
	b.controls++
	return &Control{at: here(l), File: f}, err
}

// changed is the builder with other values for some axes and lets; lets that depend on them follow.
func (b *builder) changed(pairs []token) (*builder, *Error) {
	if len(pairs) == 0 {
		return b, nil
	}
	texts := map[string]string{}
	for _, axis := range b.s.Axes {
		texts[axis.Name.Text] = b.texts[axis.Name.Text]
	}
	for _, t := range pairs {
		name, value, found := strings.Cut(t.text, "=")
		if !found || !slices.Contains(b.s.names(), name) {
			return nil, errorf(t.pos, "control: want NAME=VALUE with the name of an axis or a let, not %q", t.text).
				hinted(nearest(name, b.s.names()))
		}
		texts[name] = value
	}
	v := b.s.values(b.lane, texts)
	v.used = b.used
	if err := b.s.resolveLets(v); err != nil {
		return nil, err
	}
	return &builder{values: v}, nil
}

func (b *builder) startAgent(l line, words []token) (Step, *Error) {
	if err := want(l, words, 2, 3, "agent FILE [refused]"); err != nil {
		return nil, err
	}
	if err := firstOf(agentWord(words[0]), b.alive(words[0], false)); err != nil {
		return nil, err
	}
	step := &StartAgent{at: here(l)}
	if len(words) == 3 {
		if words[2].text != "refused" {
			return nil, errorf(words[2].pos, "start: %q: want refused or nothing", words[2].text).hinted(nearest(words[2].text, []string{"refused"}))
		}
		step.Refused, b.refusal = true, true
	}
	var err *Error
	step.File, err = b.config(words[1], offending)
	b.started, b.running = true, !step.Refused
	return step, err
}

func (b *builder) stopAgent(l line, words []token) (Step, *Error) {
	if err := want(l, words, 1, 2, "agent [TERM|INT|KILL]"); err != nil {
		return nil, err
	}
	if err := firstOf(agentWord(words[0]), b.alive(words[0], true)); err != nil {
		return nil, err
	}
	b.running = false
	step := &StopAgent{at: here(l), Signal: Term}
	if len(words) == 1 {
		return step, nil
	}
	var ok bool
	if step.Signal, ok = signal(words[1].text); !ok {
		return nil, errorf(words[1].pos, "stop: unknown signal %q: want TERM, INT or KILL", words[1].text)
	}
	return step, nil
}

func (b *builder) restart(l line, words []token) (Step, *Error) {
	if err := want(l, words, 1, 3, "FAKE, or agent [FILE] [TERM|INT|KILL]"); err != nil {
		return nil, err
	}
	if words[0].text != "agent" {
		if len(words) > 1 {
			return nil, errorf(words[1].pos, "restart: %q is too much behind a fake", words[1].text)
		}
		return &RestartFake{at: here(l), Fake: words[0].text}, b.fake(words[0])
	}
	if err := b.alive(words[0], true); err != nil {
		return nil, err
	}
	step := &RestartAgent{at: here(l), Signal: Term}
	words = words[1:]
	if n := len(words) - 1; n >= 0 {
		if s, ok := signal(words[n].text); ok {
			step.Signal, words = s, words[:n]
		}
	}
	if len(words) == 0 {
		return step, nil
	}
	if len(words) > 1 {
		return nil, errorf(words[1].pos, "restart: unknown signal %q: want TERM, INT or KILL", words[1].text)
	}
	f, err := b.config(words[0], offending)
	step.File = &f
	return step, err
}

func (b *builder) reload(l line, words []token) (Step, *Error) {
	const form = "agent FILE [by signal] [refused]"
	if err := want(l, words, 2, 5, form); err != nil {
		return nil, err
	}
	if err := firstOf(agentWord(words[0]), b.alive(words[0], true)); err != nil {
		return nil, err
	}
	step := &ReloadAgent{at: here(l)}
	rest := words[2:]
	if len(rest) >= 2 && rest[0].text == "by" && rest[1].text == "signal" {
		step.BySignal, rest = true, rest[2:]
	}
	if len(rest) > 0 && rest[0].text == "refused" {
		step.Refused, rest = true, rest[1:]
	}
	if len(rest) > 0 {
		return nil, errorf(rest[0].pos, "reload: %q: want %s", rest[0].text, form)
	}
	var err *Error
	step.File, err = b.config(words[1], offending)
	return step, err
}
