package river

import (
	"encoding"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	secretType   = reflect.TypeFor[Secret]()
	durationType = reflect.TypeFor[time.Duration]()
	anyType      = reflect.TypeFor[any]()
)

// mismatch is a value that does not fit the Go type it is decoded into.
type mismatch struct {
	// path leads from the attribute's value to the offending part: list indexes and map keys, outermost last.
	path    []any
	message string
	hint    string
	secret  bool
}

// in records the element of a list or map in which the mismatch lies.
func (m *mismatch) in(step any) *mismatch {
	m.path = append(m.path, step)
	return m
}

// rename puts the documents' name in the place of Go's.
func (m *mismatch) rename(f structField) {
	if f.element != "" && f.typ.Kind() == reflect.Slice {
		m.message = strings.Replace(m.message, f.typ.Elem().String(), f.element, 1)
	}
}

// diagnostic finds the offending part in the text, as deep as it is written there literally.
func (m *mismatch) diagnostic(a *Attribute) Diagnostic {
	name, place := a.Name.Text, a.Value
	for _, step := range slices.Backward(m.path) {
		switch step := step.(type) {
		case int:
			name += "[" + strconv.Itoa(step) + "]"
		case string:
			name += "[" + quoted(step) + "]"
		}
		place = partOf(place, step)
	}
	d := ErrorAt(place, m.hint, "value of %s: %s", name, m.message)
	d.secret = m.secret
	return d
}

// partOf goes one step into a literal list or object, and stays where it is in everything else.
func partOf(e Expr, step any) Expr {
	switch e := e.(type) {
	case *Paren:
		return partOf(e.Value, step)
	case *List:
		if i, ok := step.(int); ok && i < len(e.Elements) {
			return e.Elements[i].Value
		}
	case *Object:
		if key, ok := step.(string); ok && e.Get(key) != nil {
			return e.Get(key)
		}
	}
	return e
}

func wrongType(t reflect.Type, v any) *mismatch {
	m := &mismatch{
		message: fmt.Sprintf("expected %s, got %s", withArticle(wanted(t)), withArticle(typeName(v))),
		secret:  holdsSecret(t),
	}
	switch _, isSecret := v.(Secret); {
	case isSecret && t.Kind() == reflect.String:
		m.hint = "a secret cannot be used here; nonsensitive(...) makes it an ordinary string"
	case t == durationType:
		m.hint = durationHint
	case t.Kind() == reflect.Slice && typeName(v) != "map":
		m.hint = "write a list in brackets, also one of a single element: [ ... ]"
	case t.Kind() == reflect.Interface:
		m.hint = "refer to what another component exports, for example TYPE.LABEL.receiver"
	}
	return m
}

const durationHint = `write a number with its unit, for example "15s", "500ms" or "1h30m"`

// wanted names a Go type as the documents name argument types.
func wanted(t reflect.Type) string {
	switch {
	case t == secretType:
		return "secret"
	case t == durationType:
		return "duration"
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return "string"
	}
	switch t.Kind() {
	case reflect.Bool, reflect.String:
		return t.Kind().String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8,
		reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Slice:
		return "list(" + wanted(t.Elem()) + ")"
	case reflect.Map:
		return "map(" + wanted(t.Elem()) + ")"
	case reflect.Struct:
		return "map"
	case reflect.Pointer:
		return wanted(t.Elem())
	}
	return t.String()
}

// convert stores a value of the language in a Go variable.
func convert(v any, into reflect.Value) *mismatch {
	t := into.Type()
	switch {
	case t == anyType:
		into.Set(reflect.Zero(t))
		if v != nil {
			into.Set(reflect.ValueOf(v))
		}
		return nil
	case v == nil:
		return convertNull(into)
	case t == secretType:
		return convertSecret(v, into)
	case t == durationType:
		return convertDuration(v, into)
	}
	if u, ok := into.Addr().Interface().(encoding.TextUnmarshaler); ok && t.Kind() != reflect.Pointer {
		return convertText(v, u, t)
	}
	return convertKind(v, into)
}

func convertNull(into reflect.Value) *mismatch {
	switch into.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		into.SetZero()
		return nil
	}
	return wrongType(into.Type(), nil)
}

func convertSecret(v any, into reflect.Value) *mismatch {
	text, ok := toText(v)
	if !ok {
		return wrongType(into.Type(), v)
	}
	into.SetString(text)
	return nil
}

