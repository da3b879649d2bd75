package scenario

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// verbs are the first words of steps. Each reads the words behind it.
var verbs = map[string]func(*builder, line, []token) (Step, *Error){
	"fake":     (*builder).startFake,
	"env":      (*builder).env,
	"control":  (*builder).control,
	"start":    (*builder).startAgent,
	"stop":     (*builder).stopAgent,
	"restart":  (*builder).restart,
	"reload":   (*builder).reload,
	"down":     (*builder).down,
	"up":       (*builder).up,
	"reply":    (*builder).reply,
	"page":     (*builder).page,
	"write":    (*builder).write,
	"wait":     (*builder).wait,
	"pass":     (*builder).pass,
	"mark":     (*builder).mark,
	"snapshot": (*builder).snapshot,
}

func (b *builder) check(l line, words []token) *Error {
	c := Check{at: at{words[0].pos}, Given: words[0].text == "given"}
	body, clauses := clausesOf(words[1:])
	var err *Error
	if c.Clauses, err = expandClauses(clauses); err != nil {
		return err
	}
	if c.Given && len(clauses) > 0 {
		return errorf(clauses[0].pos, "a given is an assumption and proves no clause").hinted("use check")
	}
	if c.Expect, err = b.expectation(l, body); err != nil {
		return err
	}
	b.c.Checks = append(b.c.Checks, c)
	return nil
}

// want refuses a statement with fewer or more words than it takes.
func want(l line, words []token, least, most int, form string) *Error {
	if len(words) < least {
		return errorf(l.end(), "%s: want %s", l.verb(), form)
	}
	if len(words) > most {
		return errorf(words[most].pos, "%s: %q is too much: want %s", l.verb(), words[most].text, form)
	}
	return nil
}

// here is the place of a statement.
func here(l line) at { return at{l.tokens[0].pos} }

// fake refuses anything but a fake that has been started.
func (b *builder) fake(name token) *Error {
	kind, err := b.kindOf(name)
	if err == nil && kind == "agent" {
		err = errorf(name.pos, "this is for a fake, not for the agent")
	}
	return err
}

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

// config is an attached configuration with everything known filled in.
func (b *builder) config(name token, lines variant) (File, *Error) {
	f, err := b.file(name.text, name.pos)
	if err != nil {
		return f, err
	}
	f = f.keep(lines)
	f.Text, err = b.fill(f.Text, f.placed, lines)
	return f, err
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

func signal(text string) (Signal, bool) {
	s := Signal(text)
	return s, slices.Contains([]Signal{Term, Int, Kill}, s)
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
	text, err := script(words[1:])
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

func (b *builder) write(l line, words []token) (Step, *Error) {
	if err := want(l, words, 2, 2, "PATH FILE"); err != nil {
		return nil, err
	}
	step := &Write{at: here(l), Path: words[0].text}
	if strings.HasPrefix(step.Path, "/") || slices.Contains(strings.Split(step.Path, "/"), "..") {
		return nil, errorf(words[0].pos, "write: the path %q does not lie below {{dir}}", step.Path)
	}
	if strings.Contains(words[1].text, "{{") {
		step.From = words[1].text
		return step, nil
	}
	f, err := b.config(words[1], everything)
	step.File = &f
	return step, err
}

func (b *builder) wait(l line, words []token) (Step, *Error) {
	n := len(words) - 2
	if n < 2 || words[n].text != "within" {
		return nil, errorf(l.end(), "wait: want NAME SUBJECT ... within DURATION")
	}
	step := &Wait{at: here(l)}
	var err *Error
	if step.Within, err = duration(words[n+1]); err != nil {
		return nil, err
	}
	if step.Expect, err = b.expectation(l, words[:n]); err != nil {
		return nil, err
	}
	kind, _ := b.kindOf(words[0])
	subject, _ := subjectFor(step.Subject, kind)
	if !slices.Contains(strings.Fields(subject.Waits), step.Op) {
		return nil, errorf(words[1].pos, "wait: %s %s cannot be waited for", step.Subject, step.Op)
	}
	return step, nil
}

func duration(t token) (time.Duration, *Error) {
	d, err := time.ParseDuration(t.text)
	if err != nil || d <= 0 {
		return 0, errorf(t.pos, "%q: want a duration like 15s", t.text)
	}
	return d, nil
}

func (b *builder) pass(l line, words []token) (Step, *Error) {
	if len(words) < 3 || words[1].text != "because" {
		return nil, errorf(l.end(), "pass: want DURATION because REASON")
	}
	d, err := duration(words[0])
	return &Pass{at: here(l), Duration: d, Because: joined(words[2:])}, err
}

func (b *builder) mark(l line, words []token) (Step, *Error) {
	if err := want(l, words, 1, 1, "NAME"); err != nil {
		return nil, err
	}
	return &Mark{at: here(l), Name: words[0].text}, b.named(b.marks, words[0])
}

func (b *builder) snapshot(l line, words []token) (Step, *Error) {
	if err := want(l, words, 1, 1, "NAME"); err != nil {
		return nil, err
	}
	if !b.started {
		return nil, errorf(words[0].pos, "snapshot: the agent has not been started")
	}
	return &Snapshot{at: here(l), Name: words[0].text}, b.named(b.snapshots, words[0])
}

// named enters a new name into the names already given.
func (b *builder) named(names map[string]Pos, t token) *Error {
	if !namePattern.MatchString(t.text) {
		return errorf(t.pos, "%q cannot be a name: want small letters, digits and _", t.text)
	}
	if first, twice := names[t.text]; twice {
		return errorf(t.pos, "the name %q is taken at line %d", t.text, first.Line)
	}
	names[t.text] = t.pos
	return nil
}

// firstOf is the first error there is.
func firstOf(errs ...*Error) *Error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
