package river

import (
	"bytes"
	"strings"
	"testing"
)

func seed(f *testing.F) {
	for _, text := range []string{
		pageExample, "", "a = 1", "a {", "a = [1,\n// x\n]", "a = {\"b\\\"\" = `c`,}", "a = \"\\u00e4\\x41\"", "a=.5+1.e", "/*", "a.b.c \"d\" {}",
		"a = [1 /* x\n */, 2]\r\n", "a = 1 /* x\n*/ // y\nb=2", "a = - - !b[c](d, e).f", "a = 9223372036854775808 * -1",
	} {
		f.Add([]byte(text))
	}
}

// FuzzScanner checks that tokens lie in the text, in order, each with the text of its place.
func FuzzScanner(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		tokens, errs := scan(newSource("f", text))
		at := 0
		for _, token := range tokens {
			if token.start < at || token.end < token.start || token.end > len(text) {
				t.Fatalf("token %q at [%d,%d) after %d", token.text, token.start, token.end, at)
			}
			if token.kind != kindNewline && token.text != string(text[token.start:token.end]) {
				t.Fatalf("token %q at %q", token.text, text[token.start:token.end])
			}
			at = token.end
		}
		if tokens[len(tokens)-1].kind != kindEOF {
			t.Fatal("no end of file")
		}
		for _, e := range errs {
			if e.Pos.Line() < 1 || e.Pos.Column() < 1 {
				t.Fatalf("error without a place: %v", e)
			}
		}
	})
}

// FuzzFormat checks that what was printed reads as the same configuration, that printing it again changes nothing, and
// that no comment is lost.
func FuzzFormat(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("f", text)
		if err != nil {
			if Explain(err) == "" || !strings.Contains(err.Error(), "f:") {
				t.Fatalf("error without a place: %v", err)
			}
			return
		}
		once := file.Bytes()
		again, err := Parse("f", once)
		if err != nil {
			t.Fatalf("%q was printed as %q, which is refused: %v", text, once, err)
		}
		if twice := again.Bytes(); !bytes.Equal(once, twice) {
			t.Fatalf("%q was printed as %q and then as %q", text, once, twice)
		}
		if got, want := shape(once), shape(text); got != want {
			t.Fatalf("%q was printed as %q: tokens %q became %q", text, once, want, got)
		}
		if cloned := file.Clone().Bytes(); !bytes.Equal(cloned, once) {
			t.Fatalf("clone was printed as %q instead of %q", cloned, once)
		}
	})
}

// shape is the words of a text without what formatting may change: spaces, commas, line ends, the quotes of keys, and
// the place of comments.
func shape(text []byte) string {
	tokens, _ := scan(newSource("f", text))
	var words []string
	comments := 0
	for _, token := range tokens {
		comments += len(token.comments)
		switch token.kind {
		case kindNewline, ",":
		case kindString:
			words = append(words, "string")
		default:
			words = append(words, token.text)
		}
	}
	return strings.Join(words, " ") + strings.Repeat(" //", comments)
}

// FuzzDecode checks that no text makes evaluation or decoding panic, and that an error names its place.
func FuzzDecode(f *testing.F) {
	seed(f)
	for _, text := range []string{
		"text = \"a\" + 1", "whole = 1.5", "list = [[1]]", "texts = {a = 1}", "inner { }", "wait = \"1x\"", "password = 5", "level = \"high\"",
		"inner \"x\" { number = 2 ^ 0.5 }", "text = format(\"%d\", 1)", "whole = json_decode(\"[1]\")[0]",
	} {
		f.Add([]byte(text))
	}
	scope := Builtins(func(string) string { return "x" })
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse("f", text)
		if err != nil {
			return
		}
		block := NewBlock("test", "")
		block.Body = file.Body
		var into everything
		if err := Decode(block, scope, &into); err != nil && err.Error() == "" {
			t.Fatal("empty error")
		}
	})
}
