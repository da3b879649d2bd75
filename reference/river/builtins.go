package river

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Builtins returns the functions every configuration may use:
//
//	env("NAME")                    the environment variable, empty if it is not set
//	concat(list, list, ...)        one list of the elements of all
//	coalesce(a, b, ...)            the first that is neither null nor empty
//	join(list, separator)          one string
//	split(string, separator)       a list of strings
//	replace(string, from, to)      every from becomes to
//	format(pattern, a, b, ...)     %s, %d, %v, %q, %f and %%, as Go's fmt has them
//	to_lower(s) to_upper(s) trim_space(s)
//	trim(s, characters) trim_prefix(s, prefix) trim_suffix(s, suffix)
//	json_decode(string)            the value of a JSON text
//	nonsensitive(secret)           the secret as an ordinary string, which may be printed
func Builtins(getenv func(string) string) Scope {
	return Scope{
		"env":          stringFunc(1, func(s []string) any { return getenv(s[0]) }),
		"concat":       Func(concat),
		"coalesce":     Func(coalesce),
		"join":         Func(join),
		"split":        stringFunc(2, func(s []string) any { return ValueOf(strings.Split(s[0], s[1])) }),
		"replace":      stringFunc(3, func(s []string) any { return strings.ReplaceAll(s[0], s[1], s[2]) }),
		"format":       Func(format),
		"to_lower":     stringFunc(1, func(s []string) any { return strings.ToLower(s[0]) }),
		"to_upper":     stringFunc(1, func(s []string) any { return strings.ToUpper(s[0]) }),
		"trim_space":   stringFunc(1, func(s []string) any { return strings.TrimSpace(s[0]) }),
		"trim":         stringFunc(2, func(s []string) any { return strings.Trim(s[0], s[1]) }),
		"trim_prefix":  stringFunc(2, func(s []string) any { return strings.TrimPrefix(s[0], s[1]) }),
		"trim_suffix":  stringFunc(2, func(s []string) any { return strings.TrimSuffix(s[0], s[1]) }),
		"json_decode":  Func(jsonDecode),
		"nonsensitive": Func(nonsensitive),
	}
}

// counted is a number of things in words.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// arity fails when a function does not get exactly n arguments.
func arity(args []any, n int) error {
	if len(args) != n {
		return fmt.Errorf("expected %s, got %d", counted(n, "argument"), len(args))
	}
	return nil
}

// stringArg returns the i-th argument as a string. Secrets are refused, so that no function can unwrap one by accident.
func stringArg(args []any, i int) (string, error) {
	s, ok := args[i].(string)
	if !ok {
		return "", fmt.Errorf("argument %d must be a string, not %s", i+1, withArticle(typeName(args[i])))
	}
	return s, nil
}

// stringFunc makes a function of n strings.
func stringFunc(n int, f func([]string) any) Func {
	return func(args []any) (any, error) {
		if err := arity(args, n); err != nil {
			return nil, err
		}
		list := make([]string, n)
		for i := range list {
			var err error
			if list[i], err = stringArg(args, i); err != nil {
				return nil, err
			}
		}
		return f(list), nil
	}
}

func concat(args []any) (any, error) {
	all := []any{}
	for i, arg := range args {
		list, ok := arg.([]any)
		if !ok {
			return nil, fmt.Errorf("argument %d must be a list, not %s", i+1, withArticle(typeName(arg)))
		}
		all = append(all, list...)
	}
	return all, nil
}

func coalesce(args []any) (any, error) {
	for _, arg := range args {
		if !empty(arg) {
			return arg, nil
		}
	}
	return nil, nil
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case int64:
		return v == 0
	case float64:
		return v == 0
	case string:
		return v == ""
	case Secret:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func join(args []any) (any, error) {
	if err := arity(args, 2); err != nil {
		return nil, err
	}
	list, ok := args[0].([]any)
	if !ok {
		return nil, fmt.Errorf("argument 1 must be a list, not %s", withArticle(typeName(args[0])))
	}
	separator, err := stringArg(args, 1)
	if err != nil {
		return nil, err
	}
	words := make([]string, len(list))
	for i := range list {
		if words[i], err = stringArg(list, i); err != nil {
			return nil, fmt.Errorf("list of argument 1: %w", err)
		}
	}
	return strings.Join(words, separator), nil
}

func format(args []any) (any, error) {
	if len(args) == 0 {
		return nil, errors.New("expected a pattern")
	}
	pattern, err := stringArg(args, 0)
	if err != nil {
		return nil, err
	}
	for i, arg := range args[1:] {
		switch arg.(type) {
		case bool, int64, float64, string:
		default:
			return nil, fmt.Errorf("argument %d must be a string, number or bool, not %s", i+2, withArticle(typeName(arg)))
		}
	}
	text := fmt.Sprintf(pattern, args[1:]...)
	if strings.Contains(text, "%!") {
		return nil, errors.New("pattern and arguments do not fit together")
	}
	return text, nil
}

func jsonDecode(args []any) (any, error) {
	if err := arity(args, 1); err != nil {
		return nil, err
	}
	text, ok := toText(args[0])
	if !ok {
		return nil, fmt.Errorf("argument 1 must be a string, not %s", withArticle(typeName(args[0])))
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil || decoder.Decode(new(any)) != io.EOF {
		// The cause could quote the text, which may be a secret.
		return nil, errors.New("argument 1 is not valid JSON")
	}
	_, secret := args[0].(Secret)
	return fromJSON(v, secret), nil
}

// fromJSON turns numbers into those of the language, and the strings of a secret text into secrets.
func fromJSON(v any, secret bool) any {
	switch v := v.(type) {
	case json.Number:
		return parseJSONNumber(v)
	case string:
		if secret {
			return Secret(v)
		}
	case []any:
		for i := range v {
			v[i] = fromJSON(v[i], secret)
		}
	case map[string]any:
		for key := range v {
			v[key] = fromJSON(v[key], secret)
		}
	}
	return v
}

func parseJSONNumber(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, _ := n.Float64()
	return f
}

func nonsensitive(args []any) (any, error) {
	if err := arity(args, 1); err != nil {
		return nil, err
	}
	text, ok := toText(args[0])
	if !ok {
		return nil, fmt.Errorf("argument 1 must be a secret, not %s", withArticle(typeName(args[0])))
	}
	return text, nil
}
