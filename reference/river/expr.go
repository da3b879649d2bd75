package river

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// NewExpr makes an expression that evaluates to v: nil, a bool, number, string, Secret (its real text: the result is
// meant for a configuration), slice, map with string keys, or an Expr, which is taken as it is. Keys come out sorted.
func NewExpr(v any) (Expr, error) {
	switch v := v.(type) {
	case nil:
		return &Literal{Text: "null"}, nil
	case Expr:
		return v, nil
	case Secret:
		return NewString(string(v)), nil
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Bool:
		return &Literal{Text: strconv.FormatBool(r.Bool()), Value: r.Bool()}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return newInt(r.Int()), nil
	case reflect.Float32, reflect.Float64:
		return newFloat(r.Float())
	case reflect.String:
		return NewString(r.String()), nil
	case reflect.Slice, reflect.Array:
		return newList(r)
	case reflect.Map:
		return newObject(r)
	}
	return nil, fmt.Errorf("write a value of type %T: only null, booleans, numbers, strings, lists and maps can be written", v)
}

// NewString makes a string literal.
func NewString(s string) *Literal { return &Literal{Text: strconv.Quote(s), Value: s} }

func newInt(n int64) Expr {
	if n >= 0 {
		return &Literal{Text: strconv.FormatInt(n, 10), Value: n}
	}
	// The magnitude of the smallest integer does not fit an int64, so it is written from its text.
	text := strconv.FormatInt(n, 10)[1:]
	return &Unary{Operator: "-", Value: &Literal{Text: text, Value: parseNumber(text)}}
}

func newFloat(f float64) (Expr, error) {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if parseNumber(text) == nil && parseNumber(text[1:]) == nil {
		return nil, fmt.Errorf("write the number %v: it is not finite", f)
	}
	if text[0] == '-' {
		return &Unary{Operator: "-", Value: &Literal{Text: text[1:], Value: parseNumber(text[1:])}}, nil
	}
	return &Literal{Text: text, Value: parseNumber(text)}, nil
}

func newList(r reflect.Value) (Expr, error) {
	list := &List{}
	for i := range r.Len() {
		e, err := NewExpr(r.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		list.Elements = append(list.Elements, Element{Value: e})
	}
	return list, nil
}

func newObject(r reflect.Value) (Expr, error) {
	if r.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("write a value of type %s: keys must be strings", r.Type())
	}
	values := map[string]reflect.Value{}
	for _, key := range r.MapKeys() {
		values[key.String()] = r.MapIndex(key)
	}
	object := &Object{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		e, err := NewExpr(values[key].Interface())
		if err != nil {
			return nil, err
		}
		object.Fields = append(object.Fields, Field{Key: Name{Text: key}, Quoted: true, Value: e})
	}
	return object, nil
}

// Get returns the value of the field with that key, or nil.
func (o *Object) Get(key string) Expr {
	for _, f := range o.Fields {
		if f.Key.Text == key {
			return f.Value
		}
	}
	return nil
}

// Set gives the field with that key a value; a new field is appended.
func (o *Object) Set(key string, value Expr) {
	for i := range o.Fields {
		if o.Fields[i].Key.Text == key {
			o.Fields[i].Value = value
			return
		}
	}
	o.Fields = append(o.Fields, Field{Key: Name{Text: key}, Quoted: true, Value: value})
}

// Remove takes the field with that key out and tells whether it was there.
func (o *Object) Remove(key string) bool {
	before := len(o.Fields)
	o.Fields = slices.DeleteFunc(o.Fields, func(f Field) bool { return f.Key.Text == key })
	return len(o.Fields) < before
}

// CloneExpr returns a deep copy of an expression.
func CloneExpr(e Expr) Expr {
	switch e := e.(type) {
	case *Literal:
		c := *e
		return &c
	case *Identifier:
		c := *e
		return &c
	case *Access:
		c := *e
		c.Value = CloneExpr(e.Value)
		return &c
	case *Index:
		c := *e
		c.Value, c.Index = CloneExpr(e.Value), CloneExpr(e.Index)
		return &c
	case *Unary:
		c := *e
		c.Value = CloneExpr(e.Value)
		return &c
	case *Binary:
		c := *e
		c.Left, c.Right = CloneExpr(e.Left), CloneExpr(e.Right)
		return &c
	case *Paren:
		c := *e
		c.Value = CloneExpr(e.Value)
		return &c
	}
	return cloneMany(e)
}

// cloneMany copies the expressions that hold any number of others.
func cloneMany(e Expr) Expr {
	switch e := e.(type) {
	case *Call:
		c := *e
		c.Function, c.Arguments = CloneExpr(e.Function), slices.Clone(e.Arguments)
		for i := range c.Arguments {
			c.Arguments[i] = CloneExpr(c.Arguments[i])
		}
		return &c
	case *List:
		c := *e
		c.Elements = slices.Clone(e.Elements)
		for i := range c.Elements {
			c.Elements[i].Value = CloneExpr(c.Elements[i].Value)
		}
		return &c
	case *Object:
		c := *e
		c.Fields = slices.Clone(e.Fields)
		for i := range c.Fields {
			c.Fields[i].Value = CloneExpr(c.Fields[i].Value)
		}
		return &c
	}
	return e
}

// children are the expressions directly inside another one, in the order of the text.
func children(e Expr) []Expr {
	var inside []Expr
	switch e := e.(type) {
	case *Access:
		inside = []Expr{e.Value}
	case *Index:
		inside = []Expr{e.Value, e.Index}
	case *Unary:
		inside = []Expr{e.Value}
	case *Binary:
		inside = []Expr{e.Left, e.Right}
	case *Paren:
		inside = []Expr{e.Value}
	case *Call:
		inside = append([]Expr{e.Function}, e.Arguments...)
	case *List:
		for _, element := range e.Elements {
			inside = append(inside, element.Value)
		}
	case *Object:
		for _, field := range e.Fields {
			inside = append(inside, field.Value)
		}
	}
	return inside
}

// WalkExpr calls visit for an expression and everything inside it, outer ones first, as long as visit returns true.
func WalkExpr(e Expr, visit func(Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	for _, inside := range children(e) {
		WalkExpr(inside, visit)
	}
}
