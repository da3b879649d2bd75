package clause

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

var idPattern = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)

// testPattern is the name of a test: a folder below the root of the repository, then a function of its tests.
var testPattern = regexp.MustCompile(`^[a-z0-9_]+(/[a-z0-9_]+)*#Test[A-Z0-9_][A-Za-z0-9_]*$`)

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
	for i, test := range c.ShownBy {
		if !testPattern.MatchString(test) {
			fail("shown_by %q: want FOLDER#TestName, like reference/wal#TestRepair", test)
		}
		if slices.Contains(c.ShownBy[:i], test) {
			fail("shown_by %q is there twice", test)
		}
	}
	if c.Untestable != "" && len(c.ShownBy) > 0 {
		fail("it is shown by a test and says in untestable why it cannot be: leave one out")
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