func convertDuration(v any, into reflect.Value) *mismatch {
	text, ok := v.(string)
	if !ok {
		return wrongType(into.Type(), v)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return &mismatch{message: fmt.Sprintf("%s is not a duration", hideCredentials(fmt.Sprintf("%q", text))), hint: durationHint}
	}
	into.SetInt(int64(d))
	return nil
}

func convertText(v any, into encoding.TextUnmarshaler, t reflect.Type) *mismatch {
	text, ok := v.(string)
	if !ok {
		return wrongType(t, v)
	}
	if err := into.UnmarshalText([]byte(text)); err != nil {
		return &mismatch{message: err.Error()}
	}
	return nil
}

func convertKind(v any, into reflect.Value) *mismatch {
	switch into.Kind() {
	case reflect.Pointer:
		return convertPointer(v, into)
	case reflect.Slice:
		if list, ok := v.([]any); ok {
			return convertList(list, into)
		}
	case reflect.Map:
		if object, ok := v.(map[string]any); ok && into.Type().Key().Kind() == reflect.String {
			return convertMap(object, into)
		}
	case reflect.Struct:
		if object, ok := v.(map[string]any); ok {
			return convertStruct(object, into)
		}
	}
	return convertScalar(v, into)
}

func convertPointer(v any, into reflect.Value) *mismatch {
	if reflect.TypeOf(v).AssignableTo(into.Type()) {
		into.Set(reflect.ValueOf(v))
		return nil
	}
	fresh := reflect.New(into.Type().Elem())
	if m := convert(v, fresh.Elem()); m != nil {
		return m
	}
	into.Set(fresh)
	return nil
}

func convertList(list []any, into reflect.Value) *mismatch {
	fresh := reflect.MakeSlice(into.Type(), len(list), len(list))
	for i, v := range list {
		if m := convert(v, fresh.Index(i)); m != nil {
			return m.in(i)
		}
	}
	into.Set(fresh)
	return nil
}

func convertMap(object map[string]any, into reflect.Value) *mismatch {
	t := into.Type()
	fresh := reflect.MakeMapWithSize(t, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		value := reflect.New(t.Elem()).Elem()
		if m := convert(object[key], value); m != nil {
			return m.in(key)
		}
		fresh.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), value)
	}
	into.Set(fresh)
	return nil
}

func convertStruct(object map[string]any, into reflect.Value) *mismatch {
	info := fieldsOf(into.Type())
	names := info.names(attributeField)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		f, ok := info.find(attributeField, key)
		if !ok {
			return &mismatch{message: fmt.Sprintf("unknown key %q", key), hint: didYouMean(key, names)}
		}
		if m := convert(object[key], into.FieldByIndex(f.index)); m != nil {
			return m.in(key)
		}
	}
	for _, f := range info.attributes() {
		if _, given := object[f.name]; !given && !f.optional {
			return &mismatch{message: fmt.Sprintf("key %q is missing", f.name)}
		}
	}
	return nil
}

func convertScalar(v any, into reflect.Value) *mismatch {
	switch value := v.(type) {
	case bool:
		if into.Kind() == reflect.Bool {
			into.SetBool(value)
			return nil
		}
	case string:
		if into.Kind() == reflect.String {
			into.SetString(value)
			return nil
		}
	case int64, float64:
		if isNumber(into.Kind()) {
			return convertNumber(value, into)
		}
	}
	if reflect.TypeOf(v).AssignableTo(into.Type()) && into.Kind() != reflect.String {
		into.Set(reflect.ValueOf(v))
		return nil
	}
	return wrongType(into.Type(), v)
}

func isNumber(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64 && k != reflect.Uintptr
}

func convertNumber(v any, into reflect.Value) *mismatch {
	f, _ := toFloat(v)
	if into.CanFloat() {
		into.SetFloat(f)
		return nil
	}
	n, exact := v.(int64)
	if !exact && math.Abs(f) < 1<<63 {
		n, exact = int64(f), true
	}
	switch {
	case f != math.Trunc(f):
		return &mismatch{message: fmt.Sprintf("%v is not a whole number", v)}
	case !exact:
	case into.CanInt() && !into.OverflowInt(n):
		into.SetInt(n)
		return nil
	case into.CanUint() && n >= 0 && !into.OverflowUint(uint64(n)):
		into.SetUint(uint64(n))
		return nil
	}
	return &mismatch{message: fmt.Sprintf("%v is out of range", v)}
}
