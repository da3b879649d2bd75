package river

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Nearest returns the candidate that is spelled most like word, or "" when none is close: about a third of the word's
// letters may differ.
func Nearest(word string, candidates []string) string {
	best, least := "", (len([]rune(word))+1)/3+1
	for _, c := range candidates {
		if d := distance([]rune(word), []rune(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// completion is the only candidate that begins with the word, which has at least three letters.
func completion(word string, candidates []string) string {
	longer := slices.DeleteFunc(slices.Clone(candidates), func(c string) bool { return !strings.HasPrefix(c, word) })
	if len(word) < 3 || len(longer) != 1 {
		return ""
	}
	return longer[0]
}

// didYouMean is the hint for a misspelt or shortened word, or "".
func didYouMean(word string, candidates []string) string {
	if near := cmp.Or(Nearest(word, candidates), completion(word, candidates)); near != "" {
		return "did you mean " + quoted(near) + "?"
	}
	return ""
}

func quoted(text string) string { return strconv.Quote(text) }

// distance counts the insertions, deletions, replacements and swaps of neighbours that turn a into b.
func distance(a, b []rune) int {
	var before, above []int
	row := make([]int, len(b)+1)
	for k := range row {
		row[k] = k
	}
	for i := range a {
		before, above, row = above, row, make([]int, len(b)+1)
		row[0] = i + 1
		for k := range b {
			cost := 1
			if a[i] == b[k] {
				cost = 0
			}
			row[k+1] = min(row[k]+1, above[k+1]+1, above[k]+cost)
			if i > 0 && k > 0 && a[i] == b[k-1] && a[i-1] == b[k] {
				row[k+1] = min(row[k+1], before[k-1]+1)
			}
		}
	}
	return row[len(b)]
}
