package scenario

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// reference is the language reference: the package comment without its comment marks.
func reference(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for l := range strings.Lines(string(src)) {
		b.WriteString(strings.TrimPrefix(strings.TrimPrefix(l, "//"), " "))
	}
	return b.String()
}

// TestReferenceIsComplete wants every word of the language in the reference.
func TestReferenceIsComplete(t *testing.T) {
	text := reference(t)
	want := func(what string, words ...string) {
		for _, w := range words {
			if !regexp.MustCompile(`(?m)^\t.*` + regexp.QuoteMeta(w)).MatchString(text) {
				t.Errorf("the reference does not tell of the %s %s", what, w)
			}
		}
	}
	for _, s := range Subjects() {
		if !regexp.MustCompile(`(?m)^\t` + regexp.QuoteMeta(s.Name) + `[ \n]`).MatchString(text) {
			t.Errorf("the reference does not tell of the subject %s", s.Name)
		}
	}
	want("verb", keys(verbs)...)
	want("head word", keys(headWords)...)
	want("option", optionNames...)
	want("filter", filterKeys...)
	want("certificate", certificates...)
	for _, p := range fakeProperties {
		want("template", "{{FAKE."+p+"}}")
	}
}

// TestExampleOfTheReference parses the example at the top of the reference and holds it to its usual form.
func TestExampleOfTheReference(t *testing.T) {
	text := reference(t)
	from := strings.Index(text, "\t# A 503 is retried")
	to := strings.Index(text, "# Lines and words")
	var b strings.Builder
	for l := range strings.Lines(text[from:to]) {
		b.WriteString(strings.TrimPrefix(l, "\t"))
	}
	parse(t, b.String())
	formatted, err := Format("x.txtar", []byte(b.String()))
	if err != nil || string(formatted) != strings.TrimRight(b.String(), "\n")+"\n" {
		t.Errorf("%v, the usual form is:\n%s", err, formatted)
	}
}
