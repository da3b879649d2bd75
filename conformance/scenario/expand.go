package scenario

import (
	"maps"
	"slices"
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
