package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// within tells whether a version meets all constraints in a text such as ">=2.42 <3". An empty text allows every version.
// Versions are compared number by number; a missing number counts as 0, and what follows the numbers is not looked at.
func within(version, constraints string) (bool, error) {
	have, err := numbers(version)
	if err != nil && constraints != "" {
		return false, err
	}
	ok := true
	for c := range strings.FieldsSeq(constraints) {
		op := c[:len(c)-len(strings.TrimLeft(c, "<>="))]
		want, err := numbers(c[len(op):])
		if err != nil {
			return false, err
		}
		order := compareVersions(have, want)
		switch op {
		case "=":
			ok = ok && order == 0
		case "<":
			ok = ok && order < 0
		case "<=":
			ok = ok && order <= 0
		case ">":
			ok = ok && order > 0
		case ">=":
			ok = ok && order >= 0
		default:
			return false, fmt.Errorf("version constraint %q: want one of = < <= > >= before the number", c)
		}
	}
	return ok, nil
}

// numbers are the dotted numbers at the beginning of a version, with or without a v before them.
func numbers(version string) ([]int, error) {
	text := strings.TrimPrefix(version, "v")
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		text = text[:i]
	}
	var ns []int
	for part := range strings.SplitSeq(strings.Trim(text, "."), ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("version %q: want numbers with dots", version)
		}
		ns = append(ns, n)
	}
	return ns, nil
}

func compareVersions(a, b []int) int {
	for i := range max(len(a), len(b)) {
		var x, y int
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
	}
	return 0
}
