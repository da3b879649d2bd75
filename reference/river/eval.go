package river

import (
	"fmt"
	"maps"
	"slices"
)

// Eval evaluates an expression. The result is nil, bool, int64, float64, string, Secret, []any, map[string]any, a Func,
// or any other Go value that the scope held. The error is of type Diagnostic.
func Eval(e Expr, scope Scope) (any, error) {
	v, d := evaluator{scope}.eval(e)
	if d != nil {
		return nil, *d
	}
	return v, nil
}

// Constant evaluates an expression that refers to nothing; see Eval for the types of the result. An expression that does
// refer to something, or calls a function, is an error.
func Constant(e Expr) (any, error) { return Eval(e, nil) }

// evaluator computes values. Its methods return a pointer so that "no error" is nil without a conversion.
type evaluator struct{ scope Scope }

func failAt(n Node, hint, format string, args ...any) *Diagnostic {
	d := ErrorAt(n, hint, format, args...)
	return &d
}

func (ev evaluator) eval(e Expr) (any, *Diagnostic) {
	switch e := e.(type) {
	case *Literal:
		return e.Value, nil
	case *Identifier:
		return ev.identifier(e)
	case *Access:
		return ev.access(e)
	case *Index:
		return ev.index(e)
	case *Call:
		return ev.call(e)
	case *List:
		return ev.list(e)
	case *Object:
		return ev.object(e)
	case *Unary:
		return ev.unary(e)
	case *Binary:
		return ev.binary(e)
	case *Paren:
		return ev.eval(e.Value)
	}
	return nil, &Diagnostic{Message: fmt.Sprintf("cannot evaluate %T", e)}
}

const quotesHint = "put it in double quotes if it is meant as text"

func (ev evaluator) identifier(e *Identifier) (any, *Diagnostic) {
	v, ok := ev.scope[e.Text]
	if ok {
		return v, nil
	}
	hint := didYouMean(e.Text, slices.Sorted(maps.Keys(ev.scope)))
	if hint == "" {
		hint = quotesHint
	}
	d := failAt(e, hint, "%q is not defined", e.Text)
	d.undefined = true
	return nil, d
}

func (ev evaluator) access(e *Access) (any, *Diagnostic) {
	v, d := ev.eval(e.Value)
	if d != nil {
		return nil, d
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, failAt(e.Name, "", "%s has no fields, so it has no %q: it is %s",
			ExprString(unquotedPath(e.Value)), e.Name.Text, withArticle(typeName(v)))
	}
	return field(e.Name, unquotedPath(e.Value), object)
}

// unquotedPath is the expression itself if it is a plain reference, which is safe to print, and else a stand-in.
func unquotedPath(e Expr) Expr {
	if path, ok := asReference(e); ok {
		return &Identifier{Name{Text: path.String()}}
	}
	return &Identifier{Name{Text: "the value"}}
}

// field looks a name up in an object; the name's place is where the error points.
func field(name Name, of Expr, object map[string]any) (any, *Diagnostic) {
	v, ok := object[name.Text]
	if ok {
		return v, nil
	}
	known := slices.Sorted(maps.Keys(object))
	hint := didYouMean(name.Text, known)
	if len(known) == 0 {
		hint = "it has none"
	}
	return nil, failAt(name, hint, "%s has no field %q", ExprString(of), name.Text)
}

func (ev evaluator) index(e *Index) (any, *Diagnostic) {
	v, d := ev.eval(e.Value)
	if d != nil {
		return nil, d
	}
	at, d := ev.eval(e.Index)
	if d != nil {
		return nil, d
	}
	switch v := v.(type) {
	case []any:
		return elementAt(e.Index, v, at)
	case map[string]any:
		key, ok := at.(string)
		if !ok {
			return nil, failAt(e.Index, "", "index of a map is a string, not %s", withArticle(typeName(at)))
		}
		return field(Name{span{e.Index.Start(), e.Index.End()}, key}, unquotedPath(e.Value), v)
	}
	return nil, failAt(e, "", "only lists and maps have an index, not %s", withArticle(typeName(v)))
}

func elementAt(place Expr, list []any, at any) (any, *Diagnostic) {
	n, ok := at.(int64)
	if !ok {
		return nil, failAt(place, "", "index of a list is a whole number, not %s", withArticle(typeName(at)))
	}
	if n < 0 || n >= int64(len(list)) {
		return nil, failAt(place, "the first element is [0]", "index %d is outside of the list, which has %s", n, counted(len(list), "element"))
	}
	return list[n], nil
}

func (ev evaluator) call(e *Call) (any, *Diagnostic) {
	v, d := ev.eval(e.Function)
	if d != nil {
		return nil, d
	}
	f, ok := v.(Func)
	if !ok {
		return nil, failAt(e.Function, "", "%s is not a function, but %s", ExprString(unquotedPath(e.Function)), withArticle(typeName(v)))
	}
	args, d := ev.all(e.Arguments)
	if d != nil {
		return nil, d
	}
	result, err := f(args)
	if err != nil {
		return nil, failAt(e, "", "call %s: %v", ExprString(unquotedPath(e.Function)), err)
	}
	return result, nil
}

func (ev evaluator) all(list []Expr) ([]any, *Diagnostic) {
	values := make([]any, len(list))
	for i, e := range list {
		v, d := ev.eval(e)
		if d != nil {
			return nil, d
		}
		values[i] = v
	}
	return values, nil
}

func (ev evaluator) list(e *List) (any, *Diagnostic) {
	values, d := ev.all(children(e))
	if d != nil {
		return nil, d
	}
	return values, nil
}

func (ev evaluator) object(e *Object) (any, *Diagnostic) {
	object := make(map[string]any, len(e.Fields))
	for _, f := range e.Fields {
		if _, twice := object[f.Key.Text]; twice {
			return nil, failAt(f.Key, "remove one of them", "key %q is given twice", f.Key.Text)
		}
		v, d := ev.eval(f.Value)
		if d != nil {
			return nil, d
		}
		object[f.Key.Text] = v
	}
	return object, nil
}

// withArticle is for sentences: "null", "a string", "an object".
func withArticle(name string) string {
	switch name {
	case "null":
		return name
	}
	if len(name) > 1 && name[:2] == "a " {
		return name
	}
	return "a " + name
}
