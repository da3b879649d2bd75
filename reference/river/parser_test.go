package river

import (
	"errors"
	"strings"
	"testing"
)

// pageExample has everything the five pages use, in one file.
const pageExample = `// The agent scrapes itself.
prometheus.scrape "demo" {
  targets    = [
    // Our own address.
    {"__address__" = "localhost:12345", "app" = "agent"}, // with a label
  ]
  forward_to = [prometheus.remote_write.staging.receiver]
}

prometheus.remote_write "staging" {
  external_labels = {env = "staging"}

  endpoint {
    url            = "http://mimir:9009/api/v1/push"
    remote_timeout = "30s"
    headers        = {
      "X-Scope-OrgID" = "squad-1",
      zone            = env("ZONE"),
    }

    basic_auth {
      username = "example-user"
      password = "example-password"
    }
    queue_config { }
  }
}

phlare.scrape "local" {
  targets    = concat([], [{"__address__" = "a" + ":" + "1"}])
  forward_to = null
  profiling_config {
    profile.custom "mine" {
      enabled = !(1 + 2 * 3 ^ 2 < 4 || -1 == 2)
      path    = ` + "`/debug/x`" + `
      rate    = 1.5e3
      first   = phlare.write.local.list[0]["key"].name
    }
  }
}
// The end.
`

func TestPageExampleIsCanonical(t *testing.T) {
	got, err := Format([]byte(pageExample))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != pageExample {
		t.Errorf("format changed the canonical text:\n%s", got)
	}
}

func TestFormat(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"spaces", "a   =   1", "a = 1\n"},
		{"alignment", "a=1\nlonger=2\n\nb=3", "a      = 1\nlonger = 2\n\nb = 3\n"},
		{"block divides neighbours", "a=1\nb{}\nlonger=2", "a = 1\nb { }\nlonger = 2\n"},
		{"one-line block", `b "l" { a = 1 }`, "b \"l\" {\n  a = 1\n}\n"},
		{"empty lines", "\n\na=1\n\n\n\nb=2\n\n", "a = 1\n\nb = 2\n"},
		{"windows line ends", "a=1\r\n\r\nb=2\r\n", "a = 1\n\nb = 2\n"},
		{"byte order mark", "\uFEFFa=1", "a = 1\n"},
		{"short list", "a=[ 1,2 , ]", "a = [1, 2]\n"},
		{"long list", "a=[\n1,\n\n2,]", "a = [\n  1,\n\n  2,\n]\n"},
		{"object", `a={b=1,"c"=2,"d e"=3}`, `a = {b = 1, "c" = 2, "d e" = 3}` + "\n"},
		{"long object", "a={\nb=1,\nlong=2,\n}", "a = {\n  b    = 1,\n  long = 2,\n}\n"},
		{"comment beside", "a=1//x\nb=2 /* y */", "a = 1 //x\nb = 2 /* y */\n"},
		{"comment after a brace", "b { // x\n}", "b {\n  // x\n}\n"},
		{"comment in an expression", "a = 1 + // x\n 2", "// x\na = 1 + 2\n"},
		{"comment in a list", "a = [1, /* two */ 2]", "a = [\n  1,\n  /* two */\n  2,\n]\n"},
		{"comment before the end", "b { a=1\n // x\n}", "b {\n  a = 1\n  // x\n}\n"},
		{"comment about the file", "// x\n\n\n// y\na=1", "// x\n\n// y\na = 1\n"},
		{"comment apart from what follows", "// x\n\nb{}", "// x\n\nb { }\n"},
		{"operators", "a=-1+2*(3-f(4,5))^x[0].y", "a = -1 + 2 * (3 - f(4, 5)) ^ x[0].y\n"},
		{"line goes on after an operator", "a = 1 +\n2", "a = 1 + 2\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Format([]byte(test.in))
			if err != nil {
				t.Fatal(Explain(err))
			}
			if string(got) != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestSyntaxErrors pins place, message and way out of each mistake one can make in a text.
func TestSyntaxErrors(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"a = ", `f:1:4: attribute "a" has no value`},
		{"a = \nb = 1", `f:1:4: attribute "a" has no value`},
		{"a = = 1", `f:1:5: expected a value, got "="`},
		{"a", `f:1:2: expected "=" or "{" after "a", got the end of the line (write name = value or name { ... })`},
		{"a.b = 1", `f:1:1: attribute name "a.b" has a dot (only block names have dots)`},
		{"a. { }", `f:1:4: expected a name after the dot, got "{"`},
		{"a b { }", `f:1:3: label of block "a" is not quoted (write the label in double quotes)`},
		{`a "b c" { }`, `f:1:3: label of block "a" is not a name (use letters, digits and underscores only, and no digit first)`},
		{`"a" = 1`, `f:1:1: a statement cannot begin with a string (names of blocks and attributes are written without quotes)`},
		{"}", `f:1:1: unexpected "}": no block is open (remove it, or look for a block that ends too early)`},
		{"a {\n b {\n", `f:2:4: block "b" is never closed (add the missing })`},
		{"a = 1 b = 2", `f:1:7: expected the end of the line after "a", got "b" (write each statement on a line of its own)`},
		{"a = [1\n]", `f:1:7: missing comma after element (add a comma at the end of the line, also after the last element)`},
		{"a = {b = 1\n}", `f:1:11: missing comma after field (add a comma at the end of the line, also after the last field)`},
		{"a = [1 2]", `f:1:8: expected "]" after the last element, got "2" (separate them by commas)`},
		{"a = {1 = 2}", `f:1:6: expected the key of a field, got "1" (write key = value or "key" = value)`},
		{`a = {b: 2}`, `f:1:7: unexpected character ':' (write = between a name and its value, also in a map)`},
		{"a = f(1", `f:1:8: expected ")" after the arguments, got the end of the line (separate arguments by commas)`},
		{"a = (1", `f:1:7: expected ")" after the expression, got the end of the line`},
		{"a = b[1", `f:1:8: expected "]" after the index, got the end of the line`},
		{`a = "x`, "f:1:5: string is never closed (end it with a double quote on the same line, or use `raw quotes`)"},
		{"a = `x", "f:1:5: raw string is never closed (end it with another `)"},
		{`a = "\d"`, "f:1:6: unknown escape sequence in string (write \\\\ for a backslash, or use `raw quotes`)"},
		{"a = 1 /* x", "f:1:7: comment is never closed (end it with */)"},
		{"a = 12ab", `f:1:5: malformed number (write a decimal number like 15, 0.5 or 1e6, or put it in quotes)`},
		{"a = 1e999", `f:1:5: number is too large`},
		{"a = 'x'", `f:1:5: unexpected character '\'' (strings are written in double quotes) (and 1 more)`},
		{"# x", `f:1:1: unexpected character '#' (comments begin with //)`},
		{"a = 1;", `f:1:6: unexpected character ';' (statements are separated by line ends)`},
		{"a = $X", `f:1:5: unexpected character '$' (write env("NAME") for an environment variable)`},
		{"a = 1\x00", "f:1:6: the file is not a text: it has a byte 0 (give a text file in UTF-8)"},
		{"ä = \"\xff\"", "f:1:5: string is not valid UTF-8 (save the file as UTF-8)"},
		{"a = " + strings.Repeat("[", 1000), "f:1:505: nested too deeply"},
		{"a = 1" + strings.Repeat("+1", 1000), "f:1:1006: expression is too long"},
	} {
		_, err := Parse("f", []byte(test.in))
		if err == nil {
			t.Errorf("%.20q: accepted", test.in)
		} else if err.Error() != test.want {
			t.Errorf("%.20q:\n got %s\nwant %s", test.in, err, test.want)
		}
	}
}

