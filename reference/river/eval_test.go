package river

import (
	"math"
	"reflect"
	"testing"
)

func TestEval(t *testing.T) {
	for _, test := range []struct {
		in   string
		want any
	}{
		{`null`, nil},
		{`1 + 2 * 3`, int64(7)},
		{`(1 + 2) * 3`, int64(9)},
		{`7 / 2`, int64(3)},
		{`7 / 2.0`, 3.5},
		{`7 % 4`, int64(3)},
		{`7.5 % 2`, 1.5},
		{`2 ^ 3 ^ 2`, int64(512)},
		{`2 ^ 0.5`, math.Sqrt2},
		{`10 - 3 - 2`, int64(5)},
		{`-2 ^ 2`, int64(4)},
		{`9223372036854775807 + 1`, 9223372036854775808.0},
		{`-9223372036854775808`, int64(math.MinInt64)},
		{`-9223372036854775808 / -1`, 9223372036854775808.0},
		{`.5 + 1e3`, 1000.5},
		{`"a" + "b"`, "ab"},
		{`"a" < "b"`, true},
		{`1 == 1.0`, true},
		{`9007199254740993 == 9007199254740992`, false},
		{`[1, {a = "x"}] == [1.0, {"a" = "x"}]`, true},
		{`{a = 1} == {a = 1, b = 2}`, false},
		{`null == false`, false},
		{`"1" != 1`, true},
		{`false && nothing`, false},
		{`true || nothing`, true},
		{`!true == false`, true},
		{`secret + "b" == "ab"`, true},
		{`nonsensitive(secret) + "b"`, "ab"},
		{`secret + "b"`, Secret("ab")},
		{`{a = [1, 2]}.a[1]`, int64(2)},
		{"`a\\n` + \"\\n\"", "a\\n\n"},
		{`env("HOME")`, "<HOME>"},
		{`concat([1], [], [2, 3])`, []any{int64(1), int64(2), int64(3)}},
		{`coalesce(null, "", [], 0, "x", "y")`, "x"},
		{`coalesce()`, nil},
		{`join(["a", "b"], "-")`, "a-b"},
		{`split("a-b", "-")`, []any{"a", "b"}},
		{`replace("aXbX", "X", "-")`, "a-b-"},
		{`format("%s=%d %v %.1f %%", "a", 5, true, 1.25)`, "a=5 true 1.2 %"},
		{`to_lower("A") + to_upper("b") + trim_space(" c ") + trim("xdx", "x") + trim_prefix("pe", "p") + trim_suffix("fs", "s")`, "aBcdef"},
		{`json_decode("{\"a\": [1, 2.5, \"x\", null]}")`, map[string]any{"a": []any{int64(1), 2.5, "x", nil}}},
		{`json_decode(json_secret)[0]`, Secret("x")},
	} {
		e, err := ParseExpr(test.in)
		if err != nil {
			t.Errorf("%s: %v", test.in, err)
			continue
		}
		scope := Builtins(func(name string) string { return "<" + name + ">" })
		scope["secret"], scope["json_secret"] = Secret("a"), Secret(`["x"]`)
		got, err := Eval(e, scope)
		if err != nil {
			t.Errorf("%s: %v", test.in, err)
		} else if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %#v, want %#v", test.in, got, test.want)
		}
	}
}

func TestNewExprRoundTrip(t *testing.T) {
	for _, v := range []any{
		nil, true, int64(0), int64(-5), int64(math.MinInt64), int64(math.MaxInt64), 1.5, -2.25e30, 1e-300, "a\"b\n", "\x00\u2028",
		[]any{int64(1), "x", []any{}}, map[string]any{"a b": int64(1), "c": map[string]any{}},
	} {
		e, err := NewExpr(v)
		if err != nil {
			t.Errorf("%v: %v", v, err)
			continue
		}
		parsed, err := ParseExpr(ExprString(e))
		if err != nil {
			t.Errorf("%v was written as %s: %v", v, ExprString(e), err)
			continue
		}
		for _, e := range []Expr{e, parsed, CloneExpr(parsed)} {
			if got, err := Constant(e); err != nil || !reflect.DeepEqual(got, v) {
				t.Errorf("%v was written as %s, which is %#v, %v", v, ExprString(e), got, err)
			}
		}
	}
	for _, v := range []any{math.NaN(), math.Inf(-1), func() {}, map[int]int{}, []any{make(chan int)}} {
		if e, err := NewExpr(v); err == nil {
			t.Errorf("%T was written as %s", v, ExprString(e))
		}
	}
}
