package river

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// everything has a field of every type that Decode knows.
type everything struct {
	Common   `river:",squash"`
	Text     string              `river:"text,attr,optional"`
	Whole    int                 `river:"whole,attr,optional"`
	Small    uint8               `river:"small,attr,optional"`
	Number   float64             `river:"number,attr,optional"`
	Flag     bool                `river:"flag,attr,optional"`
	Password Secret              `river:"password,attr,optional"`
	Wait     time.Duration       `river:"wait,attr,optional"`
	List     []string            `river:"list,attr,optional"`
	Texts    map[string]string   `river:"texts,attr,optional"`
	Lists    map[string][]Secret `river:"lists,attr,optional"`
	Targets  []map[string]string `river:"targets,attr,optional"`
	Level    level               `river:"level,attr,optional"`
	Sinks    []fmt.Stringer      `river:"sinks,attr,optional"`
	Any      any                 `river:"any,attr,optional"`
	Struct   *point              `river:"point,attr,optional"`
	Inner    []inner             `river:"inner,block,optional"`
	Single   *inner              `river:"dotted.single,block,optional"`
}

type Common struct {
	Shared int `river:"shared,attr,optional"`
}

func (c *Common) SetDefaults() { c.Shared = 7 }

func (c *Common) Validate() error {
	if c.Shared < 0 {
		return Fieldf("shared", "must not be negative, got %d", c.Shared)
	}
	return nil
}

type point struct {
	X int `river:"x,attr"`
	Y int `river:"y,attr,optional"`
}

type inner struct {
	Label  string `river:",label"`
	Number int    `river:"number,attr"`
	Extra  int    `river:"extra,attr,optional"`
}

func (i *inner) SetDefaults() { i.Extra = 3 }

func (i *inner) Validate() error {
	if i.Number > 100 {
		return errors.Join(Fieldf("number", "at most 100, got %d", i.Number), errors.New("too big"))
	}
	return nil
}

type level int

func (l *level) UnmarshalText(text []byte) error {
	if string(text) != "high" {
		return fmt.Errorf("level must be \"high\", got %q", text)
	}
	*l = 9
	return nil
}

type sink string

func (s sink) String() string { return string(s) }

func testScope() Scope {
	scope := Builtins(func(name string) string { return "value of " + name })
	scope["test"] = map[string]any{"sink": ValueOf(struct {
		Receiver sink   `river:"receiver,attr"`
		Secret   Secret `river:"secret,attr"`
	}{"s", "hush"})}
	return scope
}

func decodeText(text string, v any) error {
	file, err := Parse("f", []byte(text))
	if err != nil {
		return err
	}
	return Decode(file.Body.Blocks()[0], testScope(), v)
}

