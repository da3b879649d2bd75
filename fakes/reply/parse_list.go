package reply

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// language is the words of one layer.
type language[T any] struct {
	// head reads the word that begins one, its repeat cut off.
	head func(w word, text string) (T, error)
	// modify changes the one that stands before the word; what it does not know it leaves to head.
	modify func(w word, v *T) (bool, error)
	oneOf  func(...Choice[T]) T
}

var (
	replyWordsOf = language[Reply]{parseHead, modify, OneOf}
	linkWordsOf  = language[Link]{parseLinkHead, modifyLink, OneLinkOf}
)

// group is what one draw is made from, mostly a single choice.
type group[T any] struct {
	choices []Choice[T]
	count   int // 0 is for ever
}

// list is a section that is being read.
type list[T any] struct {
	language[T]
	groups []group[T]
	before waiting
	bar    *word // "|", when what it parts has not come yet
}

// read reads a section: what comes one after the other, and what comes then for ever, if the words say so.
func (l language[T]) read(words []word) (steps []T, last *T, err error) {
	read := list[T]{language: l}
	for _, w := range words {
		if err := read.take(w); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case read.before.word != nil:
		return nil, nil, read.before.word.errorf("a delay stands before the reply that it delays, and none follows")
	case read.bar != nil:
		return nil, nil, read.bar.errorf("it parts two of which one is drawn, and nothing follows")
	}
	for _, g := range read.groups {
		value := g.value(l.oneOf)
		if g.count == 0 {
			return steps, &value, nil
		}
		steps = append(steps, slices.Repeat([]T{value}, g.count)...)
	}
	return steps, nil, nil
}

func (g group[T]) value(oneOf func(...Choice[T]) T) T {
	if len(g.choices) == 1 && g.choices[0].Percent == 0 {
		return g.choices[0].Of
	}
	return oneOf(g.choices...)
}

func (l *list[T]) take(w word) error {
	if w.text == "|" && !w.quoted {
		return l.part(w)
	}
	if taken, err := l.before.take(w); err != nil || taken {
		return err
	}
	if len(l.groups) > 0 && l.before.word == nil && l.bar == nil {
		if known, err := l.change(w); err != nil || known {
			return err
		}
	}
	return l.begin(w)
}

// part begins another choice of the same group.
func (l *list[T]) part(w word) error {
	if len(l.groups) == 0 || l.before.word != nil || l.bar != nil {
		return w.errorf("it stands between two of which one is drawn")
	}
	l.bar = &w
	return nil
}

// change lets a word change the choice before it.
func (l *list[T]) change(w word) (bool, error) {
	g := &l.groups[len(l.groups)-1]
	c := &g.choices[len(g.choices)-1]
	text, ok := strings.CutPrefix(w.text, "chance=")
	if !ok {
		return l.modify(w, &c.Of)
	}
	percent, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil || !strings.HasSuffix(text, "%") || !(percent > 0 && percent <= 100) {
		return true, w.errorf("%q is not a chance above 0%% and up to 100%%", text)
	}
	if c.Percent != 0 {
		return true, w.errorf("a second chance for one choice")
	}
	c.Percent = percent
	sum := 0.0
	for _, one := range g.choices {
		sum += one.Percent
	}
	if sum > 100+smallest {
		return true, w.errorf("the chances are above 100%% together")
	}
	return true, nil
}

// begin takes the word that begins a choice, of the group before it when a bar stands between.
func (l *list[T]) begin(w word) error {
	last := len(l.groups) - 1
	if l.bar == nil && last >= 0 && l.groups[last].count == 0 {
		return w.errorf(`nothing can follow what has a bare "*": it comes for ever`)
	}
	text, count, err := repeats(w)
	if err != nil {
		return err
	}
	if l.bar != nil && count != 1 {
		return w.errorf(`"*" stands at the first of those of which one is drawn, and is for all of them`)
	}
	value, err := l.head(w, text)
	if err != nil {
		return err
	}
	l.before.give(&value)
	if l.bar == nil {
		l.groups = append(l.groups, group[T]{count: count})
		last++
	}
	l.groups[last].choices = append(l.groups[last].choices, Choice[T]{Of: value})
	l.bar = nil
	return nil
}

// waiting is a delay that waits for its reply.
type waiting struct {
	word        *word
	least, most time.Duration
}

func (p *waiting) take(w word) (bool, error) {
	value, ok := strings.CutPrefix(w.text, "delay=")
	if !ok {
		return false, nil
	}
	if p.word != nil {
		return true, w.errorf("a second delay before one reply")
	}
	least, most, err := parseRange(w, value)
	p.word, p.least, p.most = &w, least, most
	return true, err
}

func (p *waiting) give(v any) {
	if r, ok := v.(*Reply); ok {
		r.Pause, r.PauseMax = p.least, p.most
	}
	*p = waiting{}
}
