package scenario

import (
	"slices"
	"strings"
)

// Condition restricts a line or a value to some cases. Without a name its values are lanes.
type Condition struct {
	Not    bool
	Name   string
	Values []string
}

// bracketed reads a condition such as [real] or [!auth=basic|bearer].
func bracketed(t token) (Condition, *Error) {
	inner, ok := strings.CutSuffix(strings.TrimPrefix(t.raw, "["), "]")
	if !ok {
		return Condition{}, errorf(t.pos, "the condition %s is not closed with ]", t.raw)
	}
	pos := t.pos
	pos.Column++
	return condition(Word{Text: inner, Pos: pos})
}

// condition reads real, !real, auth=basic|bearer or !auth=basic.
func condition(w Word) (Condition, *Error) {
	text, not := strings.CutPrefix(w.Text, "!")
	name, value, named := strings.Cut(text, "=")
	if named {
		if name == "" || value == "" {
			return Condition{}, errorf(w.Pos, "condition %q: want NAME=VALUE", w.Text)
		}
		return Condition{Not: not, Name: name, Values: strings.Split(value, "|")}, nil
	}
	if !slices.Contains(Lanes, Lane(text)) {
		e := errorf(w.Pos, "condition %q: want a lane or NAME=VALUE", w.Text)
		e.Hint = nearest(text, laneNames())
		return Condition{}, e
	}
	return Condition{Not: not, Values: []string{text}}, nil
}

// conditions reads conditions joined by &.
func conditions(w Word) ([]Condition, *Error) {
	var all []Condition
	pos := w.Pos
	for part := range strings.SplitSeq(w.Text, "&") {
		c, err := condition(Word{Text: part, Pos: pos})
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		pos.Column += len(part) + 1
	}
	return all, nil
}

// holds tells whether the condition is true with these values on this lane.
func (c Condition) holds(lane Lane, values map[string]string) bool {
	have := string(lane)
	if c.Name != "" {
		have = values[c.Name]
	}
	return slices.Contains(c.Values, have) != c.Not
}

// all tells whether every condition holds.
func all(cs []Condition, lane Lane, values map[string]string) bool {
	return !slices.ContainsFunc(cs, func(c Condition) bool { return !c.holds(lane, values) })
}

func laneNames() []string {
	names := make([]string, len(Lanes))
	for i, l := range Lanes {
		names[i] = string(l)
	}
	return names
}
