package scenario

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// Errors are all things wrong in one file, in order of their places.
type Errors []*Error

func (es Errors) Error() string {
	texts := make([]string, len(es))
	for i, e := range es {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "\n")
}

// Parse reads one scenario file. The name is used in errors, and without its ending as the scenario's path. All cases of the
// matrix are expanded once, so a scenario that parses expands. The error is of type Errors.
func Parse(name string, src []byte) (*Scenario, error) {
	if err := legible(name, src); err != nil {
		return nil, Errors{err}
	}
	s, problems := parseHead(name, src)
	if len(problems) == 0 {
		problems = s.expandAll()
	}
	if len(problems) > 0 {
		return nil, tidy(problems)
	}
	return s, nil
}

// mostSource bounds a scenario file: a page for the exposition fake may be long, but nobody writes this much.
const mostSource = 4 << 20

// legible refuses what is no scenario at all, in one line instead of one for each of its bytes.
func legible(name string, src []byte) *Error {
	top := Pos{File: name, Line: 1, Column: 1}
	switch {
	case len(src) > mostSource:
		return errorf(top, "the file has %d bytes, and a scenario has at most %d", len(src), mostSource)
	case !utf8.Valid(src) || bytes.IndexByte(src, 0) >= 0:
		return errorf(top, "this is no text in UTF-8")
	}
	return nil
}

// tidy sorts problems by place and keeps one of those that several cases share.
func tidy(problems []*Error) Errors {
	slices.SortStableFunc(problems, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	return slices.CompactFunc(problems, func(a, b *Error) bool { return *a == *b })
}

// IsFile tells whether the file called name is a scenario by its ending.
func IsFile(name string) bool { return path.Ext(name) == ".txtar" }

// parser collects what the head says and the lines that come after it.
type parser struct {
	s        *Scenario
	problems []*Error
	sentence []string
	seen     map[string]Pos // head words that may come once, and names of axes, lets and files
}

func (p *parser) fail(err *Error) { p.problems = append(p.problems, err) }

func parseHead(name string, src []byte) (*Scenario, []*Error) {
	p := &parser{s: &Scenario{Path: strings.TrimSuffix(name, ".txtar"), source: src}, seen: map[string]Pos{}}
	story, files := unpack(name, src)
	p.s.Files = files
	p.files()
	for i, text := range story {
		l, err := lex(text, Pos{File: name, Line: i + 1, Column: 1})
		if err != nil {
			p.fail(err)
			continue
		}
		p.line(l)
	}
	p.s.Sentence = strings.Join(p.sentence, " ")
	if p.s.Sentence == "" {
		p.fail(errorf(Pos{File: name, Line: 1, Column: 1}, "the sentence is missing: a comment at the top that says what is shown"))
	}
	return p.s, p.problems
}

func (p *parser) files() {
	for _, f := range p.s.Files {
		if first, twice := p.seen["file "+f.Name]; twice {
			p.fail(errorf(f.Pos, "the file %q is attached twice, first at line %d", f.Name, first.Line-1))
		}
		p.seen["file "+f.Name] = f.Pos
	}
}

// line files one line of the story: comment, head word or statement for later.
func (p *parser) line(l line) {
	switch verb := l.verb(); {
	case verb == "" && len(l.when) > 0:
		p.fail(errorf(l.pos, "a condition stands alone on its line"))
	case verb == "":
		p.comment(l)
	case strings.HasPrefix(verb, "--"):
		p.fail(errorf(l.pos, "%q begins no attached file", strings.TrimSpace(l.source)).hinted("want -- NAME --, at the beginning of the line"))
	case headWords[verb] != nil:
		if len(p.s.lines) > 0 {
			p.fail(errorf(l.tokens[0].pos, "%s belongs to the head, before the first step", verb))
			return
		}
		if len(l.when) > 0 && verb != "clause" && verb != "needs" {
			p.fail(errorf(l.pos, "%s takes no condition", verb))
			return
		}
		if err := headWords[verb](p, l); err != nil {
			p.fail(err)
		}
	default:
		p.s.lines = append(p.s.lines, l)
	}
}

// comment keeps the comment lines at the very top as the sentence.
func (p *parser) comment(l line) {
	top := len(p.s.lines) == 0 && len(p.s.clauses) == 0 && len(p.sentence) == l.pos.Line-1
	if text := strings.TrimSpace(strings.TrimLeft(l.comment, "#")); top && text != "" {
		p.sentence = append(p.sentence, text)
	}
}

// expandAll expands every case on every lane and returns what is wrong with any of them.
func (s *Scenario) expandAll() []*Error {
	var problems []*Error
	cases := 0
	for _, lane := range Lanes {
		found, errs := s.expand(lane)
		problems = append(problems, errs...)
		cases += len(found)
	}
	if cases == 0 && len(problems) == 0 {
		problems = append(problems, errorf(Pos{File: s.Path + ".txtar", Line: 1, Column: 1}, "the matrix leaves no case"))
	}
	return problems
}

// Expand returns the cases of the scenario on a lane, in the order of its matrix; none if it does not play there.
func (s *Scenario) Expand(lane Lane) ([]Case, error) {
	cases, problems := s.expand(lane)
	if len(problems) > 0 {
		return nil, tidy(problems)
	}
	return cases, nil
}