func TestParserReportsEveryStatement(t *testing.T) {
	_, err := Parse("f", []byte("a = \nb {\n  c 1\n  d = 2\n  e = ]\n}\nf = {\n  g = ,\n}\nh = 1 1\n"))
	var list Diagnostics
	if !errors.As(err, &list) {
		t.Fatalf("got %v, want diagnostics", err)
	}
	var places []string
	for _, d := range list {
		places = append(places, d.Pos.String())
	}
	if got, want := strings.Join(places, " "), "f:1:4 f:3:5 f:5:7 f:8:7 f:10:7"; got != want {
		t.Errorf("got %s, want %s\n%s", got, want, Explain(err))
	}
}

func TestExplain(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"caret", "b {\n\ta = [1 22]\n}", `f:2:9: expected "]" after the last element, got "22"
    2 | 	a = [1 22]
      | 	       ^~
  separate them by commas
`},
		{"other strings are masked", `url = "http://u:p@h" name = "x" // key`, `f:1:22: expected the end of the line after "url", got "name"
    1 | url = "***" name = "***"
      |             ^~~~
  write each statement on a line of its own
`},
		{"nothing steers the terminal", "a = 1 \x1b", "f:1:7: unexpected character '\\x1b'\n    1 | a = 1 \uFFFD\n      |       ^\n"},
		{"a long line is cut", "a = [" + strings.Repeat("1, ", 1000) + "; " + strings.Repeat("1, ", 1000) + "]", "f:1:3006: unexpected character ';'\n    1 | \u2026" +
			strings.Repeat(", 1", 26) + ", ; " + strings.Repeat("1, ", 26) + "1\u2026\n      |  " + strings.Repeat(" ", 80) + "^\n  statements are separated by line ends\n"},
		{"half a string is masked", `password = "hunter2`, "f:1:12: string is never closed\n    1 | password = ***\n      |            ^~~\n  end it with a double quote on the same line, or use `raw quotes`\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("f", []byte(test.in))
			if err == nil {
				t.Fatal("accepted")
			}
			if got := Explain(err); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
