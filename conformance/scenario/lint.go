package scenario

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/clause"
)

// Vocabulary is what scenarios may name that other packages define.
type Vocabulary struct {
	Clauses *clause.Set
	// Sabotages and Capabilities are the names after killed by and needs. In a scenario a sabotage may have a kind of request behind
	// an @ and an argument behind a colon.
	Sabotages    []string
	Capabilities []string
	// Agents are those that come with the program. There may be others, so only what looks like one of them misspelt is wrong.
	Agents []string
}

// Lint tells what is wrong with scenarios that parse: names that do not exist, clauses that are named but not checked, things that
// are declared and not used, and scenarios that nothing kills.
func Lint(scenarios []*Scenario, v Vocabulary) []*Error {
	var problems []*Error
	seen := map[string]bool{}
	for _, s := range scenarios {
		if seen[s.Path] {
			problems = append(problems, errorf(s.top(), "another scenario has the same path"))
		}
		seen[s.Path] = true
		l := linter{s: s, v: v}
		l.names()
		l.sabotage()
		l.clauses()
		l.unused()
		l.twins()
		l.hopeless()
		problems = append(problems, tidy(l.problems)...)
	}
	return problems
}

func (s *Scenario) top() Pos { return Pos{File: s.Path + ".txtar", Line: 1, Column: 1} }

type linter struct {
	s        *Scenario
	v        Vocabulary
	problems []*Error
}

func (l *linter) fail(pos Pos, hint, format string, args ...any) {
	l.problems = append(l.problems, errorf(pos, format, args...).hinted(hint))
}

func (l *linter) names() {
	if hint := nearest(l.s.Agent, l.v.Agents); l.s.Agent != "" && hint != "" && !slices.Contains(l.v.Agents, l.s.Agent) {
		l.fail(l.s.agentPos, hint, "unknown agent %q", l.s.Agent)
	}
	for _, c := range l.s.all() {
		for _, need := range c.Needs {
			if !slices.Contains(l.v.Capabilities, need.Text) {
				l.fail(need.Pos, orKnown(need.Text, l.v.Capabilities), "unknown capability %q", need.Text)
			}
		}
	}
}

func (l *linter) sabotage() {
	if len(l.s.KilledBy) == 0 {
		l.fail(l.s.top(), "add a line killed by NAME", "no sabotage is named under which the scenario fails")
	}
	for _, w := range l.s.KilledBy {
		name, _, _ := strings.Cut(w.Text, ":")
		name, _, _ = strings.Cut(name, "@")
		if !strings.Contains(name, "{{") && !slices.Contains(l.v.Sabotages, name) {
			l.fail(w.Pos, nearest(name, l.v.Sabotages), "unknown sabotage %q", name)
		}
	}
}

// clauses compares those named in the head with those that checks prove.
func (l *linter) clauses() {
	named, proven := map[string]bool{}, map[string]Pos{}
	for _, c := range l.s.all() {
		for _, id := range c.Clauses {
			named[id] = true
		}
		for _, chk := range c.Checks {
			for _, id := range chk.Clauses {
				proven[id] = chk.Pos
			}
		}
	}
	if len(named) == 0 {
		l.fail(l.s.top(), "add a line clause ID", "no clause is named")
	}
	for _, id := range keys(named) {
		if _, ok := l.v.Clauses.Get(id); !ok {
			l.fail(l.clausePos(id), nearest(id, l.v.Clauses.IDs()), "unknown clause %q", id)
		} else if _, ok := proven[id]; !ok {
			l.fail(l.clausePos(id), "put it behind a check", "the clause %q is named and no check proves it", id)
		}
	}
	for _, id := range keys(proven) {
		if !named[id] {
			l.fail(proven[id], "add it to the clause line", "the clause %q is proven and not named in the head", id)
		}
	}
}

// hopeless finds clauses that are proven although they say that nothing can show them.
func (l *linter) hopeless() {
	for _, c := range l.s.all() {
		for _, id := range c.Clauses {
			if one, ok := l.v.Clauses.Get(id); ok && one.Untestable != "" {
				l.fail(l.clausePos(id), "take untestable out of its entry", "the clause %q is said to be untestable", id)
			}
		}
	}
}

// clausePos is where the head names a clause: its line, since templates and braces may stand for it.
func (l *linter) clausePos(id string) Pos {
	pos := l.s.top()
	for _, line := range l.s.clauses {
		if line.verb() == "clause" && pos.Line == 1 {
			pos = line.pos
		}
		for _, t := range line.tokens {
			if t.text == id {
				return t.pos
			}
		}
	}
	return pos
}

// unused tells which axes, lets and files no case uses.
func (l *linter) unused() {
	used := map[string]bool{}
	for _, c := range l.s.all() {
		for name := range c.used {
			used[name] = true
		}
	}
	for _, a := range l.s.Axes {
		if !used[a.Name.Text] {
			l.fail(a.Name.Pos, "", "the axis %q is not used", a.Name.Text)
		}
	}
	for _, let := range l.s.Lets {
		if !used[let.Name.Text] {
			l.fail(let.Name.Pos, "", "the let %q is not used", let.Name.Text)
		}
	}
	for _, f := range l.s.Files {
		if !used["file "+f.Name] {
			l.fail(Pos{File: f.Pos.File, Line: f.Pos.Line - 1, Column: 1}, "", "the file %q is not used", f.Name)
		}
	}
}

// twins finds cells of the matrix in which the same is done and checked: they show one thing twice.
func (l *linter) twins() {
	known := map[string]Case{}
	for _, c := range l.s.all() {
		played, err := json.Marshal([]any{c.Lane, c.Steps, c.Checks})
		if err != nil {
			continue // steps and checks are plain data
		}
		if twin, ok := known[string(played)]; ok {
			l.fail(l.s.top(), "leave one out with a line without", "the cases %s and %s do and check the same", twin.ID, c.ID)
		}
		known[string(played)] = c
	}
}

// all are the cases of both lanes.
func (s *Scenario) all() []Case {
	var cases []Case
	for _, lane := range Lanes {
		found, _ := s.expand(lane) // it has parsed, so it expands
		cases = append(cases, found...)
	}
	return cases
}
