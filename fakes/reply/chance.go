package reply

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Choice is one of several things of which one comes, by chance.
type Choice[T any] struct {
	// Percent is how likely it is, from 0 to 100. Those of 0 share equally what the others leave; when there is none, the rest is left
	// to the fake. When all together are above 100, they are weights.
	Percent float64
	Of      T
}

// Chance is the reply as one of several: see [OneOf].
func (r Reply) Chance(percent float64) Choice[Reply] { return Choice[Reply]{percent, r} }

// Chance is the link as one of several: see [OneLinkOf].
func (l Link) Chance(percent float64) Choice[Link] { return Choice[Link]{percent, l} }

// OneOf is a reply that is drawn anew each time it comes. The methods of the reply that it gives change each of its choices.
func OneOf(choices ...Choice[Reply]) Reply {
	return Reply{Choices: flat(choices, func(r Reply) []Choice[Reply] { return r.Choices })}
}

// Sometimes is a reply that comes with this chance, in percent; otherwise the fake answers on its own.
func Sometimes(percent float64, r Reply) Reply { return OneOf(r.Chance(percent)) }

// OneLinkOf is a link that is drawn anew for each connection.
func OneLinkOf(choices ...Choice[Link]) Link {
	return Link{Choices: flat(choices, func(l Link) []Choice[Link] { return l.Choices })}
}

// flat puts the choices of a choice in its place, so that nothing is drawn twice and every choice can be written as text.
func flat[T any](choices []Choice[T], inner func(T) []Choice[T]) []Choice[T] {
	if !slices.ContainsFunc(choices, func(c Choice[T]) bool { return inner(c.Of) != nil }) {
		return slices.Clone(choices)
	}
	var all []Choice[T]
	for i, percent := range shares(choices) {
		nested := inner(choices[i].Of)
		if nested == nil {
			all = append(all, Choice[T]{percent, choices[i].Of})
			continue
		}
		left := 100.0
		for j, share := range shares(nested) {
			all = append(all, Choice[T]{percent * share / 100, nested[j].Of})
			left -= share
		}
		if left > smallest {
			var rest T
			all = append(all, Choice[T]{percent * left / 100, rest})
		}
	}
	return all
}

// smallest is the percentage below which a sum that is not quite 100 is one that was rounded.
const smallest = 1e-9

// shares are how likely the choices really are. Their sum is 100, or less when the rest is left to the fake.
func shares[T any](choices []Choice[T]) []float64 {
	sum, open := 0.0, 0
	for _, c := range choices {
		if c.Percent > 0 {
			sum += c.Percent
		} else {
			open++
		}
	}
	all := make([]float64, len(choices))
	for i, c := range choices {
		switch {
		case c.Percent > 0:
			all[i] = c.Percent * 100 / max(sum, 100)
		case open > 0:
			all[i] = max(100-sum, 0) / float64(open)
		}
	}
	return all
}

// pick draws one of the choices; the zero value is the rest that is left to the fake.
func pick[T any](choices []Choice[T], dice *rand.Rand) (picked T) {
	at, sum := dice.Float64()*100, 0.0
	for i, share := range shares(choices) {
		if sum += share; at < sum || share > 0 && sum > 100-smallest {
			return choices[i].Of
		}
	}
	return picked
}

// between draws a duration from a range that includes both ends; without a range it is the least.
func between(least, most time.Duration, dice *rand.Rand) time.Duration {
	if most <= least {
		return least
	}
	return least + time.Duration(dice.Int64N(int64(most-least)+1))
}

// draw settles what was left to chance.
func (r Reply) draw(dice *rand.Rand) Reply {
	if r.Choices != nil {
		r = pick(r.Choices, dice)
	}
	r.Pause, r.PauseMax = between(r.Pause, r.PauseMax, dice), 0
	return r
}

func (l Link) draw(dice *rand.Rand) Link {
	if l.Choices != nil {
		l = pick(l.Choices, dice)
	}
	l.Latency, l.LatencyMax = between(l.Latency, l.LatencyMax, dice), 0
	return l
}

func (r Reply) isRandom() bool {
	return r.PauseMax > r.Pause || r.Choices != nil
}

func (l Link) isRandom() bool {
	return l.LatencyMax > l.Latency || l.Choices != nil
}