func TestDecode(t *testing.T) {
	var got everything
	err := decodeText(`test "label" {
		shared   = 1
		text     = env("X")
		whole    = 1e3
		small    = 255
		number   = 2
		flag     = 1 < 2
		password = "p" + test.sink.secret
		wait     = "1m30s"
		list     = ["a", to_upper("b")]
		texts    = {a = "b", "c d" = "e"}
		lists    = {h = ["v"]}
		targets  = concat([{a = "b"}], [])
		level    = "high"
		sinks    = [test.sink.receiver, null]
		any      = {a = [1, 2.5, null, true]}
		point    = {x = -1}
		inner "one" { number = 1 }
		inner "two" {
			number = 2
			extra  = 4
		}
		dotted.single "x" { number = 5 }
	}`, &got)
	if err != nil {
		t.Fatal(Explain(err))
	}
	want := everything{
		Common: Common{1}, Text: "value of X", Whole: 1000, Small: 255, Number: 2, Flag: true, Password: "phush", Wait: 90 * time.Second,
		List: []string{"a", "B"}, Texts: map[string]string{"a": "b", "c d": "e"}, Lists: map[string][]Secret{"h": {"v"}},
		Targets: []map[string]string{{"a": "b"}}, Level: 9, Sinks: []fmt.Stringer{sink("s"), nil},
		Any: map[string]any{"a": []any{int64(1), 2.5, nil, true}}, Struct: &point{X: -1},
		Inner: []inner{{"one", 1, 3}, {"two", 2, 4}}, Single: &inner{"x", 5, 3},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeKeepsDefaults(t *testing.T) {
	shared := &inner{Number: 1}
	got := everything{Single: shared, Inner: []inner{{Label: "default"}}}
	if err := decodeText(`test { dotted.single "s" { number = 2 } }`, &got); err != nil {
		t.Fatal(err)
	}
	if got.Shared != 7 || len(got.Inner) != 1 || got.Single.Number != 2 || shared.Number != 1 {
		t.Errorf("got %+v, shared %+v", got, shared)
	}
	if err := decodeText(`test { inner "x" { number = 2 } }`, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Inner) != 1 || got.Inner[0].Label != "x" {
		t.Errorf("default blocks were kept beside the written one: %+v", got.Inner)
	}
}

// TestDecodeErrors pins place, message and way out of each mistake one can make in the contents of a block.
func TestDecodeErrors(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{`txet = "x"`, `f:2:1: unknown attribute "txet" in test.l (did you mean "text"?)`},
		{`inner = 1`, `f:2:1: unknown attribute "inner" in test.l (inner is a block: write inner { ... } without the equals sign)`},
		{`texts { }`, `f:2:1: unknown block "texts" in test.l (texts is an attribute: write texts = ...)`},
		{`dott { }`, `f:2:1: unknown block "dott" in test.l (did you mean "dotted.single"?)`},
		{`whole = 99999999999999999999`, `f:2:9: value of whole: 1e+20 is out of range`},
		{`iner { }`, `f:2:1: unknown block "iner" in test.l (did you mean "inner"?)`},
		{`quite_another { }`, `f:2:1: unknown block "quite_another" in test.l (known are dotted.single, inner)`},
		{`inner "x" { sub { } }`, `f:2:1: attribute "number" is missing in inner.x (add number = ...) (and 1 more)`},
		{"text = \"a\"\ntext = \"b\"", `f:3:1: attribute "text" is given twice in test.l, first on line 2 (remove one of them)`},
		{"dotted.single \"a\" { number = 1 }\ndotted.single \"b\" { number = 1 }", `f:3:1: block "dotted.single" is given twice in test.l, first on line 2 (remove one of them)`},
		{`inner { number = 1 }`, `f:2:1: block "inner" has no label (write inner "LABEL" { ... })`},
		{`text = 5`, `f:2:8: value of text: expected a string, got a number`},
		{`text = null`, `f:2:8: value of text: expected a string, got null`},
		{`text = test.sink.secret`, `f:2:8: value of text: expected a string, got a secret (a secret cannot be used here; nonsensitive(...) makes it an ordinary string)`},
		{`text = test.sink.receiver`, `f:2:8: value of text: expected a string, got a value of type river.sink`},
		{`whole = "5"`, `f:2:9: value of whole: expected a number, got a string`},
		{`whole = 1.5`, `f:2:9: value of whole: 1.5 is not a whole number`},
		{`small = 256`, `f:2:9: value of small: 256 is out of range`},
		{`small = -1`, `f:2:9: value of small: -1 is out of range`},
		{`flag = "true"`, `f:2:8: value of flag: expected a bool, got a string`},
		{`wait = 15`, `f:2:8: value of wait: expected a duration, got a number (write a number with its unit, for example "15s", "500ms" or "1h30m")`},
		{`wait = "15"`, `f:2:8: value of wait: "15" is not a duration (write a number with its unit, for example "15s", "500ms" or "1h30m")`},
		{`list = "a"`, `f:2:8: value of list: expected a list(string), got a string (write a list in brackets, also one of a single element: [ ... ])`},
		{`list = ["a", 5]`, `f:2:14: value of list[1]: expected a string, got a number`},
		{`targets = [{a = "b", c = [1]}]`, `f:2:26: value of targets[0]["c"]: expected a string, got a list`},
		{`texts = {a = "b", a = "c"}`, `f:2:19: key "a" is given twice (remove one of them)`},
		{`level = "low"`, `f:2:9: value of level: level must be "high", got "low"`},
		{`sinks = ["a"]`, `f:2:10: value of sinks[0]: expected a fmt.Stringer, got a string (refer to what another component exports, for example TYPE.LABEL.receiver)`},
		{`point = {x = 1, z = 2}`, `f:2:9: value of point: unknown key "z"`},
		{`point = {y = 1}`, `f:2:9: value of point: key "x" is missing`},
		{`password = 5`, `f:2:12: value of password: expected a secret, got a number`},
		{`password = hunter2`, `f:2:12: a name in the value of "password" is not defined (put it in double quotes if it is meant as text)`},
		{`shared = -1`, `f:2:10: test.l: must not be negative, got -1`},
		{`inner "x" { number = 101 }`, `f:2:1: inner.x: too big (and 1 more)`},
		{`text = nothing`, `f:2:8: "nothing" is not defined (put it in double quotes if it is meant as text)`},
		{`text = trim_spaces("")`, `f:2:8: "trim_spaces" is not defined (did you mean "trim_space"?)`},
		{`sinks = [test.sink.reciever]`, `f:2:20: test.sink has no field "reciever" (did you mean "receiver"?)`},
		{`text = test.sink.receiver.x`, `f:2:27: test.sink.receiver has no fields, so it has no "x": it is a value of type river.sink`},
		{`text = [1][1]`, `f:2:12: index 1 is outside of the list, which has 1 element (the first element is [0])`},
		{`text = [1]["a"]`, `f:2:12: index of a list is a whole number, not a string`},
		{`text = {a = 1}[0]`, `f:2:16: index of a map is a string, not a number`},
		{`text = {a = 1}["b"]`, `f:2:16: the value has no field "b"`},
		{`text = "a"[0]`, `f:2:8: only lists and maps have an index, not a string`},
		{`text = "a"()`, `f:2:8: the value is not a function, but a string`},
		{`text = env()`, `f:2:8: call env: expected 1 argument, got 0`},
		{`text = env(test.sink.secret)`, `f:2:8: call env: argument 1 must be a string, not a secret`},
		{`text = "a" - "b"`, `f:2:8: operator - does not work between a string and a string`},
		{`text = !1`, `f:2:8: operator ! does not work on a number`},
		{`whole = 1 / 0`, `f:2:9: division by zero`},
		{`flag = 1 && true`, `f:2:8: operator && needs bools on both sides, not a number`},
	} {
		err := decodeText("test \"l\" {\n"+test.in+"\n}", new(everything))
		if err == nil {
			t.Errorf("%s: accepted", test.in)
		} else if err.Error() != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.in, err, test.want)
		}
	}
}

