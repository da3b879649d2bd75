package scenario

import (
	"regexp"
	"slices"
	"strings"
)

// headWords are the first words of lines in the head.
var headWords = map[string]func(*parser, line) *Error{
	"clause":  (*parser).clause,
	"needs":   (*parser).needs,
	"lane":    (*parser).lane,
	"agent":   (*parser).agent,
	"killed":  (*parser).killed,
	"each":    (*parser).each,
	"without": (*parser).without,
	"let":     (*parser).let,
}

// exclusion leaves out the cases in which all conditions hold.
type exclusion struct {
	pos  Pos
	when []Condition
}

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (p *parser) clause(l line) *Error {
	if len(l.tokens) < 2 {
		return errorf(l.end(), "clause: want the names of clauses")
	}
	p.s.clauses = append(p.s.clauses, l)
	return nil
}

func (p *parser) needs(l line) *Error {
	if len(l.tokens) < 2 {
		return errorf(l.end(), "needs: want the names of capabilities")
	}
	p.s.clauses = append(p.s.clauses, l)
	return nil
}

func (p *parser) lane(l line) *Error {
	name, reason, err := p.restriction(l)
	if err != nil {
		return err
	}
	if !slices.Contains(Lanes, Lane(name)) {
		e := errorf(l.tokens[1].pos, "unknown lane %q", name)
		e.Hint = nearest(name, laneNames())
		return e
	}
	p.s.Lane, p.s.LaneReason = name, reason
	return nil
}

func (p *parser) agent(l line) *Error {
	name, reason, err := p.restriction(l)
	p.s.Agent, p.s.AgentReason, p.s.agentPos = name, reason, l.pos
	return err
}

// restriction reads WORD NAME because REASON, which may come once.
func (p *parser) restriction(l line) (name, reason string, err *Error) {
	word := l.verb()
	if first, twice := p.seen[word]; twice {
		return "", "", errorf(l.pos, "%s is there twice, first at line %d", word, first.Line)
	}
	p.seen[word] = l.pos
	if len(l.tokens) < 4 || l.tokens[2].text != "because" {
		return "", "", errorf(l.end(), "%s: want NAME because REASON", word)
	}
	return l.tokens[1].text, l.rest(3).Text, nil
}

func (p *parser) killed(l line) *Error {
	if len(l.tokens) < 3 || l.tokens[1].text != "by" {
		return errorf(l.end(), "killed: want by NAME, NAME...")
	}
	for _, w := range commas(l.rest(2)) {
		if w.Text == "" {
			return errorf(w.Pos, "killed by: a name is missing")
		}
		if slices.ContainsFunc(p.s.KilledBy, func(k Word) bool { return k.Text == w.Text }) {
			return errorf(w.Pos, "killed by: %s is there twice", w.Text)
		}
		p.s.KilledBy = append(p.s.KilledBy, w)
	}
	return nil
}

// definition reads WORD NAME = and returns the name and the pieces between commas.
func (p *parser) definition(l line) (name Word, values []Word, err *Error) {
	word := l.verb()
	if len(l.tokens) < 4 || l.tokens[2].text != "=" {
		return name, nil, errorf(l.end(), "%s: want NAME = VALUE", word)
	}
	name = Word{Text: l.tokens[1].text, Pos: l.tokens[1].pos}
	if !namePattern.MatchString(name.Text) || slices.Contains(reserved, name.Text) {
		return name, nil, errorf(name.Pos, "%s: %q cannot be a name: want small letters, digits and _, and none of %s",
			word, name.Text, strings.Join(reserved, ", "))
	}
	if first, twice := p.seen[name.Text]; twice {
		return name, nil, errorf(name.Pos, "%s: the name %q is taken at line %d", word, name.Text, first.Line)
	}
	p.seen[name.Text] = name.Pos
	for _, w := range commas(l.rest(3)) {
		if w.Text == "" {
			return name, nil, errorf(w.Pos, "%s %s: a value is missing", word, name.Text)
		}
		values = append(values, w)
	}
	return name, values, nil
}

// reserved are names that templates and steps use for other things.
var reserved = []string{"agent", "dir", "lane", "scrape", "include", "started", "ready"}

