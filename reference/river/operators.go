package river

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"reflect"
)

func (ev evaluator) unary(e *Unary) (any, *Diagnostic) {
	v, d := ev.eval(e.Value)
	if d != nil {
		return nil, d
	}
	switch v := v.(type) {
	case bool:
		if e.Operator == "!" {
			return !v, nil
		}
	case int64:
		if e.Operator == "-" && v != math.MinInt64 {
			return -v, nil
		}
	case float64:
		// 9223372036854775808 is read as a float, but its negative is the smallest integer.
		if e.Operator == "-" && v == -float64(math.MinInt64) {
			return int64(math.MinInt64), nil
		}
		if e.Operator == "-" {
			return -v, nil
		}
	}
	return nil, failAt(e, "", "operator %s does not work on %s", e.Operator, withArticle(typeName(v)))
}

func (ev evaluator) binary(e *Binary) (any, *Diagnostic) {
	left, d := ev.eval(e.Left)
	if d != nil {
		return nil, d
	}
	if e.Operator == "&&" || e.Operator == "||" {
		return ev.logical(e, left)
	}
	right, d := ev.eval(e.Right)
	if d != nil {
		return nil, d
	}
	v, err := operate(e.Operator, left, right)
	if err != nil {
		return nil, failAt(e, "", "%s", err.Error())
	}
	return v, nil
}

// logical evaluates the right side only when the left one does not decide.
func (ev evaluator) logical(e *Binary, left any) (any, *Diagnostic) {
	l, ok := left.(bool)
	if !ok {
		return nil, failAt(e.Left, "", "operator %s needs bools on both sides, not %s", e.Operator, withArticle(typeName(left)))
	}
	if l == (e.Operator == "||") {
		return l, nil
	}
	right, d := ev.eval(e.Right)
	if d != nil {
		return nil, d
	}
	r, ok := right.(bool)
	if !ok {
		return nil, failAt(e.Right, "", "operator %s needs bools on both sides, not %s", e.Operator, withArticle(typeName(right)))
	}
	return r, nil
}

func operate(operator string, left, right any) (any, error) {
	switch operator {
	case "==":
		return equal(left, right), nil
	case "!=":
		return !equal(left, right), nil
	}
	if l, ok := left.(int64); ok {
		if r, ok := right.(int64); ok {
			return integers(operator, l, r)
		}
	}
	if l, r, ok := floats(left, right); ok {
		return arithmetic(operator, l, r)
	}
	if v, ok := text(operator, left, right); ok {
		return v, nil
	}
	return nil, fmt.Errorf("operator %s does not work between %s and %s",
		operator, withArticle(typeName(left)), withArticle(typeName(right)))
}

// equal compares values; numbers by value, secrets by their text, things without a literal by identity.
func equal(left, right any) bool {
	if l, r, ok := floats(left, right); ok {
		li, lok := left.(int64)
		ri, rok := right.(int64)
		return lok && rok && li == ri || !(lok && rok) && l == r
	}
	if l, r, ok := texts(left, right); ok {
		return l == r
	}
	switch l := left.(type) {
	case []any:
		r, ok := right.([]any)
		return ok && len(l) == len(r) && allEqual(l, r)
	case map[string]any:
		r, ok := right.(map[string]any)
		return ok && mapsEqual(l, r)
	}
	if left == nil || right == nil {
		return left == nil && right == nil
	}
	return reflect.TypeOf(left).Comparable() && reflect.TypeOf(right).Comparable() && left == right
}

func allEqual(l, r []any) bool {
	for i := range l {
		if !equal(l[i], r[i]) {
			return false
		}
	}
	return true
}

func mapsEqual(l, r map[string]any) bool {
	for key, value := range l {
		other, ok := r[key]
		if !ok || !equal(value, other) {
			return false
		}
	}
	return len(l) == len(r)
}

// floats returns both sides as floating point numbers, if they are numbers.
func floats(left, right any) (l, r float64, ok bool) {
	l, lok := toFloat(left)
	r, rok := toFloat(right)
	return l, r, lok && rok
}

func toFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// integers keeps whole numbers whole; a result that does not fit becomes a float.
func integers(operator string, l, r int64) (any, error) {
	switch operator {
	case "/", "%":
		if r == 0 {
			return nil, errors.New("division by zero")
		}
		if r == -1 {
			return arithmetic(operator, float64(l), -1)
		}
		if operator == "/" {
			return l / r, nil
		}
		return l % r, nil
	case "<", "<=", ">", ">=":
		return ordered(operator, l, r), nil
	}
	f, err := arithmetic(operator, float64(l), float64(r))
	if whole, ok := exact(operator, l, r); ok && err == nil {
		return whole, nil
	}
	if v, ok := f.(float64); ok && operator == "^" && math.Abs(v) < 1<<53 && v == math.Trunc(v) {
		return int64(v), nil
	}
	return f, err
}

// exact computes in whole numbers and tells whether the result fits.
func exact(operator string, l, r int64) (int64, bool) {
	switch operator {
	case "+":
		return l + r, (l+r > l) == (r > 0)
	case "-":
		return l - r, (l-r < l) == (r > 0)
	case "*":
		product := l * r
		return product, l == 0 || product/l == r && !(l == -1 && r == math.MinInt64)
	}
	return 0, false
}

func arithmetic(operator string, l, r float64) (any, error) {
	var v float64
	switch operator {
	case "+":
		v = l + r
	case "-":
		v = l - r
	case "*":
		v = l * r
	case "/", "%":
		if r == 0 {
			return nil, errors.New("division by zero")
		}
		if v = l / r; operator == "%" {
			v = math.Mod(l, r)
		}
	case "^":
		v = math.Pow(l, r)
	default:
		return ordered(operator, l, r), nil
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, fmt.Errorf("result of operator %s is not a number", operator)
	}
	return v, nil
}

func ordered[T cmp.Ordered](operator string, l, r T) bool {
	switch operator {
	case "<":
		return l < r
	case "<=":
		return l <= r
	case ">":
		return l > r
	}
	return l >= r
}

// texts returns the text of both sides if each is a string or a secret.
func texts(left, right any) (l, r string, ok bool) {
	l, lok := toText(left)
	r, rok := toText(right)
	return l, r, lok && rok
}

func toText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case Secret:
		return string(v), true
	}
	return "", false
}

// text joins and compares strings. Whatever is joined with a secret is one.
func text(operator string, left, right any) (any, bool) {
	l, r, ok := texts(left, right)
	if !ok {
		return nil, false
	}
	_, leftSecret := left.(Secret)
	_, rightSecret := right.(Secret)
	switch operator {
	case "+":
		if leftSecret || rightSecret {
			return Secret(l + r), true
		}
		return l + r, true
	case "<", "<=", ">", ">=":
		return ordered(operator, l, r), true
	}
	return nil, false
}