func TestErrorsHideSecrets(t *testing.T) {
	for _, in := range []string{
		`password = 8675309`, `password = hunter2`, `password = ["hunter2"]`, `password = "hunter2`, `passwrod = "hunter2"`,
		`password = {"a" = "hunter2"}`, `lists = {a = "hunter2"}`, `lists = {a = ["b", hunter2]}`, `password = 8675309x`,
		"text = 5 // hunter2", "password = `hunter2", `text = json_decode("hunter2")`, `text = test.sink.secret`,
		`inner "x" { number = "hunter2" + 1 }`, `texts = {"k" = "hunter2", "n" = 5}`,
	} {
		err := decodeText("test \"l\" {\n"+in+"\n}", new(everything))
		if err == nil {
			t.Errorf("%s: accepted", in)
			continue
		}
		for _, shown := range []string{Explain(err), err.Error()} {
			if strings.Contains(shown, "hunter2") || strings.Contains(shown, "8675309") || strings.Contains(shown, "hush") {
				t.Errorf("%s: secret shown:\n%s", in, shown)
			}
		}
	}
}

func TestSecretNeverPrints(t *testing.T) {
	s := struct{ S Secret }{"hunter2"}
	asJSON, err := json.Marshal([]any{s, s.S})
	if err != nil {
		t.Fatal(err)
	}
	shown := string(asJSON)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		shown += fmt.Sprintf(verb+" "+verb, s, s.S)
	}
	shown += s.S.LogValue().String()
	if strings.Contains(shown, "hunter2") || strings.Contains(shown, fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("secret shown: %s", shown)
	}
}

func TestPromotedValidateIsAskedOnce(t *testing.T) {
	var v struct {
		Common `river:",squash"`
	}
	err := decodeText("test { shared = -1 }", &v)
	var list Diagnostics
	if !errors.As(err, &list) || len(list) != 1 {
		t.Errorf("got %v, want one diagnostic", err)
	}
}

func TestFieldErrorPaths(t *testing.T) {
	file, err := Parse("f", []byte("test {\n endpoint {\n  url = 1\n }\n endpoint {\n  url = 2\n  tls.x {\n   a = 1\n  }\n }\n list = [1, 2]\n}"))
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"endpoint": "f:2:2", "endpoint[1]": "f:5:2", "endpoint[1].url": "f:6:3", "endpoint[0].url": "f:3:3", "endpoint[1].tls.x.a": "f:8:4",
		"list[1]": "f:11:13", "list[7]": "f:11:9", "endpoint[2].url": "f:1:1", "nothing": "f:1:1", "endpoint.nothing": "f:2:2", "endpoint[": "f:1:1",
	} {
		place, _ := locateField(file.Body.Blocks()[0], structFields{}, field)
		if got := place.Start().String(); got != want {
			t.Errorf("%s: got %s, want %s", field, got, want)
		}
	}
}
