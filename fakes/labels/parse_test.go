package labels

import (
	"errors"
	"testing"
)

func TestParseMatches(t *testing.T) {
	up := Labels{{MetricName, "up"}, {"instance", "h:1"}, {"job", "a"}}
	tests := []struct {
		selector string
		want     bool
	}{
		{`up`, true},
		{` up {} `, true},
		{`{}`, true},
		{`down`, false},
		{`up{job="a"}`, true},
		{`up{job='a',}`, true},
		{"up{job=`a`}", true},
		{`up{job="b"}`, false},
		{`up{job!="b"}`, true},
		{`up{job!="a"}`, false},
		{`up{job=~"a|b", instance=~".*:1"}`, true},
		{`up{job=~"b|c"}`, false},
		{`up{instance=~"h"}`, false}, // anchored
		{`up{instance!~"h"}`, true},
		{`up{instance!~"h.*"}`, false},
		{`up{absent=""}`, true},
		{`up{absent!=""}`, false},
		{`{__name__="up"}`, true},
		{`{"up", job="a"}`, true},
		{`{"up"}`, true},
		{`{"job"="a"}`, true},
		{`up{job="\x61"}`, true},
		{`up{job="\u0061"}`, true},
	}
	for _, test := range tests {
		s, err := Parse(test.selector)
		if err != nil {
			t.Errorf("%s: %v", test.selector, err)
			continue
		}
		if got := s.Matches(up); got != test.want {
			t.Errorf("%s: matches is %v, want %v", test.selector, got, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		selector string
		column   int
		problem  string
	}{
		{``, 1, `it is empty; {} matches everything`},
		{`up{`, 4, `want a label name, it ends here`},
		{`up{job}`, 7, `want =, !=, =~ or !~, have "}"`},
		{`up{job=}`, 8, `want a quoted value, have "}"`},
		{`up{job="a`, 8, `the quote is not closed`},
		{`up{job="a\"`, 8, `the quote is not closed`},
		{`up{job="a" x="b"}`, 12, `want "," or "}", have "x"`},
		{`up{job="\q"}`, 9, `the escape is not one of Go's`},
		{`up{job=~"("}`, 9, "compile pattern \"(\": error parsing regexp: missing closing ): `(`"},
		{`up{job=~"a)(b"}`, 9, "compile pattern \"a)(b\": error parsing regexp: unexpected ): `a)(b`"},
		{`up{job="a"}[5m]`, 12, `want the end, have "["`},
		{`9lives`, 1, `want the end, have "9"`},
	}
	for _, test := range tests {
		_, err := Parse(test.selector)
		var parse *ParseError
		if !errors.As(err, &parse) {
			t.Errorf("%s: error is %v, want a *ParseError", test.selector, err)
			continue
		}
		if parse.Column != test.column || parse.Problem != test.problem {
			t.Errorf("%s: column %d: %s; want column %d: %s", test.selector, parse.Column, parse.Problem, test.column, test.problem)
		}
	}
}

// FuzzParse checks that no input panics and that what a label set prints as finds that label set.
func FuzzParse(f *testing.F) {
	f.Add(`up{job="a",x!~"b.*"}`, "job", "a\n\"'`\xff")
	f.Add("{\"a b\"='\\x00'}", "näme", "")
	f.Fuzz(func(t *testing.T, selector, name, value string) {
		if s, err := Parse(selector); err == nil {
			s.Miss(Labels{{name, value}})
		}
		if name == "" {
			return
		}
		ls := Labels{{MetricName, value}, {name, value}}
		s, err := Parse(ls.String())
		if err != nil {
			t.Fatalf("%s: %v", ls, err)
		}
		if !s.Matches(ls) {
			t.Fatalf("%s does not match the labels it was made of", ls)
		}
	})
}
