package clause

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

var idPattern = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)

// IsID tells whether text has the form of a clause's name, with braces or without: capitals and digits in groups joined by
// hyphens.
func IsID(text string) bool {
	names, err := Expand(text)
	return err == nil && !slices.ContainsFunc(names, func(n string) bool { return !idPattern.MatchString(n) })
}

func (c Clause) validate() error {
	var problems []error
	fail := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("clause %q: "+format, append([]any{c.ID}, args...)...))
	}
	if !idPattern.MatchString(c.ID) {
		fail("id: want capitals and digits in groups joined by hyphens")
	}
	for _, field := range []struct{ name, value string }{
		{"component", c.Component}, {"statement", c.Statement}, {"how", c.How},
	} {
		if field.value == "" {
			fail("%s is missing", field.name)
		}
	}
	if !slices.Contains(pages(), c.Source) {
		fail("source %q is not one of %q", c.Source, pages())
	}
	if !slices.Contains(Levels(), c.Level) {
		fail("level %q is not one of %q", c.Level, Levels())
	}
	if !slices.Contains(kinds(), c.Kind) {
		fail("kind %q is not one of %q", c.Kind, kinds())
	}
	return join(problems)
}

func join(problems []error) error { return errors.Join(problems...) }