func (p *parser) each(l line) *Error {
	name, values, err := p.definition(l)
	if err != nil {
		return err
	}
	if len(p.s.Lets) > 0 {
		return errorf(l.pos, "each stands before let, which may use it")
	}
	axis := Axis{Name: name}
	for _, w := range values {
		value, err := unquote(w)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(axis.Values, func(v Word) bool { return v.Text == value.Text }) {
			return errorf(w.Pos, "each %s: the value %q is there twice", name.Text, value.Text)
		}
		axis.Values = append(axis.Values, value)
	}
	p.s.Axes = append(p.s.Axes, axis)
	if n := p.s.size(); n > mostCases {
		return errorf(l.pos, "the matrix has %d cases, more than %d", n, mostCases)
	}
	return nil
}

// mostCases is the largest matrix.
const mostCases = 1000

// size is how many cells the matrix has.
func (s *Scenario) size() int {
	n := 1
	for _, axis := range s.Axes {
		n *= len(axis.Values)
	}
	return n
}

func (p *parser) without(l line) *Error {
	if len(l.tokens) < 2 {
		return errorf(l.end(), "without: want NAME=VALUE")
	}
	e := exclusion{pos: l.pos}
	for _, t := range l.tokens[1:] {
		c, err := condition(Word{Text: t.text, Pos: t.pos})
		if err != nil {
			return err
		}
		if err := p.known(c, t.pos); err != nil {
			return err
		}
		e.when = append(e.when, c)
	}
	p.s.without = append(p.s.without, e)
	return nil
}

func (p *parser) let(l line) *Error {
	name, values, err := p.definition(l)
	if err != nil {
		return err
	}
	let := Let{Name: name}
	if let.Default, err = unquote(values[0]); err != nil {
		return err
	}
	for _, w := range values[1:] {
		a, err := p.alternative(w)
		if err != nil {
			return err
		}
		let.Others = append(let.Others, a)
	}
	p.s.Lets = append(p.s.Lets, let)
	return nil
}

// alternative reads CONDITION VALUE.
func (p *parser) alternative(w Word) (a Alternative, err *Error) {
	when, value, found := strings.Cut(w.Text, " ")
	if !found {
		return a, errorf(w.Pos, "%q: want CONDITION VALUE; a value with a comma in it is written in quotes", w.Text)
	}
	if a.When, err = conditions(Word{Text: when, Pos: w.Pos}); err != nil {
		return a, err
	}
	for _, c := range a.When {
		if err := p.known(c, w.Pos); err != nil {
			return a, err
		}
	}
	pos := w.Pos
	pos.Column += len(w.Text) - len(strings.TrimLeft(value, " \t"))
	a.Value, err = unquote(Word{Text: strings.TrimSpace(value), Pos: pos})
	return a, err
}

// known refuses a condition on a name or value that does not exist (so far).
func (p *parser) known(c Condition, pos Pos) *Error { return p.s.knows(c, pos) }

func (s *Scenario) knows(c Condition, pos Pos) *Error {
	if c.Name == "" {
		return nil
	}
	for _, axis := range s.Axes {
		if axis.Name.Text == c.Name {
			return axis.has(c, pos)
		}
	}
	if slices.ContainsFunc(s.Lets, func(l Let) bool { return l.Name.Text == c.Name }) {
		return nil
	}
	e := errorf(pos, "condition on %q, which is neither an axis nor a let above", c.Name)
	e.Hint = nearest(c.Name, s.names())
	return e
}

func (a Axis) has(c Condition, pos Pos) *Error {
	for _, value := range c.Values {
		if !slices.Contains(a.texts(), value) {
			e := errorf(pos, "%s is never %q", a.Name.Text, value)
			e.Hint = nearest(value, a.texts())
			return e
		}
	}
	return nil
}

func (a Axis) texts() []string {
	texts := make([]string, len(a.Values))
	for i, v := range a.Values {
		texts[i] = v.Text
	}
	return texts
}

// names are the names of axes and lets.
func (s *Scenario) names() []string {
	var names []string
	for _, a := range s.Axes {
		names = append(names, a.Name.Text)
	}
	for _, l := range s.Lets {
		names = append(names, l.Name.Text)
	}
	return names
}
