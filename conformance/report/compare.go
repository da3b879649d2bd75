package report

import (
	"fmt"
	"io"
	"strings"
)

// Comparison is what differs between two runs of the same cases.
type Comparison struct {
	// Changed are the cases that both have, with another verdict each; those that got worse come first.
	Changed []Change
	// Gone are cases of the first that the second lacks, New the other way round.
	Gone, New []string
	same      int
}

// Change is a case that has another verdict than before.
type Change struct {
	Case          string
	Before, After Verdict
	// Worse: the verdict needs more attention than before.
	Worse bool
}

// Compare tells what the second report says differently.
func Compare(before, after *Report) Comparison {
	var c Comparison
	was, is := before.byCase(), after.byCase()
	var better []Change
	for _, one := range after.Cases {
		key := keyOf(one)
		old, ok := was[key]
		switch {
		case !ok:
			c.New = append(c.New, key.String())
		case old == one.Verdict:
			c.same++
		case worsened(old, one.Verdict):
			c.Changed = append(c.Changed, Change{key.String(), old, one.Verdict, true})
		default:
			better = append(better, Change{key.String(), old, one.Verdict, false})
		}
	}
	c.Changed = append(c.Changed, better...)
	for _, one := range before.Cases {
		if _, ok := is[keyOf(one)]; !ok {
			c.Gone = append(c.Gone, keyOf(one).String())
		}
	}
	return c
}

// worsened tells whether a verdict needs more attention than the one before. That something is no longer played is worse than that
// it passed, and better than everything else.
func worsened(before, after Verdict) bool {
	switch {
	case after == Skip:
		return before == Pass
	case before == Skip:
		return after != Pass
	}
	return after.worse(before)
}

// Worse tells whether any case got worse.
func (c Comparison) Worse() bool { return len(c.Changed) > 0 && c.Changed[0].Worse }

// Write writes one line for each difference, and a count.
func (c Comparison) Write(w io.Writer) error {
	var b strings.Builder
	for _, change := range c.Changed {
		word := "better"
		if change.Worse {
			word = "worse"
		}
		fmt.Fprintf(&b, "%-7s %s: %s, was %s\n", word, change.Case, change.After, change.Before)
	}
	for _, name := range c.Gone {
		fmt.Fprintf(&b, "%-7s %s\n", "gone", name)
	}
	for _, name := range c.New {
		fmt.Fprintf(&b, "%-7s %s\n", "new", name)
	}
	fmt.Fprintf(&b, "%d changed, %d gone, %d new, %d as before\n", len(c.Changed), len(c.Gone), len(c.New), c.same)
	_, err := io.WriteString(w, b.String())
	return err
}
