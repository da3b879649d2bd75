package scenario

import (
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

// firstOf is the first error there is.
func firstOf(errs ...*Error) *Error {
	for _, err := range errs {
		if err != nil {
			return err
		}
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
