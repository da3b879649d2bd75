package clause

import (
	"fmt"
	"strings"
)

// Expand resolves the braces in a name, in order: {PW,PWA}-URL stands for PW-URL and PWA-URL. Braces do not nest.
func Expand(name string) ([]string, error) {
	head, rest, found := strings.Cut(name, "{")
	if !found {
		if strings.Contains(name, "}") {
			return nil, fmt.Errorf("expand %q: a brace is closed but not opened", name)
		}
		return []string{name}, nil
	}
	inner, tail, closed := strings.Cut(rest, "}")
	if !closed || strings.ContainsAny(inner, "{") || strings.Contains(head, "}") {
		return nil, fmt.Errorf("expand %q: braces must come in pairs and cannot nest", name)
	}
	tails, err := Expand(tail)
	if err != nil {
		return nil, fmt.Errorf("expand %q: braces must come in pairs and cannot nest", name)
	}
	var names []string
	for choice := range strings.SplitSeq(inner, ",") {
		for _, t := range tails {
			names = append(names, head+choice+t)
		}
	}
	return names, nil
}
