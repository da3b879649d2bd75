package scenario

import (
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	const before = `#It is   shown.


clause A-B  {C,D}-E
killed   by a,b
each one=two
each   longer = a, "b c"
let x = 1

fake mimir  m   reply 503
start   agent c
[real]   wait m requests >=  1 within 1s
#  why
check m requests = 1 A-B
check m statuses = 200   503   {{p}}-E # because

-- c --
a   =   1


-- empty --

`
	const after = `# It is   shown.

clause    A-B {C,D}-E
killed by a,b
each      one=two
each      longer = a, "b c"
let       x      = 1

fake  mimir m reply 503
start agent c
[real] wait m requests >= 1 within 1s
# why
check m requests = 1        A-B
check m statuses = 200 503  {{p}}-E  # because

-- c --
a   =   1
-- empty --
`
	got, err := Format("x.txtar", []byte(before))
	if err != nil || string(got) != after {
		t.Fatalf("%v, got:\n%s", err, got)
	}
	if again, err := Format("x.txtar", got); err != nil || string(again) != after {
		t.Errorf("%v, formatted twice:\n%s", err, again)
	}
	if _, err := Format("x.txtar", []byte("# a\ncheck \"\n")); err == nil || err.Error() != "x.txtar:2:7: a quote is opened and not closed on this line" {
		t.Errorf("got %v", err)
	}
}

// FuzzParse holds parser and formatter to three promises: no panic, formatting twice changes nothing more, and what parses still does
// after formatting, with the same cases.
func FuzzParse(f *testing.F) {
	f.Add(story)
	f.Add("# a\nfake mimir m\nstart agent c\ncheck m requests >= 1\n-- c --\n")
	f.Add("let a = \"\\\"\", real {{a}}\n[!a=b|c] x {{include {{\n-- x --")
	f.Fuzz(func(t *testing.T, text string) {
		s, parseErr := Parse("x.txtar", []byte(text))
		once, err := Format("x.txtar", []byte(text))
		if err != nil {
			if parseErr == nil {
				t.Fatalf("parses and cannot be formatted: %v", err)
			}
			return
		}
		twice, err := Format("x.txtar", once)
		if err != nil || string(twice) != string(once) {
			t.Fatalf("%v, once:\n%s\ntwice:\n%s", err, once, twice)
		}
		if parseErr != nil {
			return
		}
		back, err := Parse("x.txtar", once)
		if err != nil {
			t.Fatalf("parses no longer: %v\n%s", err, once)
		}
		if got, want := ids(t, back), ids(t, s); got != want {
			t.Fatalf("the cases were %s and are %s", want, got)
		}
	})
}

func ids(t *testing.T, s *Scenario) string {
	t.Helper()
	var all []string
	for _, c := range expand(t, s, Virtual) {
		all = append(all, c.ID)
	}
	return strings.Join(all, "; ")
}
